import { plainText, similarPairs } from './wording.ts';

/**
 * Ids for check boxes that carry none: made once, from section and text, then stored. A box keeps
 * the stored id of the same text in its section, then of the same text elsewhere, then of the most
 * similar text in its section, one to one, the earlier line first where two are alike. One that
 * left the list before is known again by the same text alone. Inserting a line that is like no
 * other changes no other box's id. What is unsure is settled by `reconcile`, which knows what ran.
 */
export function nameBoxes(
  boxes: readonly UnnamedBox[],
  known: readonly KnownBox[],
  taken: ReadonlySet<string>,
): readonly BoxName[] {
  const free = known.filter((box) => !taken.has(box.taskId));
  const matching = new Matching(boxes);
  const live = free.filter((box) => box.archived !== true);
  const gone = free.filter((box) => box.archived === true);
  matching.matchInOrder(live, keyOf);
  matching.matchInOrder(gone, keyOf);
  matching.matchInOrder(live, textOf);
  matching.matchReworded(live);
  matching.matchInOrder(gone, textOf);
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
  /** Its line left the list before. */
  readonly archived?: boolean;
  /** A task that names its own id: nothing but that id is known here. */
  readonly named?: boolean;
}

export interface BoxName {
  readonly taskId: string;
  /** It was known before. */
  readonly kept: boolean;
}

type Key = (box: UnnamedBox) => string;

class Matching {
  /** The known id of each box, by index. */
  readonly found: (string | undefined)[] = [];
  private readonly boxes: readonly UnnamedBox[];
  private readonly matched = new Set<KnownBox>();

  constructor(boxes: readonly UnnamedBox[]) {
    this.boxes = boxes;
  }

  /** Equal lines are told apart by their order alone. */
  matchInOrder(known: readonly KnownBox[], key: Key): void {
    const queues = Map.groupBy(this.left(known).reverse(), key);
    if (queues.size === 0) return;
    for (const index of this.open()) this.match(index, queues.get(key(this.box(index)))?.pop());
  }

  /** Within a section, the most similar pair first. */
  matchReworded(known: readonly KnownBox[]): void {
    const bySection = Map.groupBy(this.left(known), (box) => box.section);
    if (bySection.size === 0) return;
    for (const [section, indexes] of Map.groupBy(this.open(), (at) => this.box(at).section)) {
      const candidates = bySection.get(section) ?? [];
      const texts = indexes.map((at) => this.box(at).description);
      const olds = candidates.map((box) => box.description);
      for (const pair of similarPairs(texts, olds) ?? []) {
        const at = indexes[pair.left] as number;
        const candidate = candidates[pair.right] as KnownBox;
        if (this.found[at] === undefined && !this.matched.has(candidate)) {
          this.match(at, candidate);
        }
      }
    }
  }

  private open(): readonly number[] {
    return [...this.boxes.keys()].filter((at) => this.found[at] === undefined);
  }

  private left(known: readonly KnownBox[]): KnownBox[] {
    return known.filter((box) => !this.matched.has(box));
  }

  private box(index: number): UnnamedBox {
    return this.boxes[index] as UnnamedBox;
  }

  private match(index: number, known: KnownBox | undefined): void {
    if (known === undefined) return;
    this.found[index] = known.taskId;
    this.matched.add(known);
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
    let name = base;
    for (let count = this.counts.get(base) ?? 1; this.used.has(name); name = `${base}~${count}`) {
      count += 1;
      this.counts.set(base, count);
    }
    this.used.add(name);
    return name;
  }
}

function keyOf(box: UnnamedBox): string {
  return `${plainText(box.section ?? '')}\n${textOf(box)}`;
}

function textOf(box: UnnamedBox): string {
  return plainText(box.description);
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
  return base36(4294967296 * (2097151 & b) + (a >>> 0));
}

/** Eleven digits, as 53 bits need; `toString(36)` takes longer than the whole hash. */
function base36(value: number): string {
  let digits = '';
  for (let rest = value; digits.length < 11; rest = Math.trunc(rest / 36)) {
    digits = (DIGITS[rest % 36] as string) + digits;
  }
  return digits;
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';
