import type { World } from '../../world/world.ts';
import type { ClaimNext } from '../store.ts';

/** Where a task stands in the order of claiming. */
export type Place = readonly [priority: string, position: number];

/** What the last look at a list told: it holds but for what has happened to its tasks since. */
export interface KnownList {
  /** Of its newest event then. */
  readonly seq: number;
  /** When it was last loaded: that moves tasks, and frees them, without events of theirs. */
  readonly loadedAtMs: number;
  /** No task before it was ready. */
  readonly place: Place;
  /** The `id` of each task that ran. */
  readonly running: readonly string[];
}

/** What a claim saw that remembers, as the server says it. */
export interface Look extends Pick<KnownList, 'seq' | 'loadedAtMs'> {
  /** Nothing that was known before was built upon. */
  readonly whole: boolean;
  /** From where on it looked for ready tasks; null: from the first. */
  readonly from: Place | null;
  /** Null: it looked for none. */
  readonly wanted: number | null;
  /** How many ready tasks it found, and where the last one of them stands. */
  readonly found: number;
  readonly last: Place | null;
  /** Null: more than are remembered. */
  readonly running: readonly string[] | null;
}

/** Claims that differ in nothing but how many tasks they want have one `key`. */
export interface EqualClaims extends Pick<ClaimNext, 'minPriority'> {
  readonly key: string;
}

/** How a claim looks for its tasks: by what is known, as a whole, or without remembering it. */
export type Outlook = KnownList | 'whole' | 'plain';

export interface Seen {
  /** Entries of indexes that were read for nothing. */
  readonly passed: number;
  /** Null of a plain one. */
  readonly look: Look | null;
  readonly tookMs: number;
}

const FIRST: Place = ['', 0];
const CLAIMS_MAX = 256;
/** What is remembered costs as much time as passing so many, about. */
const PASSED_MAX = 1_000;
/** So often a list is looked at as a whole ... */
const WHOLE_EVERY_MS = 1_000;
/** ... or, where that takes long, for this share of the time, but no less often than the last. */
const WHOLE_SHARE = 1 / 20;
const WHOLE_EVERY_MAX_MS = 10_000;

interface Remembered {
  /** Null: nothing yet. */
  readonly known: KnownList | null;
  readonly wholeAt: number;
}

/**
 * What a process remembers of the lists that it claims from, so that a claim need not read what
 * earlier ones read. While somebody keeps an old snapshot, no entry of an index is cleaned up: from
 * the first one on a claim would pass every task that was ever ready, and count past every one that
 * ever ran. Where little is in the way, nothing is remembered: each claim says how much it passed.
 *
 * What is remembered cannot be outdated by anything that has an event, of whatever process: a claim
 * looks anew at each task that has one since, and at those that wait for it. What has none are
 * changes by SQL of others: for these the list is looked at as a whole now and then.
 */
export class KnownLists {
  readonly #clock: World['clock'];
  readonly #remembered = new Map<string, Remembered>();

  constructor({ clock }: Pick<World, 'clock'>) {
    this.#clock = clock;
  }

  by({ key }: EqualClaims): Outlook {
    const remembered = this.#remembered.get(key);
    if (remembered === undefined) return 'plain';
    const isDue = remembered.wholeAt <= this.#clock.monotonic();
    return isDue || remembered.known === null ? 'whole' : remembered.known;
  }

  /** Only of claims that are committed: they left no task that they claimed before their place. */
  learn({ key, minPriority }: EqualClaims, { passed, look, tookMs }: Seen): void {
    const before = this.#remembered.get(key);
    this.#remembered.delete(key);
    const isWhole = look === null || look.whole;
    if (isWhole && passed <= PASSED_MAX) return;
    const wholeAt = isWhole || before === undefined ? this.#nextAt(tookMs) : before.wholeAt;
    this.#remembered.set(key, {
      known: look === null ? null : knownBy(look, minPriority),
      wholeAt,
    });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > CLAIMS_MAX && oldest !== undefined) this.#remembered.delete(oldest);
  }

  #nextAt(tookMs: number): number {
    const nextMs = Math.min(WHOLE_EVERY_MAX_MS, Math.max(WHOLE_EVERY_MS, tookMs / WHOLE_SHARE));
    return this.#clock.monotonic() + nextMs;
  }
}

function knownBy(look: Look, minPriority: string): KnownList | null {
  const { seq, loadedAtMs, running } = look;
  return running === null
    ? null
    : { seq, loadedAtMs, running, place: placeAfter(look, minPriority) };
}

function placeAfter({ from, wanted, found, last }: Look, minPriority: string): Place {
  const began = from ?? FIRST;
  if (wanted === null) return began;
  if (found >= wanted) return last ?? began;
  // There are no more of this priority or a more urgent one.
  return [minPriority, Number.MAX_SAFE_INTEGER];
}
