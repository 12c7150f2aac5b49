import { expect, test } from 'vitest';
import { nearestIds } from './nearest-ids.ts';

const known = ['API-001', 'API-002', 'API-010', 'WEB-001', 'x'];

test('the nearest ids of a mistyped one come first', () => {
  expect(nearestIds('api-01', known)).toEqual(['API-001', 'API-010', 'API-002']);
  expect(nearestIds('WBE-001', known)).toEqual(['WEB-001', 'API-001']);
});

test('what is like nothing known has no nearest', () => {
  expect(nearestIds('schema migration', known)).toEqual([]);
  expect(nearestIds('', known)).toEqual(['x']);
});
