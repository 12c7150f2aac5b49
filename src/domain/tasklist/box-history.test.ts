import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TaskStatus } from '../status.ts';
import { nameBoxes } from './box-names.ts';
import type { ListDocument, ListMark, ListTask } from './model.ts';
import { type Reconciliation, reconcile } from './reconcile.ts';
import type { StoredTask } from './stored-task.ts';

/** A line as it was written: with an id or without. */
interface Written {
  readonly id: string | null;
  readonly text: string;
  readonly section: string;
  readonly mark: ListMark;
}

const TEXTS = [
  ...['write the manual', 'write the user manual', 'write the manuals', 'draw a logo'],
  ...['draw the logo', 'ship it', 'ship it 2', 'ship it 3'],
];
const anyLine = (marks: readonly ListMark[]) =>
  fc.record<Written>({
    id: fc.option(fc.constantFrom('A-1', 'A-2', 'A-3'), { freq: 2 }),
    text: fc.constantFrom(...TEXTS),
    section: fc.constantFrom('one', 'two'),
    mark: fc.constantFrom(...marks),
  });
const anyList = (marks: readonly ListMark[]) =>
  fc
    .array(anyLine(marks), { maxLength: 6 })
    .map((lines) =>
      lines.filter(
        ({ id }, index) => id === null || lines.findIndex((other) => other.id === id) === index,
      ),
    );

/** As the parser makes it, with the ids that are stored. */
function documentOf(lines: readonly Written[], stored: readonly StoredTask[]): ListDocument {
  const known = stored
    .filter((row) => !row.explicitId)
    .toSorted((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
  const boxes = lines.filter((line) => line.id === null);
  const taken = new Set(lines.flatMap(({ id }) => (id === null ? [] : [id])));
  const texts = boxes.map(({ text, section }) => ({ section, description: text }));
  const names = nameBoxes(texts, known, taken);
  const tasks = lines.map((line, index): ListTask => {
    const taskId = line.id ?? (names[boxes.indexOf(line)]?.taskId as string);
    return { ...TASK, ...line, taskId, explicitId: line.id !== null, ...placeOf(line, index) };
  });
  return { title: null, tasks, findings: [] };
}

const placeOf = ({ text }: Written, index: number) => ({
  ...{ description: text, position: index + 1, line: index + 1 },
});

const TASK = {
  ...{ priority: 'P2', dependencies: [], steps: [], criteria: [], agent: null, verify: null },
  ...{ timeoutMs: null, needs: [], onDepFailure: null, fields: {} },
} as const satisfies Partial<ListTask>;

/** What the store does with the changes. */
function apply(stored: readonly StoredTask[], result: Reconciliation, at: number): StoredTask[] {
  const rows = new Map(stored.map((row) => [row.id, row]));
  const set = (id: string, to: Partial<StoredTask>): void => {
    rows.set(id, { ...(rows.get(id) as StoredTask), ...to });
  };
  for (const step of result.changes) {
    const { taskId } = step;
    if (step.kind === 'add') {
      const { status, task } = step;
      const doubtful = status === 'waiting';
      const { description, section, position, line, priority, dependencies, explicitId } = task;
      const id = `row ${at} ${taskId}`;
      const content = { description, section, position, line, priority, dependencies };
      rows.set(id, {
        ...{ id, taskId, explicitId, status, ...content },
        ...{ doubtful, archived: false, knownMarks: [] },
      });
    } else if (step.kind === 'archive') set(step.id, { archived: true });
    else if (step.kind === 'complete') set(step.id, { status: 'completed' });
    else if (step.kind === 'skip') set(step.id, { status: 'skipped' });
    else {
      const row = rows.get(step.id) as StoredTask;
      const { description, section, position, line, explicitId } = step.task;
      const reworded = !explicitId && row.status === 'completed' && row.description !== description;
      if (step.kind === 'restore') set(step.id, { archived: false, position, line });
      else if (step.kind === 'relabel') set(step.id, { taskId, explicitId });
      else set(step.id, { description, section, doubtful: row.doubtful === true || reworded });
    }
  }
  for (const { id, to } of result.places) set(id, to);
  return [...rows.values()].map((row) => {
    const mark = row.archived ? undefined : result.marks.get(row.taskId);
    return { ...row, knownMarks: mark === undefined ? [] : [mark] };
  });
}

const load = (stored: readonly StoredTask[], lines: readonly Written[], at: number): StoredTask[] =>
  apply(stored, reconcile(stored, documentOf(lines, stored)), at);

const HAND: readonly ListMark[] = ['queued', 'queued', 'completed', 'skipped'];

describe('any history of lines with and without ids', () => {
  test('ends in what the last list says, whatever stood there before', () => {
    fc.assert(
      fc.property(
        fc.array(anyList(['queued']), { maxLength: 5 }),
        anyList(['queued']),
        (before, last) => {
          let stored: StoredTask[] = [];
          for (const [at, lines] of before.entries()) stored = load(stored, lines, at);
          const ended = load(stored, last, before.length);
          const live = ended.filter((row) => !row.archived);
          const content = live
            .toSorted((a, b) => a.position - b.position)
            .map((row) => [
              row.explicitId ? row.taskId : null,
              row.description,
              row.section,
              row.status,
            ]);
          expect(content).toEqual(
            last.map(({ id, text, section }) => [id, text, section, 'queued']),
          );
        },
      ),
    );
  });

  test('is reconciled once, keeps what is completed, and loses nothing', () => {
    const anyHistory = fc.array(
      fc.tuple(
        anyList(HAND),
        fc.array(fc.constantFrom<TaskStatus>('completed', 'running', 'failed')),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(anyHistory, (history) => {
        let stored: StoredTask[] = [];
        for (const [at, [lines, statuses]] of history.entries()) {
          const before = stored;
          stored = load(stored, lines, at);
          const again = reconcile(stored, documentOf(lines, stored));
          expect([again.changes, again.places, again.moved]).toEqual([[], [], []]);
          expect(stored.filter((row) => !row.archived)).toHaveLength(lines.length);
          for (const { id, status } of before) {
            const now = stored.find((row) => row.id === id);
            expect(now).toBeDefined();
            if (status === 'completed') expect(now?.status).toBe('completed');
          }
          // What is queued runs, and some of it is done.
          stored = stored.map((row, index) =>
            row.status === 'queued' && !row.archived
              ? { ...row, status: statuses[index] ?? row.status }
              : row,
          );
        }
      }),
    );
  });
});
