import { PawlError } from '../../domain/errors.ts';

/** The text of a list file, from which every byte can be had back. */
export interface SourceText {
  /** Without the byte order mark. */
  readonly text: string;
  readonly byteOrderMark: boolean;
}

const BOM = '\uFEFF';

/**
 * Decode a list file; `encodeText` gives exactly the same bytes back.
 *
 * @throws PawlError `list_not_text` when it is not UTF-8 or holds a NUL.
 */
export function decodeText(bytes: Uint8Array): SourceText {
  let whole: string;
  try {
    whole = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new PawlError('list_not_text', 'the list is not UTF-8 text', { cause });
  }
  const nul = whole.indexOf('\0');
  if (nul >= 0) {
    throw new PawlError('list_not_text', 'the list holds a NUL character: it is binary', {
      details: { offset: nul },
    });
  }
  return whole.startsWith(BOM)
    ? { text: whole.slice(1), byteOrderMark: true }
    : { text: whole, byteOrderMark: false };
}

export function encodeText(source: SourceText): Uint8Array {
  return new TextEncoder().encode((source.byteOrderMark ? BOM : '') + source.text);
}

/**
 * The same text as the markdown parser may read it: every line ends in `\n` and front matter is
 * blank. It has the same length, so an offset in one is an offset in the other.
 */
export function markdownView(text: string): string {
  const lines = unixLines(text);
  const end = frontMatterEnd(lines);
  return end === 0 ? lines : lines.slice(0, end).replace(/[^\n]/g, ' ') + lines.slice(end);
}

/** The same text, of the same length, whose lines end in `\n`. */
export function unixLines(text: string): string {
  return text.includes('\r') ? text.replaceAll('\r\n', ' \n').replaceAll('\r', '\n') : text;
}

/** Offset behind the closing line; 0 when the text does not begin with front matter. */
export function frontMatterEnd(text: string): number {
  // A key (or a comment) must follow at once: a rule and a heading below it are no front matter.
  const opened = /^---[ \t]*\n(?=[\w"'-]+[ \t]*:|#)/.exec(text);
  if (opened === null) return 0;
  const closing = /^(?:---|\.\.\.)[ \t]*$/gm;
  closing.lastIndex = opened[0].length;
  return closing.exec(text) === null ? 0 : closing.lastIndex;
}

/** Offsets at which the lines of a text with `\n` line ends begin. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** A comment inside a text is not shown to anybody, so it is no part of the task. */
export function withoutComments(text: string): string {
  let rest = '';
  let copied = 0;
  for (;;) {
    const open = text.indexOf('<!--', copied);
    const close = open < 0 ? -1 : text.indexOf('-->', open + 4);
    if (close < 0) return rest + text.slice(copied);
    rest += text.slice(copied, open);
    copied = close + 3;
  }
}
