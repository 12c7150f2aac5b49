import type { World } from '../../world/world.ts';

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

/** What a claim saw, as the server says it. */
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

const FIRST: Place = ['', 0];
const LISTS_MAX = 256;
/** So often a list is looked at as a whole ... */
const WHOLE_EVERY_MS = 1_000;
/** ... or, where that takes long, for this share of the time, but no less often than the last. */
const WHOLE_SHARE = 1 / 20;
const WHOLE_EVERY_MAX_MS = 10_000;

/**
 * What a process remembers of the lists that it claims from, so that a claim need not read what
 * earlier ones read. While somebody keeps an old snapshot, no entry of an index is cleaned up: from
 * the first one on a claim would pass every task that was ever ready, and count past every one that
 * ever ran.
 *
 * What is remembered cannot be outdated by anything that has an event, of whatever process: a claim
 * looks anew at each task that has one since, and at those that wait for it. What has none are
 * changes by SQL of others: for these the list is looked at as a whole now and then.
 */
export class KnownLists {
  readonly #clock: World['clock'];
  readonly #lists = new Map<string, { readonly known: KnownList; readonly wholeAt: number }>();

  constructor({ clock }: Pick<World, 'clock'>) {
    this.#clock = clock;
  }

  /** Null when it is to be looked at as a whole. */
  of(listId: string): KnownList | null {
    const list = this.#lists.get(listId);
    return list === undefined || list.wholeAt <= this.#clock.monotonic() ? null : list.known;
  }

  /** Only of a claim that is committed: it left no task that it claimed before its place. */
  learn(
    { listId, minPriority }: { readonly listId: string; readonly minPriority: string },
    look: Look,
    tookMs: number,
  ): void {
    const { seq, loadedAtMs, running } = look;
    const before = this.#lists.get(listId);
    this.#lists.delete(listId);
    if (running === null) return;
    const nextMs = Math.min(WHOLE_EVERY_MAX_MS, Math.max(WHOLE_EVERY_MS, tookMs / WHOLE_SHARE));
    const wholeAt =
      look.whole || before === undefined ? this.#clock.monotonic() + nextMs : before.wholeAt;
    this.#lists.set(listId, {
      known: { seq, loadedAtMs, running, place: placeAfter(look, minPriority) },
      wholeAt,
    });
    const [oldest] = this.#lists.keys();
    if (this.#lists.size > LISTS_MAX && oldest !== undefined) this.#lists.delete(oldest);
  }
}

function placeAfter({ from, wanted, found, last }: Look, minPriority: string): Place {
  const began = from ?? FIRST;
  if (wanted === null) return began;
  if (found >= wanted) return last ?? began;
  // There are no more of this priority or a more urgent one.
  const end: Place = [minPriority, Number.MAX_SAFE_INTEGER];
  return began[0] > end[0] ? began : end;
}
