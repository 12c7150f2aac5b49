/** White space aside, the same text. */
export function plainText(text: string): string {
  const plain = text.trim();
  return UNEVEN.test(plain) ? plain.replace(/\s+/g, ' ') : plain;
}

/** Hardly any text has it, and there are many texts. */
const UNEVEN = /\s{2}|[^\S ]/;

/** What is compared of a line's text: its pairs of neighbouring letters, and its numbers. */
export interface Wording {
  /** Each as a number; sorted, no doubles. */
  readonly pairs: readonly number[];
  /** Sorted, divided by blanks. */
  readonly numbers: string;
}

export function wordingOf(text: string): Wording {
  const lower = text.toLowerCase();
  const pairs = new Set<number>();
  for (const word of lower.match(/[\p{L}\p{N}]+/gu) ?? []) {
    let before = BLANK;
    for (const letter of `${word} `) {
      const code = letter.codePointAt(0) as number;
      pairs.add(before * CODES + code);
      before = code;
    }
  }
  const numbers = [...new Set(lower.match(/\d+/g) ?? [])].sort().join(' ');
  return { pairs: [...pairs].sort((a, b) => a - b), numbers };
}

const BLANK = 32;
/** As many as Unicode has. */
const CODES = 0x110000;

/**
 * Common pairs of letters by all of them (Jaccard), in [0, 1]: a slip of the pen, another order and
 * an added word leave most pairs in place, in every script. Texts that name different numbers are
 * different tasks: `Write chapter 1` is no rewording of `Write chapter 2`.
 */
export function similarity(a: Wording, b: Wording): number {
  if (a.numbers !== b.numbers && a.numbers !== '' && b.numbers !== '') return 0;
  const common = countCommon(a.pairs, b.pairs);
  const all = a.pairs.length + b.pairs.length - common;
  return all === 0 ? 0 : common / all;
}

function countCommon(a: readonly number[], b: readonly number[]): number {
  let common = 0;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const difference = (a[i] as number) - (b[j] as number);
    if (difference === 0) common += 1;
    if (difference <= 0) i += 1;
    if (difference >= 0) j += 1;
  }
  return common;
}

/** From here on a reworded line counts as the same one. */
export const SAME_TASK_SIMILARITY = 0.6;

/** Pairs of texts that are compared at most; beyond it they are too many to be told apart. */
export const COMPARED_PAIRS_MAX = 1_000_000;

export interface SimilarPair {
  readonly left: number;
  readonly right: number;
  readonly similarity: number;
}

/**
 * Every pair of a left and a right text that is similar enough, the most similar first, then in
 * order. Null when they are too many. Only those are compared that share one of their rarer pairs
 * of letters, without which they cannot be similar (prefix filtering; Bayardo, Ma, Srikant: Scaling
 * up all pairs similarity search, 2007).
 */
export function similarPairs(
  lefts: readonly string[],
  rights: readonly string[],
): readonly SimilarPair[] | null {
  const wordings = byRarity([...lefts, ...rights].map(wordingOf));
  const right = wordings.slice(lefts.length);
  const index = new PairIndex(right);
  const found: SimilarPair[] = [];
  const seenBy = new Int32Array(rights.length).fill(-1);
  let compared = 0;
  for (const [at, wording] of wordings.slice(0, lefts.length).entries()) {
    for (const candidates of index.sharing(wording)) {
      for (const candidate of candidates) {
        if (seenBy[candidate] === at) continue;
        seenBy[candidate] = at;
        compared += 1;
        const value = similarity(wording, right[candidate] as Wording);
        if (value >= SAME_TASK_SIMILARITY) {
          found.push({ left: at, right: candidate, similarity: value });
        }
      }
      if (compared > COMPARED_PAIRS_MAX) return null;
    }
  }
  return found.sort((a, b) => b.similarity - a.similarity || a.left - b.left || a.right - b.right);
}

/** Texts by each of their rarer pairs, those with the same numbers and those with any apart. */
class PairIndex {
  private readonly byNumbers = new Map<string, Map<number, number[]>>();

  constructor(wordings: readonly Wording[]) {
    for (const [at, wording] of wordings.entries()) {
      this.add(wording.numbers, wording, at);
      this.add(ANY_NUMBERS, wording, at);
    }
  }

  /** For each pair, those that share it, by index. */
  sharing(wording: Wording): readonly (readonly number[])[] {
    const numbers = wording.numbers === '' ? [ANY_NUMBERS] : [wording.numbers, ''];
    return numbers.flatMap((text) => {
      const byPair = this.byNumbers.get(text);
      return byPair === undefined ? [] : rarest(wording).map((pair) => byPair.get(pair) ?? []);
    });
  }

  private add(numbers: string, wording: Wording, at: number): void {
    const byPair = this.byNumbers.get(numbers) ?? new Map<number, number[]>();
    this.byNumbers.set(numbers, byPair);
    for (const pair of rarest(wording)) {
      const known = byPair.get(pair);
      if (known === undefined) byPair.set(pair, [at]);
      else known.push(at);
    }
  }
}

const ANY_NUMBERS = '*';

/** The same with each pair as its rank, so that the rarest of a text are its first ones. */
function byRarity(wordings: readonly Wording[]): readonly Wording[] {
  const counts = new Map<number, number>();
  for (const { pairs } of wordings) {
    for (const pair of pairs) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a, many], [b, more]) => many - more || a - b);
  const ranks = new Map(sorted.map(([pair], rank) => [pair, rank]));
  return wordings.map(({ pairs, numbers }) => {
    const ranked = pairs.map((pair) => ranks.get(pair) as number);
    return { pairs: ranked.sort((a, b) => a - b), numbers };
  });
}

/** Two similar texts have at least one of these in common. */
function rarest({ pairs }: Wording): readonly number[] {
  const needed = pairs.length - Math.ceil(SAME_TASK_SIMILARITY * pairs.length) + 1;
  return pairs.slice(0, needed);
}
