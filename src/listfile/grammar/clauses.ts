import { readDuration } from '../../domain/duration.ts';
import { readPriority } from '../../domain/priority.ts';
import { ON_DEP_FAILURE } from '../../domain/status.ts';
import { hasIdShape, trimmed, withoutMarkup } from '../../domain/tasklist/task-id.ts';
import { plainText } from '../../domain/tasklist/wording.ts';

/** What a clause or a column sets. */
export type ClauseKey =
  | 'depends'
  | 'agent'
  | 'timeout'
  | 'verify'
  | 'needs'
  | 'onDepFailure'
  | 'priority';

export interface Clause {
  readonly key: ClauseKey;
  readonly value: string;
}

export interface ClausedText {
  readonly description: string;
  readonly clauses: readonly Clause[];
  /** What reads like a clause but has a value its key cannot take: it stays text. */
  readonly doubtful: readonly Clause[];
}

/**
 * Cut the clauses off the end of a task's text: `depends: agent: codex timeout: 20m`. A
 * clause ends where the next begins or the text does; one in brackets may stand anywhere, one in
 * backticks at the end: in front of more text it is a quotation. Also takes a priority set in
 * brackets, `[P1]` or `(P1)`, off either end.
 */
export function splitClauses(written: string): ClausedText {
  const clauses: Clause[] = [];
  const doubtful: Clause[] = [];
  const text = takeReferences(plainText(written), clauses, doubtful);
  // Every other clause has a colon: most texts need no closer look.
  if (!text.includes(':')) {
    const { description, priority } = takePriority(text);
    if (priority !== null) clauses.unshift({ key: 'priority', value: priority });
    return { description, clauses, doubtful };
  }
  const unquoted = takeCode(text, clauses, doubtful);
  const unbracketed = takeBracketed(unquoted, clauses, doubtful);
  const bare = takeBare(unbracketed, doubtful);
  const { description, priority } = takePriority(bare.description);
  if (priority !== null) clauses.unshift({ key: 'priority', value: priority });
  return { description, clauses: [...clauses, ...bare.clauses], doubtful };
}

const KEYS: readonly (readonly [ClauseKey, string])[] = [
  ['depends', 'depends(?:[ -]on)?|dependencies|deps|after|blocked[ -]by|requires'],
  ['agent', 'agent'],
  ['timeout', 'timeout'],
  ['verify', 'verify'],
  ['needs', 'needs'],
  ['onDepFailure', 'on[ -]dep(?:endency)?[ -]failure'],
  ['priority', 'priority'],
];

/** How the name of a clause may be spelt, as a pattern. */
export function clauseNames(key: ClauseKey): string {
  return (KEYS.find(([known]) => known === key) as readonly [ClauseKey, string])[1];
}

const KEY_PATTERNS = KEYS.map(
  ([key, pattern]) => [key, new RegExp(`^(?:${pattern})$`, 'i')] as const,
);
const ANY_KEY = KEYS.map(([, pattern]) => pattern).join('|');
/** A key at the beginning of the text or behind a space or separator, bold or not. */
const START = new RegExp(
  String.raw`(?<=^|[\s;,|·])(?:\*\*|__)?(${ANY_KEY})(?:\*\*|__)?\s*:(?:\*\*|__)?(?=\s|\S)`,
  'gi',
);
const BRACKETED = new RegExp(
  String.raw`[([](?=\s*(?:\*\*|__)?(?:${ANY_KEY})(?:\*\*|__)?\s*:)`,
  'gi',
);
const SEPARATORS = ' ;,|·–—-';
/** Per text: whatever has more is no task with clauses. */
const CLAUSES_MAX = 50;
/** Characters between the brackets of a clause. */
const BRACKETED_LENGTH_MAX = 1_000;
const INLINE_PRIORITY = /^[[(](P[0-4])[\])] ?| ?[[(](P[0-4])[\])]$/i;

/** `(depends on T012, T013)`: in brackets, and with nothing but ids, it needs no colon. */
function takeReferences(text: string, clauses: Clause[], doubtful: Clause[]): string {
  if (!text.includes('(')) return text;
  return text.replace(REFERENCES, (whole, value: string) => {
    const words = value.split(/[\s,;&+]+/).filter((word) => word !== '' && !/^and$/i.test(word));
    const ids = words.length > 0 && words.every((word) => hasIdShape(withoutMarkup(word)));
    if (!ids && doubtful.length < CLAUSES_MAX) doubtful.push({ key: 'depends', value });
    if (!ids || clauses.length >= CLAUSES_MAX) return whole;
    clauses.push({ key: 'depends', value: words.join(', ') });
    return '';
  });
}

