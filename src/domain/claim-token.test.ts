import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimText, readClaim } from './claim-token.ts';

const ID = '0198c2a4-7e55-7d10-9f6e-1a2b3c4d5e6f';

describe('a claim', () => {
  it('is read back as it was handed out', () => {
    const count = fc.integer({ min: 0, max: 999_999_999_999_999 });
    fc.assert(
      fc.property(count, count, (epoch, fence) => {
        expect(readClaim(claimText({ epoch, id: ID, fence }))).toEqual({ epoch, id: ID, fence });
      }),
    );
  });

  it.each(['', ID, `1:${ID}`, `1:${ID}:x`, `-1:${ID}:2`, `1::2`, `1:${ID}:2:3`, `1:a b:2`])(
    'is not what %j says',
    (text) => {
      expect(() => readClaim(text)).toThrow(expect.objectContaining({ code: 'claim_invalid' }));
    },
  );
});
