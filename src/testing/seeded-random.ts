import type { Random } from '../world/random.ts';

/**
 * Chance that a seed repeats exactly. Algorithm: SFC32 of PractRand (C. Doty-Humphrey), 128 bits of
 * state, good enough for everything but secrets.
 */
export function createSeededRandom(seed: number): Random {
  let a = 0x9e37_79b9;
  let b = 0x243f_6a88;
  let c = seed | 0;
  let counter = Math.trunc(seed / 2 ** 32) | 1;
  const next32 = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let warmUp = 0; warmUp < 12; warmUp += 1) next32();
  return {
    next: () => next32() / 2 ** 32,
    fill: (bytes) => {
      for (let at = 0; at < bytes.length; at += 1) bytes[at] = next32() & 0xff;
      return bytes;
    },
  };
}