const REFERENCES = / ?\((?:depends on|dependent on|blocked by) ([^()`]{1,500})\)/gi;

/** Code spans are hidden (at equal length) while keys and brackets are looked for. */
function withoutCode(text: string): string {
  return text.replace(/`[^`]*`/g, (span) => '\u0001'.repeat(span.length));
}

/** Code spans at the end of the text that hold nothing but clauses. */
function takeCode(text: string, clauses: Clause[], doubtful: Clause[]): string {
  if (!text.endsWith('`') && !text.endsWith('`.')) return text;
  const masked = withoutCode(text);
  let end = text.length;
  for (let taken = 0; taken < CLAUSES_MAX; taken += 1) {
    let close = end - 1;
    while (close > 0 && ' .;,'.includes(text[close] as string)) close -= 1;
    // A backtick that still shows in the masked text has no partner.
    if (close < 1 || text[close] !== '`' || masked[close] === '`') break;
    const open = text.lastIndexOf('`', close - 1);
    const inner = takeBare(text.slice(open + 1, close), []);
    if (inner.description !== '' || inner.clauses.length === 0) {
      noteProse(text.slice(open + 1, close), doubtful);
      break;
    }
    clauses.push(...inner.clauses);
    end = open;
  }
  return end === text.length ? text : text.slice(0, end).trimEnd();
}

function takeBracketed(text: string, clauses: Clause[], doubtful: Clause[]): string {
  const masked = withoutCode(text);
  let rest = '';
  let copied = 0;
  for (const match of [...masked.matchAll(BRACKETED)].slice(0, CLAUSES_MAX)) {
    if (match.index < copied) continue;
    const end = closingBracket(masked, match.index);
    if (end === null) continue;
    const inner = takeBare(text.slice(match.index + 1, end), []);
    if (inner.description !== '' || inner.clauses.length === 0) {
      noteProse(text.slice(match.index + 1, end), doubtful);
      continue;
    }
    clauses.push(...inner.clauses);
    rest += text.slice(copied, match.index).trimEnd();
    copied = end + 1;
  }
  return rest + text.slice(copied);
}

/** `(depends on: all of it)`, and the same in backticks, says without an id what it waits for. */
function noteProse(inner: string, doubtful: Clause[]): void {
  const value = proseDependency(inner);
  if (value !== null) doubtful.push({ key: 'depends', value });
}

/** What a line says that begins with `Depends on:` or its like; null for every other line. */
export function proseDependency(line: string): string | null {
  const value = PROSE_DEPENDENCY.exec(line)?.[1];
  return value === undefined ? null : trimmed(value, ' \t;,|·');
}

/** `After:` and `Requires:` begin much else that is said of a task. */
const PROSE_DEPENDENCY = new RegExp(
  '^[\\s*_]*(?:depends(?:[ -]on)?|dependency|dependencies|deps|blocked[ -]by)[ *_]*:' +
    '[ *_]*([^ *_].*)$',
  'is',
);

function closingBracket(masked: string, open: number): number | null {
  let depth = 0;
  const limit = Math.min(masked.length, open + BRACKETED_LENGTH_MAX);
  for (let at = open; at < limit; at += 1) {
    const character = masked[at] as string;
    if ('(['.includes(character)) depth += 1;
    if (')]'.includes(character)) depth -= 1;
    if (depth === 0) return at;
  }
  return null;
}

function takeBare(
  text: string,
  doubtful: Clause[],
): { readonly description: string; readonly clauses: readonly Clause[] } {
  const starts = [...withoutCode(text).matchAll(START)].slice(0, CLAUSES_MAX);
  const clauses: Clause[] = [];
  let cut: number | null = null;
  for (const [index, match] of starts.entries()) {
    const key = keyOf(match[1] as string);
    const raw = text.slice(match.index + match[0].length, starts[index + 1]?.index);
    const clause = { key, value: cleanValue(key, raw) };
    if (cut !== null || isPlausible(clause)) {
      cut ??= match.index;
      clauses.push(clause);
    } else {
      doubtful.push(clause);
    }
  }
  if (cut === null) return { description: text.trim(), clauses };
  // A separator in front of the first clause goes with it.
  const kept = trimmed(`.${text.slice(0, cut)}`, SEPARATORS).slice(1);
  return { description: kept.trim(), clauses };
}

function keyOf(written: string): ClauseKey {
  const found = KEY_PATTERNS.find(([, pattern]) => pattern.test(written));
  return (found as readonly [ClauseKey, RegExp])[0];
}

function cleanValue(key: ClauseKey, raw: string): string {
  const value = trimmed(raw, ' ;,|·');
  const code = insideTicks(value);
  if (code !== null) return code.trim();
  return key === 'verify' || key === 'depends' ? value : withoutMarkup(value).replace(/\.$/, '');
}

/** What a code span holds that is all there is, but for a full stop. */
function insideTicks(value: string): string | null {
  const span = value.endsWith('.') ? value.slice(0, -1) : value;
  const before = span.length - span.replace(/^`+/, '').length;
  let behind = 0;
  while (behind < before && span[span.length - 1 - behind] === '`') behind += 1;
  const ticks = Math.min(behind, span.length >> 1);
  return ticks === 0 ? null : span.slice(ticks, -ticks);
}

/** Whether the first clause of a text is one at all, and not prose with a colon in it. */
function isPlausible({ key, value }: Clause): boolean {
  switch (key) {
    case 'depends':
      return /^(?:-|none)$/i.test(value) || dependencyWords(value).some(isReference);
    case 'agent':
      return /^[\w.@/+-]+$/.test(value);
    case 'timeout':
      return readDuration(value) !== null;
    case 'verify':
      return value !== '';
    case 'needs':
      return value !== '' && value.split(',').every((need) => /^[\w.:-]+$/.test(need.trim()));
    case 'onDepFailure':
      return (ON_DEP_FAILURE as readonly string[]).includes(value.toLowerCase());
    case 'priority':
      // `P0 (critical)` is one with a remark.
      return readPriority(value.replace(/\([^()]*\)$/, '').trimEnd()).reading !== 'guessed';
  }
}

function dependencyWords(value: string): readonly string[] {
  return value.split(/[\s,;()…–—]+|\.\.\.?/).map((word) => withoutMarkup(word));
}

function isReference(word: string): boolean {
  return hasIdShape(word) || /^#?\d+$/.test(word) || word.startsWith('box-');
}

function takePriority(text: string): {
  readonly description: string;
  readonly priority: string | null;
} {
  const match = INLINE_PRIORITY.exec(text);
  if (match === null) return { description: text, priority: null };
  const description = text.replace(match[0], '').trim();
  return { description, priority: (match[1] ?? match[2]) as string };
}
