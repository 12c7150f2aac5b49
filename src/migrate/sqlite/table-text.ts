import { fold, type Token, tokensOf } from './tokens.ts';

/** The text of a CREATE TABLE, cut into its parts: by commas and brackets, not by a grammar. */
export interface TableText {
  readonly sql: string;
  readonly columns: readonly TablePart[];
  readonly constraints: readonly TablePart[];
  /** Where the bracket opens and closes. */
  readonly open: number;
  readonly close: number;
}

export interface TablePart {
  /** Of the column; empty for a constraint. */
  readonly name: string;
  readonly sql: string;
  /** Where it ends in the whole text. */
  readonly end: number;
  readonly clauses: readonly Clause[];
}

/** One constraint, such as NOT NULL or CHECK (...), with the name it was given. */
export interface Clause {
  readonly kind: string;
  readonly name: string | null;
  /** Without CONSTRAINT and the name. */
  readonly tokens: readonly Token[];
  readonly sql: string;
}

export function tableTextOf(sql: string): TableText {
  const tokens = tokensOf(sql);
  const first = tokens.findIndex(({ value }) => value === '(');
  const parts: Token[][] = [[]];
  let depth = 0;
  let close = sql.length;
  for (const token of tokens.slice(first)) {
    if (token.kind === 'sign' && token.value === ')') depth -= 1;
    if (depth === 0 && token.value === ')') {
      close = token.start;
      break;
    }
    if (depth === 1 && token.kind === 'sign' && token.value === ',') parts.push([]);
    else if (depth > 0) parts.at(-1)?.push(token);
    if (token.kind === 'sign' && token.value === '(') depth += 1;
  }
  const isConstraint = ([head]: readonly Token[]): boolean =>
    head?.kind === 'word' && TABLE_CONSTRAINTS.has(fold(head.value));
  return {
    sql,
    columns: parts
      .filter((part) => part.length > 0 && !isConstraint(part))
      .map((part) => partOf(sql, part, part[0]?.value ?? '')),
    constraints: parts.filter(isConstraint).map((part) => partOf(sql, part, '')),
    open: tokens[first]?.end ?? 0,
    close,
  };
}

const TABLE_CONSTRAINTS = new Set(['constraint', 'primary', 'unique', 'check', 'foreign']);

function partOf(sql: string, tokens: readonly Token[], name: string): TablePart {
  const end = tokens.at(-1)?.end ?? 0;
  const text = sql.slice(tokens[0]?.start, end);
  return { name, sql: text, end, clauses: clausesOf(sql, name === '' ? tokens : tokens.slice(1)) };
}

/** What stands before the first clause is the type; the engine itself tells that one. */
function clausesOf(sql: string, tokens: readonly Token[]): readonly Clause[] {
  const starts: number[] = [];
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'sign' && token.value === ')') depth -= 1;
    if (depth === 0 && startsClause(tokens, index)) starts.push(index);
    if (token.kind === 'sign' && token.value === '(') depth += 1;
  }
  return starts.map((start, at) => clauseOf(sql, tokens.slice(start, starts[at + 1])));
}

function clauseOf(sql: string, all: readonly Token[]): Clause {
  const isNamed = wordAt(all, 0) === 'constraint';
  const tokens = isNamed ? all.slice(2) : all;
  return {
    kind: wordAt(tokens, 0),
    name: isNamed ? (all[1]?.value ?? null) : null,
    tokens,
    sql: sql.slice(all[0]?.start, all.at(-1)?.end),
  };
}

function startsClause(tokens: readonly Token[], index: number): boolean {
  const before = wordAt(tokens, index - 1);
  if (before === 'default' || wordAt(tokens, index - 2) === 'constraint') return false;
  if (before === 'constraint') return false;
  switch (wordAt(tokens, index)) {
    case 'constraint':
    case 'primary':
    case 'unique':
    case 'check':
    case 'foreign':
    case 'collate':
      return true;
    case 'not':
      return wordAt(tokens, index + 1) === 'null';
    case 'null':
      return before !== 'not' && before !== 'set';
    case 'default':
      return before !== 'set';
    case 'references':
      return !tokens.slice(0, index).some((_, at) => wordAt(tokens, at) === 'foreign');
    case 'generated':
      return wordAt(tokens, index + 1) === 'always';
    case 'as':
      return before !== 'always';
    default:
      return false;
  }
}

function wordAt(tokens: readonly Token[], index: number): string {
  const token = tokens[index];
  return token?.kind === 'word' ? fold(token.value) : '';
}

/** The text within the first bracket of a clause: of a CHECK, or of what generates a column. */
export function bracketOf(sql: string, tokens: readonly Token[]): string {
  const open = tokens.findIndex(({ value }) => value === '(');
  let depth = 0;
  for (const token of tokens.slice(open)) {
    if (token.kind !== 'sign') continue;
    if (token.value === '(') depth += 1;
    if (token.value === ')') depth -= 1;
    if (depth === 0) return sql.slice(tokens[open]?.end, token.start).trim();
  }
  return '';
}

/** Whether a clause has one of these words, outside its brackets. */
export function says(clause: Clause, ...words: readonly string[]): boolean {
  let depth = 0;
  return clause.tokens.some(({ kind, value }) => {
    if (kind === 'sign' && value === '(') depth += 1;
    if (kind === 'sign' && value === ')') depth -= 1;
    return depth === 0 && kind === 'word' && words.includes(fold(value));
  });
}

/** The elements of a list, cut at the commas outside its brackets. */
export function elementsOf(list: string): readonly string[] {
  const elements: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { kind, value, start: at, end } of tokensOf(list)) {
    if (kind !== 'sign') continue;
    if (value === '(') depth += 1;
    if (value === ')') depth -= 1;
    if (value !== ',' || depth > 0) continue;
    elements.push(list.slice(start, at).trim());
    start = end;
  }
  return [...elements, list.slice(start).trim()];
}
