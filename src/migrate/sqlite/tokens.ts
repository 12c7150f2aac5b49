import { isReserved } from '../../store/sqlite/identifier.ts';

/** One word, name, literal or sign of a statement, and where it stands. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'sign';
  /** Without quotes where it is a name. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const PATTERN = new RegExp(
  [
    String.raw`(?<space>\s+|--[^\n]*|/\*[\s\S]*?(?:\*/|$))`,
    `(?<string>[xX]?'(?:[^']|'')*')`,
    String.raw`(?<quoted>"(?:[^"]|"")*"|${'`'}(?:[^${'`'}]|${'``'})*${'`'}|\[[^\]]*\])`,
    String.raw`(?<number>\d[\w.]*(?:(?<=[eE])[+-]\d+)?|\.\d[\w]*(?:(?<=[eE])[+-]\d+)?)`,
    String.raw`(?<word>[\p{L}_\u0080-\u{10ffff}][\w$\u0080-\u{10ffff}]*)`,
    String.raw`(?<sign>\|\||->>|->|<=|>=|<>|!=|==|<<|>>|[\s\S])`,
  ].join('|'),
  'guy',
);

/** The tokens of a statement, without comments and space. What it does not know is a sign. */
export function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of sql.matchAll(PATTERN)) {
    const groups = match.groups ?? {};
    if (groups['space'] !== undefined) continue;
    const kind = KINDS.find((one) => groups[one] !== undefined) ?? 'sign';
    const [text] = match;
    const value = kind === 'quoted' ? unquoted(text) : text;
    tokens.push({ kind, value, start: match.index, end: match.index + text.length });
  }
  return tokens;
}

const KINDS = ['string', 'quoted', 'number', 'word', 'sign'] as const;

function unquoted(text: string): string {
  const mark = text[0] ?? '';
  const inner = text.slice(1, -1);
  return mark === '[' ? inner : inner.replaceAll(mark + mark, mark);
}

/** Letters of A to Z have no case in the names of this database; all others do. */
export function fold(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
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
