import { isPawlError, type PawlError } from '../domain/errors.ts';
import type { OutageNews } from '../domain/outage-text.ts';
import type { Timer } from '../world/timers.ts';
import type { World } from '../world/world.ts';

export interface OutageParts {
  readonly world: World;
  /** The store is on a server; of a file its faults tell at once. */
  readonly isShared: boolean;
  /** The longest pause between two questions. */
  readonly againWithinMs: number;
  /** How many agents go on meanwhile. */
  readonly agents: () => number;
  readonly told: (news: OutageNews) => void;
}

/** Without an answer for longer than this it counts as away. */
const AWAY_MS = 3_000;
/** A process that was stopped finds its answers only after its timers. */
const CERTAIN_MS = 250;
/** It is told again. */
const AGAIN_MS = 60_000;

/**
 * Notices from the questions that a process asks its store whether that is away: a call waits for
 * long before it fails, and whoever looks on should not have to.
 *
 * ```
 * answered ──a question──> asked ──AWAY_MS──> away (told, and again) ──an answer──> answered (told)
 *     ^──────an answer───────┘
 * ```
 */
export class Outage {
  readonly #parts: OutageParts;
  /** Since when there was no answer, by both clocks. */
  #asked: { readonly sinceMs: number; readonly at: number } | null = null;
  #isTold = false;
  #reason: string | null = null;
  #timer: Timer | null = null;

  constructor(parts: OutageParts) {
    this.#parts = parts;
  }

  /** It was told, so that its faults need not be. */
  covers(error: PawlError): boolean {
    return this.#isTold && ABSENCES.some((code) => isPawlError(error, code));
  }

  async during<T>(ask: () => Promise<T>): Promise<T> {
    if (!this.#parts.isShared) return await ask();
    const { clock } = this.#parts.world;
    if (this.#asked === null) {
      this.#asked = { sinceMs: clock.now(), at: clock.monotonic() };
      this.#look(AWAY_MS, () => this.#look(CERTAIN_MS, () => this.#away()));
    }
    try {
      const answer = await ask();
      this.#answered();
      return answer;
    } catch (cause) {
      const isAbsence = ABSENCES.some((code) => isPawlError(cause, code));
      if (isAbsence) this.#reason = (cause as PawlError).message;
      else this.#answered();
      throw cause;
    }
  }

  /** Nobody asks any more. */
  stop(): void {
    this.#timer?.clear();
    this.#asked = null;
    this.#isTold = false;
  }

  #look(afterMs: number, then: () => void): void {
    this.#timer?.clear();
    this.#timer = this.#parts.world.timers.after(afterMs, then, { unref: true });
  }

  #away(): void {
    if (this.#asked === null) return;
    const { world, againWithinMs, agents, told } = this.#parts;
    const { sinceMs, at } = this.#asked;
    this.#isTold = true;
    this.#look(AGAIN_MS, () => this.#away());
    const awayMs = Math.round(world.clock.monotonic() - at);
    const reason = this.#reason;
    told({ kind: 'store:away', sinceMs, awayMs, againWithinMs, reason, agents: agents() });
  }

  #answered(): void {
    const { world, told } = this.#parts;
    const [asked, wasTold] = [this.#asked, this.#isTold];
    this.stop();
    this.#reason = null;
    if (asked === null || !wasTold) return;
    const awayMs = Math.round(world.clock.monotonic() - asked.at);
    told({ kind: 'store:back', sinceMs: asked.sinceMs, awayMs });
  }
}

const ABSENCES = ['store_unreachable', 'deadline_exceeded'] as const;
