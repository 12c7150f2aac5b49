import { assertNever, PawlError } from '../../domain/errors.ts';
import { isTerminal } from '../../domain/status.ts';
import type { ListMark } from '../../domain/tasklist/model.ts';
import { type ListChange, reconcile, type StoredTask } from '../../domain/tasklist/reconcile.ts';
import { archive, restore } from '../../domain/transition/archive.ts';
import { complete } from '../../domain/transition/complete.ts';
import { skip } from '../../domain/transition/skip.ts';
import type { LoadedList, LoadList } from '../store.ts';
import { type LinkedTask, linkTasks, waiveMissing } from './link-tasks.ts';
import { insertTask, updateTaskText } from './list-task.ts';
import { MARK_OF_STATUS, marksSince } from './marks-since.ts';
import { readList } from './read-lists.ts';
import { resolveDependants, settleTask } from './resolve-dependants.ts';
import { existingTask, writeEvent, writeTransition } from './task-row.ts';
import { change, row, rows, type Verb, type VerbContext } from './verb.ts';

interface ListRow {
  readonly listId: string;
  readonly homeHost: string | null;
  readonly markedSeq: number;
}

const FIND_LIST =
  'SELECT list_id AS listId, home_host AS homeHost, marked_event_seq AS markedSeq ' +
  'FROM task_lists WHERE task_list_path = ?';
const ADD_LIST = 'INSERT INTO task_lists (list_id, task_list_path, created_at_ms) VALUES (?, ?, ?)';
const ADD_EXECUTOR =
  'INSERT INTO executors (id, list_id, created_at, updated_at) ' +
  'SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM executors WHERE list_id = ?)';
const SEEN =
  'UPDATE task_lists SET real_path = ?, title = ?, home_host = ?, seen_hash = ?, seen_text = ?, ' +
  'findings_json = ?, write_back = ?, loaded_at_ms = ? WHERE list_id = ?';
/** The file as it was read carries another mark than it should: look at every task again. */
const OWE_ALL =
  'UPDATE task_lists SET marked_event_seq = 0 WHERE list_id = ? AND EXISTS ' +
  '(SELECT 1 FROM task_queue WHERE task_list_path = ? AND archived_at_ms IS NULL ' +
  `AND seen_mark <> 'none' AND seen_mark <> ${MARK_OF_STATUS})`;
const SEEN_MARK = 'UPDATE task_queue SET seen_mark = ? WHERE id = ?';

/**
 * Bring a list to what its file says, in one transaction: reconcile against the rows as they are,
 * apply each change as the transition it is, link the dependencies and settle them.
 */
export function* loadList(ctx: VerbContext, input: LoadList): Verb<LoadedList> {
  const list = yield* openList(ctx, input);
  const stored = yield* readStored(list, input.path);
  const { changes, findings, marks } = reconcile(stored, input.document);
  const ids = new Map(
    stored.filter((task) => !task.archived).map((task) => [task.taskId, task.id]),
  );
  const relink: LinkedTask[] = [];
  for (const step of changes) {
    const touched = yield* apply(ctx, { list: list.listId, input, marks }, step);
    ids.set(step.taskId, touched);
    const linksChange =
      step.kind === 'add' || (step.kind === 'update' && step.changed.includes('dependencies'));
    if (linksChange) {
      const { dependencies } = step.task;
      relink.push({ id: touched, dependencies, isNew: step.kind === 'add' });
    }
    if (step.kind === 'archive') ids.delete(step.taskId);
  }
  const linked = yield* linkTasks(ctx, {
    path: input.path,
    ids,
    tasks: relink,
    tasksCame: changes.some((step) => step.kind === 'add' || step.kind === 'restore'),
    ignoreMissing: input.ignoreMissing,
  });
  if (input.ignoreMissing) yield* waiveMissing(ctx, input.path);
  for (const id of linked.unsettled) yield* settleTask(ctx, id);
  for (const step of changes) yield* resolveIfOver(ctx, step);
  yield* rememberMarks(stored, marks);
  yield* change(OWE_ALL, list.listId, input.path);
  const all = [...input.document.findings, ...findings];
  yield* change(
    SEEN,
    input.realPath,
    input.document.title,
    input.host,
    input.seenHash,
    input.seenText,
    JSON.stringify(all),
    input.writeBack ? 1 : 0,
    ctx.nowMs,
    list.listId,
  );
  const summary = yield* readList(list.listId);
  if (summary === null) throw new PawlError('bug', 'a list vanished while it was loaded');
  const counted = (kind: ListChange['kind']): number =>
    changes.filter((step) => step.kind === kind).length;
  return {
    list: summary,
    added: counted('add'),
    updated: counted('update'),
    archived: counted('archive'),
    findings: all,
  };
}

