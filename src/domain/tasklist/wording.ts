/** White space aside, the same text. */
export function plainText(text: string): string {
  const plain = text.trim();
  return UNEVEN.test(plain) ? plain.replace(/\s+/g, ' ') : plain;
}

/** Hardly any text has it, and there are many texts. */
const UNEVEN = /\s{2}|[^\S ]/;

/** What is compared of a line's text: its pairs of neighbouring letters, and its numbers. */
export interface Wording {
  readonly pairs: ReadonlySet<string>;
  /** Sorted, divided by blanks. */
  readonly numbers: string;
}

export function wordingOf(text: string): Wording {
  const lower = text.toLowerCase();
  const pairs = new Set<string>();
  for (const word of lower.match(/[\p{L}\p{N}]+/gu) ?? []) {
    const letters = [...` ${word} `];
    for (let at = 1; at < letters.length; at += 1) {
      pairs.add(`${letters[at - 1]}${letters[at]}`);
    }
  }
  const numbers = [...new Set(lower.match(/\d+/g) ?? [])].sort().join(' ');
  return { pairs, numbers };
}

/**
 * Common pairs of letters by all of them (Jaccard), in [0, 1]: a slip of the pen, another order and
 * an added word leave most pairs in place, in every script. Texts that name different numbers are
 * different tasks: `Write chapter 1` is no rewording of `Write chapter 2`.
 */
export function similarity(a: Wording, b: Wording): number {
  if (a.numbers !== b.numbers && a.numbers !== '' && b.numbers !== '') return 0;
  let common = 0;
  for (const pair of a.pairs) if (b.pairs.has(pair)) common += 1;
  const all = a.pairs.size + b.pairs.size - common;
  return all === 0 ? 0 : common / all;
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
  const left = lefts.map(wordingOf);
  const right = rights.map(wordingOf);
  const rarest = rarestPairs([...left, ...right]);
  const byKey = new Map<string, number[]>();
  for (const [index, wording] of right.entries()) {
    for (const pair of rarest(wording)) {
      for (const key of [`${wording.numbers} ${pair}`, `* ${pair}`]) {
        const known = byKey.get(key);
        if (known === undefined) byKey.set(key, [index]);
        else known.push(index);
      }
    }
  }
  const found: SimilarPair[] = [];
  let compared = 0;
  for (const [index, wording] of left.entries()) {
    const numbers = wording.numbers === '' ? ['*'] : [wording.numbers, ''];
    const keys = rarest(wording).flatMap((pair) => numbers.map((text) => `${text} ${pair}`));
    const candidates = new Set(keys.flatMap((key) => byKey.get(key) ?? []));
    compared += candidates.size;
    if (compared > COMPARED_PAIRS_MAX) return null;
    for (const candidate of candidates) {
      const value = similarity(wording, right[candidate] as Wording);
      if (value >= SAME_TASK_SIMILARITY) {
        found.push({ left: index, right: candidate, similarity: value });
      }
    }
  }
  return found.sort((a, b) => b.similarity - a.similarity || a.left - b.left || a.right - b.right);
}

function rarestPairs(wordings: readonly Wording[]): (wording: Wording) => readonly string[] {
  const counts = new Map<string, number>();
  for (const { pairs } of wordings) {
    for (const pair of pairs) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  const rank = (pair: string): number => counts.get(pair) as number;
  return ({ pairs }) => {
    const needed = pairs.size - Math.ceil(SAME_TASK_SIMILARITY * pairs.size) + 1;
    const byRarity = [...pairs].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
    return byRarity.slice(0, needed);
  };
}
