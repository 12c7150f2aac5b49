import { isReserved } from '../../store/sqlite/identifier.ts';

/** One word, name, literal or sign of a statement, and where it stands. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'sign';
  /** Without quotes where it is a name. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** Space, or one token: a string, a name in quotes, a number, a word, a sign; in this order. */
const PATTERN = new RegExp(
  [
    String.raw`(?:[ \t\n\v\f\r]+|--[^\n]*|/\*[^]*?(?:\*/|$))`,
    `([xX]?'(?:[^']|'')*')`,
    '("(?:[^"]|"")*"|`(?:[^`]|``)*`|\\[[^\\]]*\\])',
    String.raw`((?:\d|\.\d)[\w.]*(?:(?<=[eE])[+-]\d+)?)`,
    String.raw`([A-Za-z_\x80-\uffff][\w$\x80-\uffff]*)`,
    String.raw`(\|\||->>|->|<=|>=|<>|!=|==|<<|>>|[^])`,
  ].join('|'),
  'gy',
);

const KINDS = [undefined, 'string', 'quoted', 'number', 'word', 'sign'] as const;

/** The tokens of a statement, without comments and space. What it does not know is a sign. */
export function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(PATTERN);
  for (let match = pattern.exec(sql); match !== null; match = pattern.exec(sql)) {
    const [text] = match;
    const kind = KINDS[match.findIndex((part, at) => at > 0 && part !== undefined)];
    if (kind === undefined) continue;
    const value = kind === 'quoted' ? unquoted(text) : text;
    tokens.push({ kind, value, start: match.index, end: match.index + text.length });
  }
  return tokens;
}

function unquoted(text: string): string {
  const mark = text[0] ?? '';
  const inner = text.slice(1, -1);
  return mark === '[' ? inner : inner.replaceAll(mark + mark, mark);
}

/** Letters of A to Z have no case in the names of this database; all others do. */
export function fold(name: string): string {
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (all) => all.toLowerCase()) : name;
}

/**
 * What a text says, whichever way it is written: two texts that differ only in space, comments,
 * case of keywords and needless quotes have the same canon.
 */
export function canonOf(tokens: readonly Token[]): string {
  return tokens.map(canonToken).join(' ');
}

function canonToken({ kind, value }: Token): string {
  if (kind === 'string') return /^x/i.test(value) ? value.toLowerCase() : value;
  if (kind !== 'quoted') return fold(value);
  const needless = /^[a-z_][a-z0-9_]*$/i.test(value) && !isReserved(value);
  return needless ? fold(value) : `"${fold(value).replaceAll('"', '""')}"`;
}

/** Whether a statement speaks of a name, whatever it means by it. */
export function mentions(tokens: readonly Token[], name: string): boolean {
  const wanted = fold(name);
  return tokens.some(
    ({ kind, value }) => (kind === 'word' || kind === 'quoted') && fold(value) === wanted,
  );
}
