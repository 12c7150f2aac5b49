/** A cell of a pipe table. Offsets are UTF-16 units in the text. */
export interface TableCell {
  /** Trimmed, with `\|` read as `|`. */
  readonly text: string;
  /** The trimmed content as written; `start` = `end` when it is blank. */
  readonly start: number;
  readonly end: number;
  /** From behind the left pipe to the right one (or the row's ends). */
  readonly cellStart: number;
  readonly cellEnd: number;
}

/**
 * Split one row as GFM and the parser do: a pipe divides unless a backslash stands right before it,
 * inside code spans too; outer pipes are optional.
 */
export function splitRow(text: string, rowStart: number, rowEnd: number): readonly TableCell[] {
  const [from, to] = trimRange(text, rowStart, rowEnd);
  const cells: TableCell[] = [];
  let cellStart = from;
  for (let at = from; at <= to; at += 1) {
    const pipe = at < to && text.charCodeAt(at) === PIPE;
    if (at < to && (!pipe || text.charCodeAt(at - 1) === BACKSLASH)) continue;
    // Nothing before the first pipe and nothing behind the last one are no cells.
    const outer = cellStart === at && (cellStart === from || at === to);
    if (!outer) cells.push(cellAt(text, cellStart, at));
    cellStart = at + 1;
  }
  return cells;
}

const PIPE = 124;
const BACKSLASH = 92;

function cellAt(text: string, cellStart: number, cellEnd: number): TableCell {
  const [start, end] = trimRange(text, cellStart, cellEnd);
  return { text: text.slice(start, end).replaceAll('\\|', '|'), start, end, cellStart, cellEnd };
}

function trimRange(text: string, start: number, end: number): readonly [number, number] {
  const raw = text.slice(start, end);
  const left = raw.length - raw.trimStart().length;
  if (left === raw.length) return [start, start];
  return [start + left, start + left + raw.trim().length];
}
