import { describe, expect, it } from 'vitest';
import { readStatusCell } from './status-cell.ts';

const reading = (text: string) =>
  readStatusCell({ text, start: 0, end: text.length, cellStart: 0, cellEnd: text.length });

describe('a status cell', () => {
  it.each([
    ['✅ Done', 'completed'],
    ['🔴 Not Started', 'queued'],
    ['🚧 进行中', 'running'],
    ['`DONE`', 'completed'],
  ])('%j is a word that a new mark may replace', (text, mark) => {
    expect(reading(text)).toEqual({ kind: 'word', mark });
  });

  it.each([
    ['**DONE 2026-07-19** (`1a2b3c`)', 'completed'],
    ['Open (backend is done)', 'queued'],
    ['✅ Fixed, and checked live', 'completed'],
    ['✅ as it was', 'completed'],
    ['Blocked by A-1', 'running'],
    ['⏸ later', 'running'],
    ['完了（5月）', 'completed'],
  ])('what leads %j counts, and the remark is kept', (text, mark) => {
    expect(reading(text)).toEqual({ kind: 'remark', mark });
  });

  it.each(['Done except the tests', 'nearly', '45%', '🟣'])('%j is no status', (text) => {
    expect(reading(text)).toEqual({ kind: 'unknown' });
  });
});
