import { readStatus } from '../../domain/status.ts';
import { markOf, type WrittenMark } from '../../domain/tasklist/mark.ts';
import { withoutMarkup } from '../../domain/tasklist/task-id.ts';
import { readBox } from './box.ts';
import type { TableCell } from './table-row.ts';

/** What a status cell says, and where its mark stands. */
export type StatusReading =
  | {
      readonly kind: 'box';
      /** Null: a box with a character that is no mark. */
      readonly mark: WrittenMark | null;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'word'; readonly mark: WrittenMark }
  /** A status with a remark, which a mark must not replace. */
  | { readonly kind: 'remark'; readonly mark: WrittenMark }
  | { readonly kind: 'empty' }
  /** Text that is no status of ours or of another tool. */
  | { readonly kind: 'unknown' };

export function readStatusCell(cell: TableCell): StatusReading {
  if (cell.text === '') return { kind: 'empty' };
  const lead = /^[`*_]*/.exec(cell.text)?.[0].length ?? 0;
  const box = readBox(cell.text.slice(lead), cell.start + lead);
  if (box !== null) return { kind: 'box', mark: box.mark, start: box.start, end: box.end };
  const mark = readStatusWord(cell.text);
  if (mark !== null) return { kind: 'word', mark };
  const leading = readLeadingStatus(cell.text);
  return leading === null ? { kind: 'unknown' } : { kind: 'remark', mark: leading };
}

/** `DONE 2026-07-19 (1a2b3c)`, `Open (backend is done)`, `Blocked by A-1`, `✅ Fixed, checked`. */
export function readLeadingStatus(text: string): WrittenMark | null {
  const plain = withoutMarkup(text);
  const words = WORDS.exec(plain)?.[1]?.split(PREPOSITION)[0] ?? '';
  const status = readStatus(words);
  if (status !== null) return markOf(status);
  const sign = SIGNS.find(([picture]) => plain.startsWith(picture));
  return readPicture(plain)?.mark ?? sign?.[1] ?? null;
}

/** The words up to the first that is none: what follows `done` without a break may deny it. */
const WORDS = /^[^\p{L}\p{N}]*(\p{L}[\p{L}'’_-]*(?: \p{L}[\p{L}'’_-]*)*)/u;
const PREPOSITION = / (?:by|in|on|for|to|until|via|at|since|per|with)(?: |$)/;

/** `Done`, `**Done**`, `✅ Done`, `in_progress`, `✅`. */
export function readStatusWord(text: string): WrittenMark | null {
  const plain = withoutMarkup(text);
  const word = plain.replace(/[^\p{L}\p{N}/'’ _-]+/gu, ' ').trim();
  const spaced = word.replaceAll('’', "'").replace(/[_-]+/g, ' ');
  const status = readStatus(word) ?? readStatus(spaced);
  if (status !== null) return markOf(status);
  if (word !== '') return null;
  return readPicture(plain)?.mark ?? null;
}

/** The picture of a status at the beginning of a text, with the length it has there. */
export function readPicture(
  text: string,
): { readonly mark: WrittenMark; readonly length: number } | null {
  const found = PICTURES.find(([picture]) => text.startsWith(picture));
  if (found === undefined) return null;
  const [picture, mark] = found;
  // The picture may be followed by a sign that asks for its coloured form.
  return { mark, length: picture.length + (text[picture.length] === '\uFE0F' ? 1 : 0) };
}

const PICTURES: readonly (readonly [string, WrittenMark])[] = [
  ['✅', 'completed'],
  ['✔', 'completed'],
  ['✓', 'completed'],
  ['☑', 'completed'],
  ['⬜', 'queued'],
  ['☐', 'queued'],
  ['◻', 'queued'],
  ['🔲', 'queued'],
  ['🔄', 'running'],
  ['🚧', 'running'],
  ['⏳', 'running'],
  ['❌', 'failed'],
  ['✗', 'failed'],
  ['⏭', 'skipped'],
];

/** Signs that say a status in a status cell, and something else anywhere else. */
const SIGNS: readonly (readonly [string, WrittenMark])[] = [
  ['⚪', 'queued'],
  ['📋', 'queued'],
  ['📅', 'queued'],
  ['🟡', 'running'],
  ['▶', 'running'],
  ['⏸', 'running'],
  ['⛔', 'running'],
  ['🚫', 'skipped'],
];
