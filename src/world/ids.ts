import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** Makes ids. */
export interface Ids {
  /** A UUID of version 7 (RFC 9562): ordered by creation, unique between machines. */
  uuid(): string;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const POOL_BYTES = 4096;
const RANDOM_BYTES = 10;

/**
 * UUIDv7 from a clock and a source of chance. Random bytes are drawn in pools, because a call into
 * the operating system for every id would cost more than the rest of an enqueue.
 */
export function createIds(clock: Clock, random: Random): Ids {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  const hex = (index: number): string => HEX[pool[index] as number] as string;
  return {
    uuid: () => {
      if (used + RANDOM_BYTES > POOL_BYTES) {
        random.fill(pool);
        used = 0;
      }
      const at = used;
      used += RANDOM_BYTES;
      const time = Math.trunc(clock.now()).toString(16).padStart(12, '0');
      const version = HEX[0x70 | ((pool[at] as number) & 0x0f)] as string;
      const variant = HEX[0x80 | ((pool[at + 2] as number) & 0x3f)] as string;
      return (
        `${time.slice(0, 8)}-${time.slice(8)}-${version}${hex(at + 1)}-${variant}${hex(at + 3)}-` +
        `${hex(at + 4)}${hex(at + 5)}${hex(at + 6)}${hex(at + 7)}${hex(at + 8)}${hex(at + 9)}`
      );
    },
  };
}
