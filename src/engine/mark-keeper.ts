import { isPawlError, type PawlError } from '../domain/errors.ts';
import { pause } from '../world/timers.ts';
import type { World } from '../world/world.ts';
import { Beat } from './beat.ts';

export interface MarkKeeperParts {
  readonly world: World;
  /** False when somebody else is at the file: it wants to be asked again. */
  readonly writeMarks: () => Promise<boolean>;
  /** The marks stay owed, and are tried again. */
  readonly trouble: (error: PawlError) => void;
  readonly failed: (cause: unknown) => void;
}

const PAUSE_MIN_MS = 150;
/** After writing, pause this many times as long as it took. */
const PAUSE_FACTOR = 10;
/** However large the file: a reader should not wait longer for its marks. */
const PAUSE_MAX_MS = 10_000;
/** Without news, for marks that could not be written before. */
const IDLE_MS = 2_000;
/** Longer than a lock lasts that could not be given back, for want of a disk or of its holder. */
const LAST_TRIES_MAX = 80;

/** Keeps the marks in the list's file up to date while the list is executed. */
export class MarkKeeper {
  readonly #parts: MarkKeeperParts;
  readonly #beat: Beat;
  #newsUpTo = -1;

  constructor(parts: MarkKeeperParts) {
    this.#parts = parts;
    const { timers } = parts.world;
    this.#beat = new Beat(timers, PAUSE_MIN_MS, () => this.#round(), parts.failed, {
      idleMs: IDLE_MS,
    });
  }

  start(): void {
    this.#beat.start();
  }

  stop(): void {
    this.#beat.stop();
  }

  /** The store's last event; with a new one there may be marks to write. */
  news(lastSeq: number): void {
    if (lastSeq === this.#newsUpTo) return;
    this.#newsUpTo = lastSeq;
    this.#beat.nudge();
  }

  /** Before leaving: wait for whoever else is at the file, but not for long. */
  async last(): Promise<void> {
    for (let tries = 0; tries < LAST_TRIES_MAX; tries += 1) {
      if (await this.#write()) return;
      await pause(this.#parts.world.timers, PAUSE_MIN_MS);
    }
  }

  async #round(): Promise<number> {
    const { clock } = this.#parts.world;
    const before = clock.monotonic();
    if (!(await this.#write())) this.#beat.nudge();
    return Math.min(PAUSE_MAX_MS, (clock.monotonic() - before) * PAUSE_FACTOR);
  }

  async #write(): Promise<boolean> {
    try {
      return await this.#parts.writeMarks();
    } catch (cause) {
      if (!isPawlError(cause)) throw cause;
      this.#parts.trouble(cause);
      return true;
    }
  }
}
