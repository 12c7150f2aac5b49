import type { HeartbeatAnswer, HeldFence, Store } from '../store/store.ts';
import type { World } from '../world/world.ts';

export interface HeartParts {
  readonly world: World;
  /** Read anew at each use: it is another one after a rebuild. */
  readonly store: () => Store;
  readonly holderId: string;
  readonly leaseMs: number;
  /** The leases were renewed. */
  readonly granted: () => Promise<void>;
}

/** An answer that took longer says little about the clocks. */
const MEASURED_WITHIN_MS = 2_000;

/** Renews the leases of one holder, and measures its host's clock against the database's. */
export class Heart {
  readonly #parts: HeartParts;
  #clockSkewMs: number | null = null;

  constructor(parts: HeartParts) {
    this.#parts = parts;
  }

  async beat(held: readonly HeldFence[]): Promise<HeartbeatAnswer> {
    const { world, store, holderId, leaseMs } = this.#parts;
    const before = world.clock.monotonic();
    const clockSkewMs = this.#clockSkewMs;
    const answer = await store().heartbeat({ holderId, leaseMs, held, clockSkewMs });
    const tookMs = world.clock.monotonic() - before;
    if (tookMs <= MEASURED_WITHIN_MS) {
      this.#clockSkewMs = Math.round(world.clock.now() - tookMs / 2 - answer.nowMs);
    }
    await this.#parts.granted();
    return answer;
  }
}
