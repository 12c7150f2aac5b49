import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TASK_STATUSES, type TaskStatus } from '../status.ts';
import type { ListDocument, ListMark, ListTask } from './model.ts';
import { type ListChange, type Reconciliation, reconcile } from './reconcile.ts';
import type { StoredTask } from './stored-task.ts';

const MARKS = ['queued', 'running', 'completed', 'failed', 'skipped', 'none'] as const;

const line = (taskId: string, over: Partial<ListTask> = {}): ListTask => ({
  taskId,
  explicitId: true,
  description: `do ${taskId}`,
  section: 'S',
  priority: 'P2',
  mark: 'queued',
  dependencies: [],
  position: 1,
  line: 1,
  steps: [],
  criteria: [],
  agent: null,
  verify: null,
  timeoutMs: null,
  needs: [],
  onDepFailure: null,
  fields: {},
  ...over,
});

const documentOf = (...tasks: readonly ListTask[]): ListDocument => ({
  title: null,
  tasks: tasks.map((task, index) => ({ ...task, position: index + 1 })),
  findings: [],
});

const storedAs = (status: TaskStatus, knownMarks: readonly ListMark[], over = {}): StoredTask => ({
  ...contentOf(line('A-1')),
  id: 'row A-1',
  taskId: 'A-1',
  explicitId: true,
  position: 1,
  line: 1,
  status,
  archived: false,
  knownMarks,
  ...over,
});

const contentOf = ({ taskId, mark, ...content }: ListTask) => content;

/** What the store does with the changes: the model for the properties below. */
function apply(
  stored: readonly StoredTask[],
  { changes, marks, places }: Reconciliation,
): StoredTask[] {
  const rows = new Map(stored.map((task) => [task.id, task]));
  for (const change of changes) {
    const id = change.kind === 'add' ? `row ${change.taskId}` : change.id;
    rows.set(id, changed(rows.get(id), change));
  }
  for (const { id, to } of places) rows.set(id, { ...(rows.get(id) as StoredTask), ...to });
  return [...rows.values()].map((row) => {
    const mark = marks.get(row.taskId);
    return { ...row, knownMarks: mark === undefined ? [] : [mark] };
  });
}

function changed(row: StoredTask | undefined, change: ListChange): StoredTask {
  if (change.kind === 'add') {
    const { taskId, status } = change;
    const rest = { id: `row ${taskId}`, taskId, status, archived: false, knownMarks: [] };
    return { ...contentOf(change.task), ...rest };
  }
  if (row === undefined) throw new Error(`no row for ${change.taskId}`);
  switch (change.kind) {
    case 'update':
      return { ...row, ...contentOf(change.task) };
    case 'relabel':
      return { ...row, taskId: change.taskId, explicitId: change.task.explicitId };
    case 'archive':
      return { ...row, archived: true };
    case 'restore':
      return { ...row, ...contentOf(change.task), archived: false };
    case 'complete':
      return { ...row, status: 'completed' };
    case 'skip':
      return { ...row, status: 'skipped' };
  }
}

const kinds = (result: Reconciliation): string[] => result.changes.map((change) => change.kind);
const codes = (result: Reconciliation): string[] => result.findings.map((found) => found.code);

describe('the first load', () => {
  test.each([
    ['queued', 'queued', []],
    ['none', 'queued', []],
    ['completed', 'completed', []],
    ['skipped', 'skipped', []],
    ['running', 'queued', ['mark_running']],
    ['failed', 'queued', ['mark_failed']],
  ] as const)('a line marked %s is added as %s', (mark, status, findings) => {
    const result = reconcile([], documentOf(line('A-1', { mark })));
    expect(result.changes).toMatchObject([{ kind: 'add', taskId: 'A-1', status }]);
    expect(codes(result)).toEqual(findings);
  });
});

describe('a mark made by hand', () => {
  const read = (status: TaskStatus, known: readonly ListMark[], mark: ListMark): Reconciliation =>
    reconcile([storedAs(status, known)], documentOf(line('A-1', { mark })));

  test.each(['queued', 'waiting', 'failed', 'skipped', 'cancelled'] as const)(
    'a tick completes a %s task',
    (status) => {
      expect(kinds(read(status, ['queued'], 'completed'))).toEqual(['complete']);
    },
  );

  test('a tick on a running task is a finding, and its attempt decides', () => {
    const result = read('running', ['queued', 'running'], 'completed');
    expect(kinds(result)).toEqual([]);
    expect(codes(result)).toEqual(['ticked_while_running']);
  });

  test('[-] skips what is neither running nor completed', () => {
    expect(kinds(read('queued', ['queued'], 'skipped'))).toEqual(['skip']);
    expect(codes(read('running', ['running'], 'skipped'))).toEqual(['skipped_while_running']);
    expect(codes(read('completed', ['completed'], 'skipped'))).toEqual(['done_mark_removed']);
  });

  test('a removed tick is a finding, never a second run', () => {
    const result = read('completed', ['completed'], 'queued');
    expect(kinds(result)).toEqual([]);
    expect(codes(result)).toEqual(['done_mark_removed']);
  });

  test('a removed mark of failure is a finding that names the command', () => {
    const result = read('failed', ['failed'], 'queued');
    expect(kinds(result)).toEqual([]);
    expect(result.findings).toMatchObject([{ code: 'mark_reset' }]);
    expect(result.findings[0]?.remedy).toContain('pawl retry');
  });
});

