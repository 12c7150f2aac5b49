import { describe, expect, it } from 'vitest';
import { priorityOrder, readPriority } from './priority.ts';
import { readStatus, TASK_STATUSES } from './status.ts';

describe('words for statuses and priorities', () => {
  it('every stored status is read as itself, in any case', () => {
    for (const status of TASK_STATUSES)
      expect(readStatus(` ${status.toUpperCase()} `)).toBe(status);
  });

  it.each([
    ['todo', 'queued'],
    ['In Progress', 'running'],
    ['done', 'completed'],
    ['blocked', 'waiting'],
    ['canceled', 'cancelled'],
    ["won't fix", 'skipped'],
    ['Planned', 'queued'],
    ['not done', 'queued'],
    ['erledigt', 'completed'],
    ['Terminé'.normalize('NFD'), 'completed'],
    ['进行中', 'running'],
    ['未着手', 'queued'],
    ['done except its tests', null],
    ['nonsense', null],
    ['constructor', null],
  ])('%s of another tool is read as %s', (word, status) => {
    expect(readStatus(word)).toBe(status);
  });

  it.each([
    ['P1', 'P1', 'exact'],
    [' p4 ', 'P4', 'exact'],
    ['P0', 'P1', 'p0'],
    ['High', 'P1', 'word'],
    ['🔴', 'P1', 'word'],
    ['🟢', 'P3', 'word'],
    ['Hoch', 'P1', 'word'],
    ['中', 'P2', 'word'],
    ['whenever', 'P2', 'guessed'],
    ['constructor', 'P2', 'guessed'],
    ['', 'P2', 'guessed'],
  ])('%j is read as %s (%s)', (text, priority, reading) => {
    expect(readPriority(text)).toEqual({ priority, reading });
  });

  it('P1 comes first', () => {
    expect((['P1', 'P2', 'P3', 'P4'] as const).map(priorityOrder)).toEqual([1, 2, 3, 4]);
  });
});
