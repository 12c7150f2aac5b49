import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { movedRows } from './places.ts';

describe('movedRows', () => {
  it.each([
    [[1, 2, 3], []],
    [[2, 3, 4, 1], [3]],
    [[4, 1, 2, 3], [0]],
    [[], []],
  ])('%j: of rows in this order those at %j were moved', (positions, moved) => {
    expect(movedRows(positions)).toEqual(moved);
  });

  it('leaves the others in their old order, and is never more than all but one', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(999)), (positions) => {
        const moved = new Set(movedRows(positions));
        const stayed = positions.filter((_, index) => !moved.has(index));
        expect(stayed).toEqual(stayed.toSorted((a, b) => a - b));
        if (positions.length > 0) expect(moved.size).toBeLessThan(positions.length);
      }),
    );
  });

  it('names one row where one was moved, however far', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 50 }), fc.nat(49), fc.nat(49), (count, from, to) => {
        const rows = Array.from({ length: count }, (_, index) => index);
        rows.splice(to % count, 0, ...rows.splice(from % count, 1));
        expect(movedRows(rows).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
