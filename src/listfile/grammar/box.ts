import type { WrittenMark } from '../../domain/tasklist/mark.ts';

/** A check box at the beginning of a text. */
export interface Box {
  /** Null: one character that is no mark of ours, as in `[?]`. */
  readonly mark: WrittenMark | null;
  /** The mark's place between the brackets; `start` = `end` for `[]`. */
  readonly start: number;
  readonly end: number;
  /** `[ ]*`: somebody's way to say that this need not be done. */
  readonly optional: boolean;
  /** The text behind the box. */
  readonly rest: string;
}

/** `offset` is where `text` begins in the whole text. */
export function readBox(text: string, offset: number): Box | null {
  const match = BOX.exec(text);
  if (match === null) return null;
  const character = match[1] as string;
  return {
    mark: MARKS[character.trim()] ?? null,
    start: offset + 1,
    end: offset + 1 + character.length,
    optional: match[2] !== undefined,
    rest: text.slice(match[0].length).trim(),
  };
}

/**
 * A line that somebody may have meant as a check box, with or without a list marker. Only for
 * findings about text that the parser gave to no list.
 */
export function resemblesBox(line: string): boolean {
  return RESEMBLES_BOX.test(line);
}

/**
 * One character in brackets. What follows must not make a link of it; `*` marks an option. A
 * capital letter is a label, as in `[P] tasks = may run in parallel`, which stands in many lists.
 */
const BOX = /^\[(X|[^\]\n\p{Lu}]?)\]( ?\*(?=\s|$))?(?=[\s*_`~:]|$)/u;
const RESEMBLES_BOX = /^\s*(?:(?:[-*+]|\d{1,9}[.)])\s*)?\[[ xX~!-]?\](?![([:])/;

const MARKS: Readonly<Record<string, WrittenMark>> = {
  '': 'queued',
  x: 'completed',
  X: 'completed',
  '✓': 'completed',
  '✔': 'completed',
  '~': 'running',
  '/': 'running',
  '!': 'failed',
  '-': 'skipped',
};