describe('a mark that lags behind the store', () => {
  test.each([
    ['completed', 'queued', ['queued']],
    ['completed', 'running', ['running']],
    ['completed', 'queued', []],
    ['queued', 'completed', ['completed']],
    ['queued', 'skipped', ['skipped', 'queued']],
    ['running', 'completed', ['completed']],
    ['failed', 'running', ['running']],
    ['queued', 'failed', ['failed']],
  ] as const)('a %s task whose file says %s, as last seen, stays so', (status, mark, known) => {
    const result = reconcile([storedAs(status, known)], documentOf(line('A-1', { mark })));
    expect(result.changes).toEqual([]);
    expect(result.findings).toEqual([]);
  });

  test('a mark that Pawl began to write is no news even where seen is older', () => {
    const again = storedAs('queued', ['running', 'completed']);
    const result = reconcile([again], documentOf(line('A-1', { mark: 'completed' })));
    expect(result.changes).toEqual([]);
  });
});

describe('the text of a task', () => {
  test('what changed is named', () => {
    const now = line('A-1', { description: 'other', priority: 'P1', dependencies: ['B-1'] });
    const result = reconcile([storedAs('queued', ['queued'])], documentOf(now));
    expect(result.changes).toMatchObject([
      { kind: 'update', id: 'row A-1', changed: ['description', 'priority', 'dependencies'] },
    ]);
  });

  test('what the store does not keep is not compared', () => {
    const { steps, fields, ...stored } = storedAs('queued', ['queued']);
    const now = line('A-1', { steps: ['one'], fields: { Owner: 'bob' } });
    expect(reconcile([stored], documentOf(now)).changes).toEqual([]);
  });

  test('a row inserted above moves the others, and nothing else', () => {
    const result = reconcile(
      [storedAs('queued', ['queued'])],
      documentOf(line('B-1'), line('A-1')),
    );
    expect(result.changes).toMatchObject([{ kind: 'add', taskId: 'B-1' }]);
    expect(result.moved).toEqual([]);
    expect(result.places).toMatchObject([{ id: 'row A-1', to: { position: 2 } }]);
  });
});

describe('a row that leaves and returns', () => {
  test('is archived once, and restored as it was', () => {
    const gone = reconcile([storedAs('completed', ['completed'])], documentOf());
    expect(kinds(gone)).toEqual(['archive']);
    const archived = storedAs('completed', [], { archived: true });
    expect(kinds(reconcile([archived], documentOf()))).toEqual([]);
    expect(kinds(reconcile([archived], documentOf(line('A-1'))))).toEqual(['restore']);
  });

  test('while an attempt is running it is a finding', () => {
    expect(codes(reconcile([storedAs('running', ['running'])], documentOf()))).toEqual([
      'task_removed',
    ]);
  });
});

const anyLine = fc.record({
  mark: fc.constantFrom(...MARKS),
  description: fc.constantFrom('one', 'two'),
  dependencies: fc.constantFrom([], ['B-1']),
  fields: fc.constantFrom({}, { Owner: 'bob' }),
});
const anyDocument = fc
  .tuple(
    fc.shuffledSubarray(['A-1', 'B-1', 'C-1', 'D-1']),
    fc.array(anyLine, { minLength: 4, maxLength: 4 }),
  )
  .map(([ids, lines]) => documentOf(...ids.map((id, index) => line(id, lines[index]))));

describe('any history of edits', () => {
  const anyHistory = fc.array(
    fc.tuple(anyDocument, fc.array(fc.constantFrom(...TASK_STATUSES), { maxLength: 4 })),
    { minLength: 1, maxLength: 6 },
  );
  /** Between two loads the queue goes on by itself, but nothing leaves `completed`. */
  const progress = (stored: readonly StoredTask[], statuses: readonly TaskStatus[]) =>
    stored.map((task, index) =>
      task.status === 'completed' ? task : { ...task, status: statuses[index] ?? task.status },
    );

  test('is reconciled once and then agrees', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        let stored: StoredTask[] = [];
        for (const [document, statuses] of history) {
          stored = apply(stored, reconcile(stored, document));
          const again = reconcile(stored, document);
          expect(again.changes).toEqual([]);
          expect(again.findings).toEqual([]);
          stored = progress(stored, statuses);
        }
      }),
    );
  });

  test('never takes a completed task out of completed, nor adds it again', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        let stored: StoredTask[] = [];
        for (const [document, statuses] of history) {
          const done = stored.filter((task) => task.status === 'completed');
          const result = reconcile(stored, document);
          stored = apply(stored, result);
          for (const { taskId } of done) {
            expect(stored.find((task) => task.taskId === taskId)?.status).toBe('completed');
            expect(result.changes).not.toContainEqual(
              expect.objectContaining({ kind: 'add', taskId }),
            );
          }
          stored = progress(stored, statuses);
        }
      }),
    );
  });
});

describe('an id in other letters', () => {
  const done = storedAs('completed', ['completed']);

  test('is the same task, whatever its text', () => {
    const text = line('a-1', { description: 'in other words', mark: 'completed' });
    const result = reconcile([done], documentOf(text));
    expect(result.changes).toMatchObject([
      { kind: 'relabel', id: 'row A-1', from: 'A-1', taskId: 'a-1' },
      { kind: 'update', changed: ['description'] },
    ]);
  });

  test('is another one while the first is in the file', () => {
    const both = documentOf(line('A-1', { mark: 'completed' }), line('a-1'));
    expect(reconcile([done], both).changes).toMatchObject([{ kind: 'add', taskId: 'a-1' }]);
  });
});
