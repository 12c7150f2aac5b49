import { describe, expect, test } from 'vitest';
import { expandRange, isCellId, leadingId, withoutMarkup } from './task-id.ts';

describe('leadingId', () => {
  test.each([
    ['**TEST-E2E-001**: text', 'TEST-E2E-001', 'text'],
    ['**A11Y-001:** text', 'A11Y-001', 'text'],
    ['`TU-PROJ-042` - text', 'TU-PROJ-042', 'text'],
    ['[A-1](tasks/A-1.md): text', 'A-1', 'text'],
    ['~~A-2~~ text', 'A-2', 'text'],
    ['AA-001b text', 'AA-001b', 'text'],
    ['1.1.1: text', '1.1.1', 'text'],
    ['1.2 text', '1.2', 'text'],
    ['3. text', '3', 'text'],
    ['T001 [P] text', 'T001', '[P] text'],
    ['phase-2: text: more', 'phase-2', 'text: more'],
    ['A-1', 'A-1', ''],
    ['**P22.1**: text', 'P22.1', 'text'],
    ['T4.2.H1: text', 'T4.2.H1', 'text'],
    ['**P2.1-T01**: text', 'P2.1-T01', 'text'],
    ['S3-US04 text', 'S3-US04', 'text'],
    ['**A-1: bold text** and more', 'A-1', 'bold text and more'],
    ['~~A-1: struck~~', 'A-1', 'struck'],
  ])('reads %j as the task %s', (text, taskId, rest) => {
    expect(leadingId(text)).toEqual({ taskId, rest });
  });

  test.each([
    'UTF-8 everywhere',
    'utf-8 everywhere',
    'P1 fix this',
    'P1: fix this',
    '3 things',
    '2026-01-07 release',
    'well-known words',
    '**Setup**: text',
    'Create `src/a-1.ts`',
    'v2 of it',
    'Wi-Fi6 everywhere',
    'GPT-o1 as a judge',
    '',
  ])('finds no id at the beginning of %j', (text) => {
    expect(leadingId(text)).toBeNull();
  });

  test.each([
    `${'*'.repeat(200_000)}x`,
    `A${'_'.repeat(200_000)}x!`,
    `${'A-1-'.repeat(50_000)}!`,
    `[A-1](${'('.repeat(200_000)}`,
  ])('is not slowed down by a long text', (text) => {
    expect(leadingId(text)).toBeNull();
  });
});

test('an id column takes any single word, and no prose', () => {
  expect(['A-1', '12', '#7', 'setup', 'ü-1', '1.1.1'].every(isCellId)).toBe(true);
  expect(['', 'two words', '-', 'a'.repeat(200)].some(isCellId)).toBe(false);
});

test('markup around a short text is taken off, escapes are resolved', () => {
  expect(withoutMarkup('**[`A\\_1`](x.md)**')).toBe('A_1');
});

describe('expandRange', () => {
  const existing = new Set(['B-001', 'B-002', 'B-004']);

  test('gives both ends and whatever exists in between', () => {
    const range = { first: 'B-001', last: 'B-005' };
    expect(expandRange(range, existing)).toEqual(['B-001', 'B-002', 'B-004', 'B-005']);
  });

  test.each([
    { first: 'B-001', last: 'C-005' },
    { first: 'B-005', last: 'B-001' },
    { first: 'B-1', last: 'B-999999999' },
    { first: 'B', last: 'C' },
  ])('refuses %j', (range) => {
    expect(expandRange(range, existing)).toBeNull();
  });
});
