/**
 * Ids for check boxes that carry none: made once, from section and text, then stored. A box keeps
 * the stored id of the same text, then of the same text in another section, then of a similar text
 * in the same section, one to one. Inserting a line changes no other box's id.
 */
export function nameBoxes(
  boxes: readonly UnnamedBox[],
  known: readonly KnownBox[],
  taken: ReadonlySet<string>,
): readonly BoxName[] {
  const matching = new Matching(
    boxes,
    known.filter((box) => !taken.has(box.taskId)),
  );
  matching.matchInOrder(keyOf);
  matching.matchUnique((box) => plain(box.description));
  matching.matchReworded();
  const names = new FreshNames([...taken, ...known.map((box) => box.taskId)]);
  return boxes.map((box, index) => {
    const kept = matching.found[index] ?? null;
    return { taskId: kept ?? names.next(`box-${textHash(keyOf(box))}`), kept: kept !== null };
  });
}

export interface UnnamedBox {
  readonly section: string | null;
  readonly description: string;
}

/** A box without an id, and the id it was given when it was first seen. */
export interface KnownBox extends UnnamedBox {
  readonly taskId: string;
}

export interface BoxName {
  readonly taskId: string;
  /** It was known before. */
  readonly kept: boolean;
}

/** Share of common words from which a reworded line counts as the same one. */
export const SAME_TASK_SIMILARITY = 0.6;

/** Pairs compared by wording in one section; beyond it lines are too many to be told apart. */
export const REWORDED_PAIRS_MAX = 40_000;

type Key = (box: UnnamedBox) => string;

class Matching {
  /** The known id of each box, by index. */
  readonly found: (string | undefined)[] = [];
  private readonly boxes: readonly UnnamedBox[];
  private readonly left: Set<KnownBox>;

  constructor(boxes: readonly UnnamedBox[], known: readonly KnownBox[]) {
    this.boxes = boxes;
    this.left = new Set(known);
  }

  /** Equal lines are told apart by their order alone. */
  matchInOrder(key: Key): void {
    const queues = Map.groupBy([...this.left].reverse(), key);
    for (const [index, box] of this.boxes.entries()) this.match(index, queues.get(key(box))?.pop());
  }

  /** Only where one box meets one known box: otherwise nothing says which is which. */
  matchUnique(key: Key): void {
    const known = Map.groupBy(this.left, key);
    for (const [value, indexes] of Map.groupBy(this.open(), (at) => key(this.box(at)))) {
      const candidates = known.get(value) ?? [];
      if (indexes.length === 1 && candidates.length === 1) {
        this.match(indexes[0] as number, candidates[0]);
      }
    }
  }

  /** Where each is clearly the other's most similar one in their section. */
  matchReworded(): void {
    const known = Map.groupBy(this.left, (box) => box.section);
    for (const [section, indexes] of Map.groupBy(this.open(), (at) => this.box(at).section)) {
      const candidates = known.get(section) ?? [];
      if (indexes.length * candidates.length > REWORDED_PAIRS_MAX) continue;
      const olds = candidates.map((box) => wordsOf(box.description));
      const news = indexes.map((at) => wordsOf(this.box(at).description));
      const bestOld = news.map((words) => clearBest(words, olds));
      const bestNew = olds.map((words) => clearBest(words, news));
      for (const [place, at] of indexes.entries()) {
        const best = bestOld[place];
        if (best != null && bestNew[best] === place) this.match(at, candidates[best]);
      }
    }
  }

  private open(): readonly number[] {
    return [...this.boxes.keys()].filter((at) => this.found[at] === undefined);
  }

  private box(index: number): UnnamedBox {
    return this.boxes[index] as UnnamedBox;
  }

  private match(index: number, known: KnownBox | undefined): void {
    if (known === undefined) return;
    this.found[index] = known.taskId;
    this.left.delete(known);
  }
}

/** `base`, `base~2`, `base~3`... without asking the same question twice. */
class FreshNames {
  private readonly used: Set<string>;
  private readonly counts = new Map<string, number>();

  constructor(used: Iterable<string>) {
    this.used = new Set(used);
  }

  next(base: string): string {
    for (;;) {
      const count = (this.counts.get(base) ?? 0) + 1;
      this.counts.set(base, count);
      const name = count === 1 ? base : `${base}~${count}`;
      if (this.used.has(name)) continue;
      this.used.add(name);
      return name;
    }
  }
}

/** Index of the one most similar text; null when none is similar enough or two are equally so. */
function clearBest(
  words: ReadonlySet<string>,
  candidates: readonly ReadonlySet<string>[],
): number | null {
  let best: number | null = null;
  let highest = SAME_TASK_SIMILARITY;
  for (const [index, candidate] of candidates.entries()) {
    const value = similarity(words, candidate);
    if (value > highest || (value === highest && best === null)) {
      best = index;
      highest = value;
    } else if (value === highest) {
      highest = value + Number.EPSILON;
      best = null;
    }
  }
  return best;
}

function keyOf(box: UnnamedBox): string {
  return `${plain(box.section ?? '')}\n${plain(box.description)}`;
}

function plain(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

/** Common words by all words (Jaccard). */
function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const word of a) if (b.has(word)) common += 1;
  const all = a.size + b.size - common;
  return all === 0 ? 0 : common / all;
}

/**
 * 53 bits, base 36 (the public domain hash cyrb53). Two different lines that collide get `~2` like
 * equal ones, so a better hash would only make longer ids.
 */
function textHash(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36).padStart(11, '0');
}
