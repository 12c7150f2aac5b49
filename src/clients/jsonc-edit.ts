import type { Node } from 'jsonc-parser';
import { allTokensFrom, parseJsonc, propertyOf, TOKEN, tokensFrom } from './jsonc-tree.ts';
import type { SettingsPath } from './settings-path.ts';
import { lineEndOf, type TextPiece, withPieces } from './text-piece.ts';

/**
 * Change one value of a JSON file with comments. Everything else stays byte for byte: comments,
 * line ends, indentation, trailing commas, a byte order mark. A new value is only ever inserted, on
 * lines of its own where its neighbours have theirs, never between a value and its comment.
 *
 * @throws PawlError `client_file_invalid`, also where a parent is no object.
 */
export function setJsonc(text: string, path: SettingsPath, value: unknown): string {
  const { root } = parseJsonc(text);
  if (root === null) return newDocument(text, nested(path, value));
  let object = root;
  for (const [depth, key] of path.entries()) {
    const found = propertyOf(object, key);
    const rest = path.slice(depth + 1);
    if (found === null) {
      return withPieces(text, insertion(text, { root, object }, key, nested(rest, value)));
    }
    if (rest.length === 0) return withPieces(text, replacement(text, root, found.value, value));
    object = found.value;
  }
  return text;
}

/** Take a value with its key away; what is not there is left away already. */
export function removeJsonc(text: string, path: SettingsPath): string {
  let object = parseJsonc(text).root;
  for (const key of path.slice(0, -1)) {
    object = object === null ? null : (propertyOf(object, key)?.value ?? null);
  }
  const found = object === null ? null : propertyOf(object, path.at(-1) ?? '');
  if (object === null || found === null) return text;
  return withPieces(text, removal(text, object, found.property));
}

const INDENT = '  ';

function nested(keys: readonly string[], value: unknown): unknown {
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

/** A file that was empty, or held nothing but comments. */
function newDocument(text: string, value: unknown): string {
  const eol = lineEndOf(text);
  const gap = text.trim() === '' || /\n\s*$/.test(text) ? '' : eol;
  return `${text}${gap}${written(value, { eol, unit: INDENT, indent: '' })}${eol}`;
}

interface Layout {
  readonly eol: string;
  readonly unit: string;
  readonly indent: string;
}

function written(value: unknown, { eol, unit, indent }: Layout): string {
  return JSON.stringify(value, null, unit).split('\n').join(`${eol}${indent}`);
}

interface Place {
  readonly root: Node;
  readonly object: Node;
}

function insertion(text: string, place: Place, key: string, value: unknown): readonly TextPiece[] {
  const { object } = place;
  const last = object.children?.at(-1);
  if (last !== undefined && indentBefore(text, last.offset) === null) {
    // Its neighbours share a line, and so does it.
    const content = `, ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    return [{ offset: last.offset + last.length, length: 0, content }];
  }
  const eol = lineEndOf(text);
  const unit = unitOf(text, place.root);
  const outer = lineIndent(text, object.offset);
  const indent = (last === undefined ? null : indentBefore(text, last.offset)) ?? outer + unit;
  const line = `${eol}${indent}${JSON.stringify(key)}: ${written(value, { eol, unit, indent })}`;
  if (last === undefined) return intoEmpty(text, object, line, `${eol}${outer}`);
  const end = last.offset + last.length;
  const comma = commaAfter(text, end);
  const offset = endOfLine(text, comma === null ? end : comma + 1);
  if (comma !== null) return [{ offset, length: 0, content: `${line},` }];
  return [
    { offset: end, length: 0, content: ',' },
    { offset, length: 0, content: line },
  ];
}

/** Between braces that hold nothing, or comments. */
function intoEmpty(text: string, object: Node, line: string, closing: string): TextPiece[] {
  const inside = text.slice(object.offset + 1, object.offset + object.length - 1);
  const offset = object.offset + 1 + inside.trimEnd().length;
  const isOpen = /\n/.test(inside.slice(inside.trimEnd().length));
  return [{ offset, length: 0, content: isOpen ? line : `${line}${closing}` }];
}

function replacement(text: string, root: Node, old: Node, value: unknown): readonly TextPiece[] {
  const before = text.slice(old.offset, old.offset + old.length);
  const indent = lineIndent(text, old.offset);
  const layout = { eol: lineEndOf(text), unit: unitOf(text, root), indent };
  const content = before.includes('\n') ? written(value, layout) : onOneLine(value);
  return [{ offset: old.offset, length: old.length, content }];
}

/** As people write a short list. */
function onOneLine(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value);
  return `[${value.map((item: unknown) => JSON.stringify(item)).join(', ')}]`;
}

function removal(text: string, object: Node, property: Node): readonly TextPiece[] {
  const end = property.offset + property.length;
  const comma = commaAfter(text, end);
  const pieces: TextPiece[] = [];
  if (comma !== null && text.slice(end, comma).trim() !== '') pieces.push(gone(comma, comma + 1));
  const until = pieces.length > 0 || comma === null ? end : comma + 1;
  const whole = wholeLine(text, property.offset, until);
  const from = whole?.from ?? property.offset;
  const before = comma === null ? commaBefore(text, object, property) : null;
  if (before === null) return [...pieces, gone(from, whole?.to ?? afterBlank(text, until))];
  if (whole === null && text.slice(before + 1, from).trim() === '') return [gone(before, end)];
  return [gone(before, before + 1), gone(from, whole?.to ?? end)];
}

function gone(from: number, to: number): TextPiece {
  return { offset: from, length: to - from, content: '' };
}

/** With the line end before it, where nothing else stands on these lines. */
function wholeLine(
  text: string,
  from: number,
  to: number,
): { readonly from: number; readonly to: number } | null {
  const indent = indentBefore(text, from);
  const blank = /^[ \t]*(?=\r?\n)/.exec(text.slice(to));
  if (indent === null || blank === null) return null;
  const lineStart = from - indent.length;
  const eol = text.slice(0, lineStart).endsWith('\r\n') ? 2 : 1;
  return { from: lineStart - eol, to: to + blank[0].length };
}

function afterBlank(text: string, offset: number): number {
  return offset + (/^[ \t]*(?=\S)/.exec(text.slice(offset))?.[0].length ?? 0);
}

/** Where the comma after a value is; null when the object ends there. */
function commaAfter(text: string, end: number): number | null {
  const next = tokensFrom(text, end).next();
  return next.done !== true && next.value.kind === TOKEN.comma ? next.value.offset : null;
}

function commaBefore(text: string, object: Node, property: Node): number | null {
  const siblings = object.children ?? [];
  const before = siblings[siblings.indexOf(property) - 1];
  return before === undefined ? null : commaAfter(text, before.offset + before.length);
}

/** The end of the line, behind the comments that begin on it. */
function endOfLine(text: string, offset: number): number {
  let end = offset;
  for (const token of allTokensFrom(text, offset)) {
    if (token.kind === TOKEN.trivia) continue;
    if (token.kind !== TOKEN.lineComment && token.kind !== TOKEN.blockComment) break;
    end = token.end;
  }
  return end;
}

/** The blanks before an offset, where nothing else stands before it on its line; null otherwise. */
function indentBefore(text: string, offset: number): string | null {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(start, offset);
  return start > 0 && before.trim() === '' ? before : null;
}

/** The blanks with which the line of an offset begins. */
function lineIndent(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

/** One step of indentation, as the file has it. */
function unitOf(text: string, root: Node): string {
  const [first] = root.children ?? [];
  const indent = first === undefined ? null : indentBefore(text, first.offset);
  return indent === null || indent === '' ? INDENT : indent;
}
