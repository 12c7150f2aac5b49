/** A piece of a text and what takes its place. An insertion has length 0. */
export interface TextPiece {
  readonly offset: number;
  readonly length: number;
  readonly content: string;
}

/** The text with its pieces changed. They do not overlap; equal offsets keep their order. */
export function withPieces(text: string, pieces: readonly TextPiece[]): string {
  let at = 0;
  let result = '';
  for (const { offset, length, content } of pieces.toSorted((a, b) => a.offset - b.offset)) {
    result += text.slice(at, offset) + content;
    at = offset + length;
  }
  return result + text.slice(at);
}

/** The line end that a text uses. */
export function lineEndOf(text: string): '\n' | '\r\n' {
  return /\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n';
}

/** 1-based, as editors count. */
export function placeOf(
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

/** A file may begin with a mark of its encoding, which is no part of what it says. */
export const BYTE_ORDER_MARK = '\uFEFF';
