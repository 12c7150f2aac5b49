/**
 * What counts as a task's id when nothing but its shape says so. In a column headed ID any single
 * word does (`isCellId`); at the beginning of a line's text only these shapes do:
 *
 * - dashed, ending in a number: `FND-001`, `TEST-E2E-001`, `A11Y-001`, `AA-001b`, `FND-1.2`
 * - a phase and a number with letters in front of it: `P2.1-T01`, `S3-US04`
 * - dotted numbers: `1.1.1`
 * - letters and a number, as `T001`
 * - one number, if a colon, full stop or bracket follows: `3.`, `3:`, `3)`
 */
export function hasIdShape(word: string): boolean {
  if (word.length > ID_LENGTH_MAX) return false;
  return DASHED.test(word) || PHASED.test(word) || DOTTED.test(word) || COUNTED.test(word);
}

/** Any single word with a letter or digit, as an id column holds it. */
export function isCellId(word: string): boolean {
  return word.length <= ID_LENGTH_MAX && CELL_ID.test(word);
}

/** Characters: an id longer than this is prose without spaces. */
export const ID_LENGTH_MAX = 128;

/** Take emphasis, code, strike-through and link markup off a short text such as an id. */
export function withoutMarkup(text: string): string {
  if (!MARKUP.test(text)) return text.trim();
  const plain = text
    .replace(/!?\[([^[\]]*)\]\([^()]*\)/g, '$1')
    .replace(/\*\*|__|~~|`/g, '')
    .replace(/\\([\\`*_{}[\]()#+\-.!|])/g, '$1');
  const bare = trimmed(plain, ' \t\n*_');
  return bare.startsWith('[') && bare.endsWith(']') ? bare.slice(1, -1).trim() : bare;
}

/** Cut any of `characters` off both ends (in linear time, which `[...]+$` does not promise). */
export function trimmed(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1] as string)) end -= 1;
  let start = 0;
  while (start < end && characters.includes(text[start] as string)) start += 1;
  return text.slice(start, end);
}

export interface LeadingId {
  readonly taskId: string;
  /** The text behind the id and its delimiter. */
  readonly rest: string;
}

/**
 * The id at the beginning of a line's text, or null. An id set off by bold, code, a link or a
 * delimiter (`:`, `.`, `)`, a dash) is taken in every shape; a bare one only where prose would not
 * begin like that: `FND-001 Schema` is one, `utf-8 everywhere`, `UTF-8 everywhere`, `P1 fix` and
 * `3 things` are not.
 */
export function leadingId(text: string): LeadingId | null {
  const match = LEADING.exec(text.slice(0, LEADING_LENGTH_MAX));
  const groups = match?.groups;
  if (match === null || groups === undefined) return null;
  const rest = text.slice(match[0].length);
  const delimited = groups['inner'] !== '' || groups['after'] !== '';
  const taskId = groups['id'] as string;
  if (taskId.length > ID_LENGTH_MAX) return null;
  const wrapped = groups['open'] !== '';
  if (!accepted(taskId, wrapped, delimited)) return null;
  return { taskId, rest: withoutClosing(groups['open'] as string, match[0], rest).trim() };
}

/** `**A-1: text** more`: what is opened in front of the id and closed behind the text. */
function withoutClosing(open: string, lead: string, rest: string): string {
  const mark = ['**', '__', '~~'].find((candidate) => open.endsWith(candidate));
  if (mark === undefined || lead.indexOf(mark, open.length) >= 0) return rest;
  return rest.replace(mark, '');
}

/** Most cells hold none of these, and there are many cells. */
const MARKUP = /[[\]*_`~\\]/;
const DASHED = /^\p{L}[\p{L}\p{N}]*(?:[-_][\p{L}\p{N}]+)*[-_]\d+[a-z]?(?:\.\d+)*$/u;
const PHASED = /^[A-Z]{1,8}\d+(?:\.\d+)*[-_][A-Z]{1,4}\d+[a-z]?$/;
const DOTTED = /^\d+(?:\.\d+)+[a-z]?$/;
const COUNTED = /^[A-Z]{1,8}\d+(?:\.[A-Z]{0,2}\d+)*[a-z]?$/;
const BARE_COUNTED = /^(?:T\d+|[A-Z]{1,8}\d{3,})[a-z]?$/;
const NUMBER = /^\d+$/;
const CELL_ID = /^#?[\p{L}\p{N}][\p{L}\p{N}._/#:+-]*$/u;
const PRIORITY_WORD = /^P[0-4]$/;
/** Dashed words that prose begins with. */
const STANDARD = /^(?:UTF|SHA|ISO|RFC|AES|MD|HTTP|ECMA|ES|IEEE|COVID)-\d/;

/** Characters in which an id with its markup and link must have ended. */
const LEADING_LENGTH_MAX = 1_000;
/** Only character classes repeat here, so that no text makes the search slow. */
const LEADING = new RegExp(
  '^(?<open>[*_~`[]*)' +
    String.raw`(?<id>[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?)(?<inner>[:.)]?)` +
    '[*_~`\\]]*(?:\\([^)\\s]*\\)[*_~`\\]]*)?' +
    String.raw`(?<after>\s?[:|–—]|[.)]|\s-(?=\s)|)(?=\s|$)`,
  'u',
);

function accepted(taskId: string, wrapped: boolean, delimited: boolean): boolean {
  if (PRIORITY_WORD.test(taskId)) return false;
  if (NUMBER.test(taskId)) return delimited;
  if (DOTTED.test(taskId) || PHASED.test(taskId)) return true;
  if (wrapped || delimited) return DASHED.test(taskId) || COUNTED.test(taskId);
  if (BARE_COUNTED.test(taskId)) return true;
  return DASHED.test(taskId) && /^\p{Lu}/u.test(taskId) && !STANDARD.test(taskId);
}

/** A range's ends are spelt alike: the same letters, then a number. */
export interface IdRange {
  readonly first: string;
  readonly last: string;
}

/** Ids that one dependency range may stand for; a longer one is a slip of the pen. */
export const RANGE_LENGTH_MAX = 1_000;

/**
 * The ids from `first` to `last`, both included, without those that do not exist in between. Null
 * when the two do not belong to one series, run backwards, or are too far apart.
 */
export function expandRange(
  range: IdRange,
  existing: ReadonlySet<string>,
): readonly string[] | null {
  const first = seriesOf(range.first);
  const last = seriesOf(range.last);
  if (first === null || last === null || first.prefix !== last.prefix) return null;
  const length = last.number - first.number + 1;
  if (length < 1 || length > RANGE_LENGTH_MAX) return null;
  const ids = Array.from({ length }, (_, index) => {
    const digits = String(first.number + index).padStart(first.width, '0');
    return first.prefix + digits;
  });
  // Gaps inside a series are no mistake; missing ends are.
  return ids.filter((id) => existing.has(id) || id === range.first || id === range.last);
}

function seriesOf(id: string): { prefix: string; number: number; width: number } | null {
  const match = /^(.*?)(\d{1,9})$/u.exec(id);
  if (match === null) return null;
  const digits = match[2] as string;
  return { prefix: match[1] as string, number: Number(digits), width: digits.length };
}
