import type { Files } from '../world/files.ts';

/** One range of an open artifact: a file that never changes, named by its offset. */
export interface RangeFile {
  readonly path: string;
  readonly offset: number;
  readonly size: number;
}

/** Enough digits for any offset that a number holds exactly, so that names sort as offsets do. */
const OFFSET_DIGITS = 16;
const RANGE_NAME = /^\d{16}$/;

export function rangePath(folder: string, offset: number): string {
  return `${folder}/${String(offset).padStart(OFFSET_DIGITS, '0')}`;
}

/**
 * How far the ranges go without a gap, from `start` on, which is known to be the end of one. Costs
 * as many looks as there are ranges behind `start`.
 */
export async function endFrom(files: Files, folder: string, start: number): Promise<number> {
  for (let end = start; ; ) {
    const facts = await files.facts(rangePath(folder, end));
    if (facts === null || facts.size === 0) return end;
    end += facts.size;
  }
}

/** All ranges from 0 on without a gap, in order; those that cover `end` and more are left out. */
export async function rangesUpTo(
  files: Files,
  folder: string,
  end: number,
): Promise<readonly RangeFile[]> {
  const ranges: RangeFile[] = [];
  for (let offset = 0; offset < end; ) {
    const path = rangePath(folder, offset);
    const facts = await files.facts(path);
    if (facts === null || facts.size === 0) break;
    ranges.push({ path, offset, size: facts.size });
    offset += facts.size;
  }
  return ranges;
}

/** Read `length` bytes from `offset`, through as many ranges as that takes; less at their end. */
export async function readRanges(
  files: Files,
  folder: string,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  let at = await rangeHolding(files, folder, offset);
  while (at !== null && filled < length) {
    const from = offset + filled - at;
    const piece = await files.readRange(rangePath(folder, at), from, length - filled);
    if (piece.length === 0) break;
    bytes.set(piece, filled);
    filled += piece.length;
    const next = at + from + piece.length;
    at = filled < length && (await files.facts(rangePath(folder, next))) !== null ? next : null;
  }
  return bytes.subarray(0, filled);
}

/** The offset of the range that holds the byte at `offset`; null when none does. */
async function rangeHolding(files: Files, folder: string, offset: number): Promise<number | null> {
  if ((await files.facts(rangePath(folder, offset))) !== null) return offset;
  const offsets = (await files.names(folder)).filter((name) => RANGE_NAME.test(name)).map(Number);
  const before = offsets.filter((one) => one <= offset);
  return before.length === 0 ? null : Math.max(...before);
}
