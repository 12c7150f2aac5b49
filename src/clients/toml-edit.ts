import { isDeepStrictEqual } from 'node:util';
import { parse, patch } from '@decimalturn/toml-patch';
import { PawlError } from '../domain/errors.ts';
import { isRecord, plain, type SettingsPath, valueAt, withValueAt } from './settings-path.ts';
import { BYTE_ORDER_MARK, lineEndOf } from './text-piece.ts';
import { keysOf, type TomlStatement, tomlStatements } from './toml-statements.ts';

/** @throws PawlError `client_file_invalid` with the place of the first thing that is wrong. */
export function parseToml(text: string): Readonly<Record<string, unknown>> {
  try {
    return parse(text) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const { line, column, message } = cause as TomlFault;
    const what = message.split('\n').at(-1) ?? message;
    const place = { line: line ?? 1, column: (column ?? 0) + 1 };
    const told = `line ${place.line}, column ${place.column}: ${what}`;
    throw new PawlError('client_file_invalid', told, { cause, details: place });
  }
}

interface TomlFault {
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

/**
 * Change one value of a TOML file. A table that is not there yet becomes a section at the end of
 * the file; a value that is there is changed where it stands. The library that writes TOML sees
 * that one statement only: given whole files it lost comments of lines that had nothing to do
 * with it.
 */
export function setToml(text: string, path: SettingsPath, value: unknown): string {
  const settings = parseToml(text);
  if (valueAt(settings, path) !== undefined) return withStatement(text, path, value) ?? text;
  if (isRecord(value)) {
    const appended = `${text}${gapAfter(text)}${section(path, value, lineEndOf(text))}`;
    if (isSound(appended)) return appended;
  }
  return withStatement(text, path, value) ?? withValueInSection(text, path, value) ?? text;
}

/** Take a value with its key away: a table with all its sections. */
export function removeToml(text: string, path: SettingsPath): string {
  if (valueAt(parseToml(text), path) === undefined) return text;
  const kept: string[] = [];
  let waiting: string[] = [];
  let within = false;
  for (const statement of tomlStatements(text)) {
    if (statement.kind === 'header') {
      const was = within;
      within = isAtOrBelow(statement.table, path);
      // Comments and empty lines behind a section belong to what follows.
      if (!within) kept.push(...waiting);
      if (within && !was && kept.at(-1)?.trim() === '') kept.pop();
      waiting = [];
    }
    if (!within) kept.push(withoutValue(statement, path));
    else if (statement.kind === 'blank') waiting.push(statement.text);
    else waiting = [];
  }
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  return mark + [...kept, ...waiting].join('').replace(BYTE_ORDER_MARK, '');
}

/** Where a statement says the value, or the table that is to hold it, it says it anew. */
function withStatement(text: string, path: SettingsPath, value: unknown): string | null {
  const statements = tomlStatements(text);
  for (let depth = path.length; depth > 0; depth -= 1) {
    const wanted = path.slice(0, depth);
    const at = statements.findIndex((one) => saidBy(one, wanted) !== undefined);
    const statement = statements[at];
    const below = statement === undefined ? null : seenFrom(statement, path);
    if (statement === undefined || below === null) continue;
    const says = withValueAt(statement.says, below, value);
    const anew =
      insertedInline(statement.text, says, below, value) ?? patched(statement.text, says);
    return statements.map((one, index) => (index === at ? anew : one.text)).join('');
  }
  return null;
}

/** A new key before the brace of its table: the brace with which the text then says it. */
function insertedInline(
  text: string,
  says: Readonly<Record<string, unknown>>,
  path: SettingsPath,
  value: unknown,
): string | null {
  if (valueAt(parse(text), path) !== undefined) return null;
  const item = `${keyText(path.at(-1) ?? '')} = ${valueText(value)}`;
  for (let at = text.lastIndexOf('}'); at >= 0; at = text.lastIndexOf('}', at - 1)) {
    const head = text.slice(0, at).trimEnd();
    const gap = head.endsWith('{') || head.endsWith(',') ? ' ' : ', ';
    const end = head.length === at ? ' ' : text.slice(head.length, at);
    const inserted = `${head}${gap}${item}${end}${text.slice(at)}`;
    if (isSound(inserted) && isDeepStrictEqual(plain(parse(inserted)), plain(says)))
      return inserted;
  }
  return null;
}

/** One more value in a section that is there. */
function withValueInSection(text: string, path: SettingsPath, value: unknown): string | null {
  const key = path.at(-1) ?? '';
  const statements = tomlStatements(text);
  const at = statements.findIndex(
    ({ kind, table }) => kind === 'header' && sameKeys(table, path.slice(0, -1)),
  );
  const header = statements[at];
  if (header === undefined) return null;
  const eol = lineEndOf(text);
  const gap = header.text.endsWith('\n') ? '' : eol;
  const line = `${gap}${keyText(key)} = ${valueText(value)}${eol}`;
  return statements.map((one, index) => (index === at ? one.text + line : one.text)).join('');
}

function withoutValue(statement: TomlStatement, path: SettingsPath): string {
  const below = seenFrom(statement, path);
  if (below === null || valueAt(statement.says, below) === undefined) return statement.text;
  // A dotted key that leads to the value or into it says nothing else.
  if (keyDepth(statement.text) >= below.length) return '';
  const says = withValueAt(statement.says, below, undefined);
  return removedInline(statement.text, says, below) ?? patched(statement.text, says);
}

/** The key with one of the commas beside it: the stretch without which the text says the rest. */
function removedInline(
  text: string,
  says: Readonly<Record<string, unknown>>,
  path: SettingsPath,
): string | null {
  const key = keyText(path.at(-1) ?? '');
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1)) {
    const before = Math.max(text.lastIndexOf(',', at), text.lastIndexOf('{', at));
    for (const { index, 0: mark } of text.slice(at).matchAll(/[,}]/g)) {
      const from = text[before] === ',' ? before : before + 1;
      const to = at + index + (mark === ',' && from > before ? 1 : 0);
      const cut = text.slice(0, from) + text.slice(to);
      if (isSound(cut) && isDeepStrictEqual(plain(parse(cut)), plain(says))) return cut;
    }
  }
  return null;
}

