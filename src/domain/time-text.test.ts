import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeText } from './time-text.ts';

describe('a moment as the promised columns hold it', () => {
  it('is what the calendar says, for every moment of four-digit years', () => {
    const moments = fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31) });
    fc.assert(
      fc.property(moments, (ms) => {
        const expected = new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
        expect(timeText(ms)).toBe(expected);
      }),
    );
  });

  it('sorts as text as it does in time', () => {
    const moments = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
    fc.assert(
      fc.property(moments, moments, (one, other) => {
        expect(timeText(one) < timeText(other)).toBe(one < other);
      }),
    );
  });
});
