import {
  createScanner,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
  type SyntaxKind,
} from 'jsonc-parser';
import { PawlError } from '../domain/errors.ts';
import { BYTE_ORDER_MARK, placeOf } from './text-piece.ts';

/** A JSON file with comments as it is written: offsets count from the very first character. */
export interface JsoncTree {
  readonly text: string;
  /** Null: the file says nothing yet, but for comments. */
  readonly root: Node | null;
}

/** `SyntaxKind` of the parser, whose const enum cannot be imported under isolated modules. */
export const TOKEN = {
  openBrace: 1 as SyntaxKind,
  closeBrace: 2 as SyntaxKind,
  comma: 5 as SyntaxKind,
  lineComment: 12 as SyntaxKind,
  blockComment: 13 as SyntaxKind,
  lineBreak: 14 as SyntaxKind,
  trivia: 15 as SyntaxKind,
  end: 17 as SyntaxKind,
} as const;

/** @throws PawlError `client_file_invalid` with the place of the first thing that is wrong. */
export function parseJsonc(text: string): JsoncTree {
  const errors: ParseError[] = [];
  // The parser knows no byte order mark: a blank in its place keeps all offsets.
  const readable = text.startsWith(BYTE_ORDER_MARK) ? ` ${text.slice(1)}` : text;
  const root = parseTree(readable, errors, { allowTrailingComma: true }) ?? null;
  if (root === null && tokensFrom(readable, 0).next().done === true) return { text, root: null };
  const [first] = errors;
  if (first !== undefined) {
    throw invalidAt(text, first.offset, wordsOf(printParseErrorCode(first.error)));
  }
  if (root === null || root.type !== 'object') {
    throw invalidAt(text, root?.offset ?? 0, 'an object is needed here');
  }
  refuseDoubledKeys(text, root);
  return { text, root };
}

/** `CommaExpected` as people say it. */
function wordsOf(code: string): string {
  return code.replaceAll(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase();
}

/** What the file says, as plain data. */
export function jsoncValue({ root }: JsoncTree): unknown {
  return root === null ? {} : (getNodeValue(root) as unknown);
}

/** The value and the whole property at a key of an object; null when there is none. */
export function propertyOf(
  object: Node,
  key: string,
): { readonly property: Node; readonly value: Node } | null {
  for (const property of object.children ?? []) {
    const [name, value] = property.children ?? [];
    if (name?.value === key && value !== undefined) return { property, value };
  }
  return null;
}

export interface Token {
  readonly kind: SyntaxKind;
  readonly offset: number;
  readonly end: number;
}

/** Every token from an offset on that says something: no space, no line end, no comment. */
export function* tokensFrom(text: string, offset: number): Generator<Token> {
  for (const token of allTokensFrom(text, offset)) {
    if (!NOTHING.includes(token.kind)) yield token;
  }
}

/** Every token from an offset on. */
export function* allTokensFrom(text: string, offset: number): Generator<Token> {
  const scanner = createScanner(text);
  scanner.setPosition(offset);
  for (let kind = scanner.scan(); kind !== TOKEN.end; kind = scanner.scan()) {
    const at = scanner.getTokenOffset();
    yield { kind, offset: at, end: at + scanner.getTokenLength() };
  }
}

const NOTHING: readonly SyntaxKind[] = [
  TOKEN.lineComment,
  TOKEN.blockComment,
  TOKEN.lineBreak,
  TOKEN.trivia,
];

/** Programs differ in which of two equal keys they believe, so none is changed. */
function refuseDoubledKeys(text: string, node: Node): void {
  const seen = new Set<unknown>();
  for (const child of node.children ?? []) {
    if (node.type === 'object') {
      const name = child.children?.[0];
      if (seen.has(name?.value)) {
        throw invalidAt(text, child.offset, `the key "${String(name?.value)}" stands here twice`);
      }
      seen.add(name?.value);
    }
    refuseDoubledKeys(text, child);
  }
}

function invalidAt(text: string, offset: number, what: string): PawlError {
  const place = placeOf(text, offset);
  const message = `line ${place.line}, column ${place.column}: ${what}`;
  return new PawlError('client_file_invalid', message, { details: place });
}