/** Of how many keys the dotted key of a statement is made. */
function keyDepth(text: string): number {
  for (let at = text.indexOf('='); at >= 0; at = text.indexOf('=', at + 1)) {
    const key = `${text.slice(0, at)}= 0`;
    if (isSound(key)) return keysOf(parse(key)).length;
  }
  return 0;
}

function saidBy(statement: TomlStatement, path: readonly string[]): unknown {
  const below = seenFrom(statement, path);
  return below === null ? undefined : valueAt(statement.says, below);
}

/** A path as it is seen from a statement's table; null when it is not in there. */
function seenFrom({ kind, table }: TomlStatement, path: readonly string[]): SettingsPath | null {
  if (kind !== 'value' || table === null || table.length >= path.length) return null;
  if (!sameKeys(table, path.slice(0, table.length))) return null;
  const [first, ...rest] = path.slice(table.length);
  return first === undefined ? null : [first, ...rest];
}

function isAtOrBelow(table: readonly string[] | null, path: readonly string[]): boolean {
  return table !== null && sameKeys(table.slice(0, path.length), path);
}

function sameKeys(one: readonly string[] | null, other: readonly string[]): boolean {
  return one !== null && one.length === other.length && one.every((key, at) => key === other[at]);
}

/** The library writes no byte order mark of its own, and must not lose one. */
function patched(text: string, says: Readonly<Record<string, unknown>>): string {
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  return mark + patch(text.slice(mark.length), says);
}

function isSound(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false; // no section may be added to a table that is written on one line
  }
}

/** An empty line before what follows. */
function gapAfter(text: string): string {
  const eol = lineEndOf(text);
  if (text.trim() === '') return '';
  if (!text.endsWith('\n')) return `${eol}${eol}`;
  return /\n\r?\n$/.test(text) ? '' : eol;
}

function section(
  path: readonly string[],
  table: Readonly<Record<string, unknown>>,
  eol: string,
): string {
  const values = Object.entries(table).map(
    ([key, value]) => `${keyText(key)} = ${valueText(value)}`,
  );
  return [`[${path.map(keyText).join('.')}]`, ...values, ''].join(eol);
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : basicText(key);
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (isRecord(value)) {
    const items = Object.entries(value).map(
      ([key, item]) => `${keyText(key)} = ${valueText(item)}`,
    );
    return `{ ${items.join(', ')} }`;
  }
  return typeof value === 'string' ? basicText(value) : String(value);
}

/** JSON's escapes are TOML's, which wants one more character escaped. */
function basicText(value: string): string {
  return JSON.stringify(value).replaceAll('\u007F', '\\u007F');
}