function* openList(ctx: VerbContext, input: LoadList): Verb<ListRow> {
  const known = yield* row<ListRow>(FIND_LIST, input.path);
  if (known !== undefined) {
    const foreign = known.homeHost !== null && known.homeHost !== input.host;
    if (foreign && !input.joinHost) {
      throw new PawlError(
        'list_foreign_host',
        `${input.path} belongs to the host ${known.homeHost}`,
        { details: { host: known.homeHost } },
      );
    }
    yield* addExecutor(ctx, known.listId);
    return known;
  }
  const listId = ctx.uuid();
  yield* change(ADD_LIST, listId, input.path, ctx.nowMs);
  yield* addExecutor(ctx, listId);
  return { listId, homeHost: null, markedSeq: 0 };
}

function* addExecutor(ctx: VerbContext, listId: string): Verb<void> {
  yield* change(ADD_EXECUTOR, ctx.uuid(), listId, ctx.nowText, ctx.nowText, listId);
}

const STORED =
  'SELECT id, task_id AS taskId, status, archived_at_ms AS archivedAtMs, seen_mark AS seenMark, ' +
  'description, priority, section, position, dependencies, steps_json AS steps, ' +
  'criteria_json AS criteria, agent, verify_json AS verify, timeout_ms AS timeoutMs, ' +
  'needs_json AS needs, on_dep_failure AS onDepFailure, fields_json AS fields ' +
  'FROM task_queue WHERE task_list_path = ? ORDER BY position';

type Json = string | null;
type StoredRow = Omit<
  StoredTask,
  'dependencies' | 'steps' | 'criteria' | 'verify' | 'needs' | 'fields' | 'archived' | 'knownMarks'
> & {
  readonly archivedAtMs: number | null;
  readonly seenMark: ListMark | null;
  readonly dependencies: Json;
  readonly steps: Json;
  readonly criteria: Json;
  readonly verify: Json;
  readonly needs: Json;
  readonly fields: Json;
};

function* readStored(list: ListRow, path: string): Verb<readonly StoredTask[]> {
  const possible = yield* marksSince(list.listId, list.markedSeq);
  const found = yield* rows<StoredRow>(STORED, path);
  return found.map(({ archivedAtMs, seenMark, ...task }) => ({
    ...task,
    archived: archivedAtMs !== null,
    knownMarks:
      archivedAtMs !== null || seenMark === null
        ? []
        : [seenMark, ...(possible.get(task.id) ?? [])],
    dependencies: fromJson<readonly string[]>(task.dependencies, []),
    steps: fromJson<readonly string[]>(task.steps, []),
    criteria: fromJson<readonly string[]>(task.criteria, []),
    verify: fromJson<readonly string[] | null>(task.verify, null),
    needs: fromJson<readonly string[]>(task.needs, []),
    fields: fromJson<Readonly<Record<string, string>>>(task.fields, {}),
  }));
}

interface Loading {
  readonly list: string;
  readonly input: LoadList;
  readonly marks: ReadonlyMap<string, ListMark>;
}

/** Apply one change; gives the `id` of the task it is about. */
function* apply(ctx: VerbContext, loading: Loading, step: ListChange): Verb<string> {
  if (step.kind === 'add') {
    return yield* insertTask(ctx, {
      listId: loading.list,
      path: loading.input.path,
      task: step.task,
      status: step.status,
      mark: loading.marks.get(step.taskId) ?? 'none',
    });
  }
  const task = yield* existingTask(step.id);
  const { nowMs } = ctx;
  switch (step.kind) {
    case 'update':
      yield* updateTaskText(ctx, task.id, step.task);
      if (step.changed.some((field) => field !== 'position')) {
        yield* writeEvent(ctx, task, { kind: 'edited', fields: step.changed });
      }
      break;
    case 'archive':
      yield* writeTransition(ctx, {
        task,
        decision: archive(task, { nowMs }),
        attemptGoesOn: true,
      });
      break;
    case 'restore':
      yield* writeTransition(ctx, {
        task,
        decision: restore(task, { nowMs }),
        attemptGoesOn: true,
      });
      break;
    case 'complete':
      yield* writeTransition(ctx, { task, decision: complete(task, { by: 'file', nowMs }) });
      break;
    case 'skip': {
      const reason = 'marked [-] in the list';
      yield* writeTransition(ctx, { task, decision: skip(task, { by: 'file', reason, nowMs }) });
      break;
    }
    default:
      assertNever(step);
  }
  return task.id;
}

function* resolveIfOver(ctx: VerbContext, step: ListChange): Verb<void> {
  if (step.kind !== 'complete' && step.kind !== 'skip') return;
  const task = yield* existingTask(step.id);
  if (isTerminal(task.status)) yield* resolveDependants(ctx, task);
}

function* rememberMarks(
  stored: readonly StoredTask[],
  marks: ReadonlyMap<string, ListMark>,
): Verb<void> {
  for (const task of stored) {
    const mark = marks.get(task.taskId);
    if (mark !== undefined && mark !== task.knownMarks[0]) {
      yield* change(SEEN_MARK, mark, task.id);
    }
  }
}

function fromJson<T>(json: Json, otherwise: T): T {
  return json === null ? otherwise : (JSON.parse(json) as T);
}
