import { describe, expect, it } from 'vitest';
import { filesOf, read } from './tidy/repository.ts';

interface Row {
  readonly what: string;
  readonly goal: string;
  readonly met: string;
}

/**
 * Goals that are not met yet, by the beginning of what was measured. Decision 0035 says by how much
 * and why: whoever makes one true takes it out.
 */
const NOT_YET = [
  'claim and finish, 1 caller, beside',
  'claim and finish, 8 callers, beside',
  'claim and finish by 32, ',
  'enqueued to begun, p99, beside',
] as const;

/** The measured rows of a page that `npm run bench` wrote. */
function rowsOf(page: string): readonly Row[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .flatMap(([what = '', _measured, _beside, _ratio, goal = '', met = '']) =>
      goal === '' || goal === 'goal' || goal.startsWith('-') ? [] : [{ what, goal, met }],
    );
}

const PAGE = 'docs/reference/performance.md';

describe('the page of measured figures', () => {
  it('has the figures that were promised, with their goals', () => {
    const goals = rowsOf(read(PAGE)).map(({ what, goal }) => `${what}: ${goal}`);
    expect(goals).toEqual(
      expect.arrayContaining([
        'claim and finish, of the floor: at least 60 %',
        'claim and finish, by group commit: at least 5 times',
        'claim and finish, over JSON: at least 20 times',
        'enqueue, lists of one task, over JSON: at least 20 times',
      ]),
    );
  });

  it('has no goal that was not met', () => {
    const missed = rowsOf(read(PAGE)).filter(({ met }) => met !== 'met');
    const isKnown = ({ what }: Row): boolean => NOT_YET.some((begin) => what.startsWith(begin));
    expect(missed.filter((row) => !isKnown(row))).toEqual([]);
    const isMissed = (begin: string): boolean => missed.some(({ what }) => what.startsWith(begin));
    expect(NOT_YET.filter((begin) => !isMissed(begin))).toEqual([]);
  });

  it('has the figures of PostgreSQL beside other queues, and what it missed', () => {
    const page = read(PAGE);
    const rows = rowsOf(page).map(({ what }) => what);
    for (const other of ['graphile-worker', 'pg-boss', 'DBOS']) {
      for (const what of ['claim and finish, 1 caller', 'enqueued to begun, p99']) {
        expect(rows).toContain(`${what}, beside ${other}`);
      }
    }
    for (const { what, met } of rowsOf(page)) {
      if (met !== 'met') expect(page).toContain(`\n- ${what}: `);
    }
  });

  it('names the machine and the settings', () => {
    const page = read(PAGE);
    for (const fact of ['processors', 'memory', 'Node', 'SQLite', 'settings', 'synchronous=FULL']) {
      expect(page).toContain(fact);
    }
    expect(page).toContain('npm run bench');
    expect(filesOf('bench')).toContain('bench/main.ts');
  });

  it('(negative control) with a goal that was missed is found', () => {
    const missed = '| claims | 1 /s | JSON 1 /s | 1.0 times | at least 20 times | missed |';
    expect(rowsOf(missed)).toEqual([{ what: 'claims', goal: 'at least 20 times', met: 'missed' }]);
  });
});
