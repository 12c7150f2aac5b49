import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelay } from './retry.ts';
import { DEFAULT_RETRY_POLICY } from './task.ts';

describe('the delay before a retry', () => {
  it('lies in a window that doubles with every try, up to its maximum', () => {
    const windows = [1, 2, 3, 7, 8, 1_000].map((tries) =>
      retryDelay(DEFAULT_RETRY_POLICY, tries, 0.999_999_999),
    );
    expect(windows).toEqual([5_000, 10_000, 20_000, 300_000, 300_000, 300_000]);
  });

  it('may be anything from nothing to that window', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.double({ min: 0, max: 0.999, noNaN: true }), (tries, chance) => {
        const delay = retryDelay(DEFAULT_RETRY_POLICY, tries, chance);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(DEFAULT_RETRY_POLICY.retryDelayMaxMs);
        expect(Number.isInteger(delay)).toBe(true);
      }),
    );
    expect(retryDelay(DEFAULT_RETRY_POLICY, 3, 0)).toBe(0);
  });
});
