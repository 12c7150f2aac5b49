import { textWidth } from './text-width.ts';

/** A line of a file as a terminal shows it, and below it what is meant. */
export interface Excerpt {
  readonly text: string;
  /** Columns before the underline. */
  readonly indent: number;
  /** Columns of the underline; at least 1. */
  readonly underline: number;
}

export interface MeantPart {
  /** 1-based, in characters (UTF-16 units, as editors count). */
  readonly column: number;
  readonly length: number;
}

/**
 * A line with the place of a part of it, in at most `width` columns: tabs are blanks, what a
 * terminal would obey is a replacement character, and a long line is cut round the place.
 */
export function sourceExcerpt(line: string, { column, length }: MeantPart, width: number): Excerpt {
  const start = Math.min(column - 1, line.length);
  const end = Math.min(start + Math.max(1, length), line.length);
  const near = { from: Math.max(0, start - REACH), to: Math.min(end, start + REACH) + REACH };
  const cells = cellsOf(line, near);
  const meant = cells.filter((cell) => cell.at < end && cell.at + cell.text.length > start);
  const before = cells.filter((cell) => cell.at < start && !meant.includes(cell));
  const isWhole = near.from === 0 && near.to >= line.length && columnsOf(cells) <= width;
  const lead = isWhole ? before : tailOf(before, Math.floor(width / 3));
  const isCut = !isWhole && (lead.length < before.length || near.from > 0);
  const room = isWhole ? width : width - (isCut ? 2 : 1);
  const shown = headOf(cells.slice(before.length - lead.length), room);
  const goesOn = !isWhole && (shown.at(-1) !== cells.at(-1) || near.to < line.length);
  return {
    text: `${isCut ? '…' : ''}${shown.map((cell) => cell.shown).join('')}${goesOn ? '…' : ''}`,
    indent: columnsOf(lead) + (isCut ? 1 : 0),
    underline: Math.max(1, columnsOf(shown.filter((cell) => meant.includes(cell)))),
  };
}

/** Characters looked at on either side: a line may have a million. */
const REACH = 500;
const TAB = 4;
/** Control characters, and those that turn the direction of text: what is seen must be there. */
const OBEYED = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\p{Cs}]/u;

interface Cell {
  readonly at: number;
  readonly text: string;
  readonly shown: string;
  readonly width: number;
}

function cellsOf(line: string, near: { readonly from: number; readonly to: number }): Cell[] {
  const cells: Cell[] = [];
  let at = near.from;
  let used = 0;
  for (const text of line.slice(near.from, near.to)) {
    const shown =
      text === '\t' ? ' '.repeat(TAB - (used % TAB)) : OBEYED.test(text) ? '\ufffd' : text;
    const width = textWidth(shown);
    cells.push({ at, text, shown, width });
    at += text.length;
    used += width;
  }
  return cells;
}

function columnsOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}

function headOf(cells: readonly Cell[], width: number): readonly Cell[] {
  let used = 0;
  const end = cells.findIndex((cell) => {
    used += cell.width;
    return used > width;
  });
  return end < 0 ? cells : cells.slice(0, end);
}

function tailOf(cells: readonly Cell[], width: number): readonly Cell[] {
  return headOf(cells.toReversed(), width).toReversed();
}
