import { randomFillSync } from 'node:crypto';

/** Where chance comes from: backoff jitter, retry spreading, ids. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** Fill `bytes` and return it. */
  fill(bytes: Uint8Array): Uint8Array;
}

export const systemRandom: Random = {
  next: () => Math.random(),
  fill: (bytes) => randomFillSync(bytes),
};
