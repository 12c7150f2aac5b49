import { assertNever, PawlError } from '../../domain/errors.ts';
import { isTerminal } from '../../domain/status.ts';
import type { KnownBox } from '../../domain/tasklist/box-names.ts';
import { listDifferences } from '../../domain/tasklist/list-difference.ts';
import type { ListMark } from '../../domain/tasklist/model.ts';
import {
  type ListChange,
  type Reconciliation,
  reconcile,
} from '../../domain/tasklist/reconcile.ts';
import { changesAnswer, statusesAfter } from '../../domain/tasklist/statuses-after.ts';
import type { StoredTask } from '../../domain/tasklist/stored-task.ts';
import { archive, restore } from '../../domain/transition/archive.ts';
import { complete } from '../../domain/transition/complete.ts';
import { hold } from '../../domain/transition/hold.ts';
import { skip } from '../../domain/transition/skip.ts';
import type { LoadedList, LoadList, LoadPreview } from '../store.ts';
import { type FoundList, findList, openList } from './find-list.ts';
import { type LinkedTask, linkTasks, waiveMissing } from './link-tasks.ts';
import { insertTask, type NewTask, newTask, updateTaskText } from './list-task.ts';
import { MARK_OF_STATUS } from './marks-since.ts';
import { placeTasks } from './place-tasks.ts';
import { readList } from './read-lists.ts';
import { readKnownBoxes, readOpenEdges, readStoredTasks } from './read-stored-tasks.ts';
import { answerAnew, resolveDependants, settleTask } from './resolve-dependants.ts';
import { existingTask, writeEvent, writeTransition } from './task-row.ts';
import { change, type Statement, together, type Verb, type VerbContext } from './verb.ts';

/** Each loading has a moment of its own: by it whoever remembers a list knows of the loading. */
const SEEN =
  'UPDATE task_lists SET real_path = ?, title = ?, home_host = ?, seen_hash = ?, seen_text = ?, ' +
  'findings_json = ?, write_back = ?, loaded_at_ms = CASE WHEN loaded_at_ms >= CAST(? AS bigint) ' +
  'THEN loaded_at_ms + 1 ELSE CAST(? AS bigint) END WHERE list_id = ?';
/** The file as it was read carries another mark than it should: look at every task again. */
const OWE_ALL =
  'UPDATE task_lists SET marked_event_seq = 0 WHERE list_id = ? AND EXISTS ' +
  '(SELECT 1 FROM task_queue WHERE task_list_path = ? AND archived_at_ms IS NULL ' +
  `AND seen_mark <> 'none' AND seen_mark <> ${MARK_OF_STATUS})`;
const SEEN_MARK = 'UPDATE task_queue SET seen_mark = ? WHERE id = ?';

/** Of statements; two a task. */
const ADDED_TOGETHER_MAX = 512;

const LABEL = 'UPDATE task_queue SET task_id = ?, explicit_id = ? WHERE id = ?';

/**
 * Bring a list to what its file says, in one transaction: reconcile against the rows as they are,
 * apply each change as the transition it is, link the dependencies and settle them.
 */
export function* loadList(ctx: VerbContext, input: LoadList): Verb<LoadedList> {
  const found = yield* findList(input);
  const { stored, plan } = yield* planLoad(input, found);
  const list = yield* openList(ctx, input, found);
  const { changes, marks, places } = plan;
  const placed = new Set(places.map((place) => place.id));
  const staying = stored.filter((row) => !row.archived && !placed.has(row.id));
  yield* placeTasks(
    list.path,
    places,
    staying.map((row) => row.position),
  );
  const ids = yield* applyAll(ctx, { list: list.listId, input, marks }, { stored, changes });
  const linked = yield* linkTasks(ctx, {
    path: input.path,
    ids,
    tasks: linkedTasks(changes, ids),
    ignoreMissing: input.ignoreMissing,
  });
  if (input.ignoreMissing) yield* waiveMissing(ctx, input.path);
  for (const id of linked.unsettled) yield* settleTask(ctx, id);
  for (const step of changes) if (changesAnswer(step)) yield* answerAnew(ctx, step.id);
  for (const step of changes) yield* resolveIfOver(ctx, step);
  yield* rememberMarks(stored, changes, marks);
  yield* change(OWE_ALL, list.listId, input.path);
  const findings = [...input.document.findings, ...plan.findings];
  yield* change(
    SEEN,
    input.realPath,
    input.document.title,
    input.host,
    input.seenHash,
    input.seenText,
    JSON.stringify(findings),
    input.writeBack ? 1 : 0,
    ctx.nowMs,
    ctx.nowMs,
    list.listId,
  );
  const summary = yield* readList(list.listId);
  if (summary === null) throw new PawlError('bug', 'a list vanished while it was loaded');
  return { list: summary, ...counted(plan), findings };
}

/** The same as far as it only reads. */
export function* previewLoad(input: LoadList): Verb<LoadPreview> {
  const found = yield* findList(input);
  const { stored, plan } = yield* planLoad(input, found);
  const list = found === null ? null : yield* readList(found.listId);
  const listPolicy = list?.executor.onDepFailure ?? 'skip';
  const edges = found === null ? [] : yield* readOpenEdges(found.path);
  const { ignoreMissing, document } = input;
  const statuses = statusesAfter(
    { stored, edges, listPolicy, ignoreMissing },
    document.tasks,
    plan,
  );
  return {
    list,
    ...counted(plan),
    findings: [...input.document.findings, ...plan.findings],
    differences: listDifferences(stored, plan, statuses),
    statuses,
  };
}

interface LoadPlan {
  readonly stored: readonly StoredTask[];
  readonly plan: Reconciliation;
}

function* planLoad(input: LoadList, list: FoundList | null): Verb<LoadPlan> {
  const boxes = list === null ? [] : yield* readKnownBoxes(list.listId);
  if (madeIds(boxes) !== madeIds(input.knownBoxes ?? [])) {
    throw new PawlError('list_changed', `${input.path} was loaded by somebody else meanwhile`);
  }
  const stored = list === null ? [] : yield* readStoredTasks(list);
  return { stored, plan: reconcile(stored, input.document) };
}

/** Ids that the file gives itself are read there; those that were made for it must be the same. */
function madeIds(boxes: readonly KnownBox[]): string {
  return JSON.stringify(boxes.filter(({ named }) => named !== true));
}

function counted({ changes, moved }: Reconciliation) {
  const count = (kind: ListChange['kind']): number =>
    new Set(changes.filter((step) => step.kind === kind).map((step) => step.taskId)).size;
  const updated = changes.filter((step) => step.kind === 'update' || step.kind === 'relabel');
  return {
    added: count('add'),
    updated: new Set(updated.map((step) => step.taskId)).size,
    moved: moved.length,
    archived: count('archive'),
  };
}

/** Those whose edges are written anew. */
function linkedTasks(
  changes: readonly ListChange[],
  ids: ReadonlyMap<string, string>,
): readonly LinkedTask[] {
  return changes.flatMap((step): LinkedTask[] => {
    const isNew = step.kind === 'add';
    if (!isNew && !(step.kind === 'update' && step.changed.includes('dependencies'))) return [];
    return [{ id: ids.get(step.taskId) as string, dependencies: step.task.dependencies, isNew }];
  });
}

interface Loading {
  readonly list: string;
  readonly input: LoadList;
  readonly marks: ReadonlyMap<string, ListMark>;
}

/** Gives the `id` of every task that others may depend on, by its task id. */
function* applyAll(
  ctx: VerbContext,
  loading: Loading,
  { stored, changes }: Pick<LoadPlan, 'stored'> & Pick<Reconciliation, 'changes'>,
): Verb<ReadonlyMap<string, string>> {
  // What was completed stays so for those that depend on it, whether its line is there or not.
  const reachable = stored.filter((task) => !task.archived || task.status === 'completed');
  const ids = new Map(reachable.map((task) => [task.taskId, task.id]));
  const done = new Set(
    stored.filter((task) => task.status === 'completed').map((task) => task.taskId),
  );
  const added: Statement[] = [];
  for (const step of changes) {
    if (step.kind === 'add' && step.status !== 'waiting') {
      const { id, statements } = newTask(ctx, addition(loading, step));
      added.push(...statements);
      ids.set(step.taskId, id);
      if (added.length >= ADDED_TOGETHER_MAX) yield* together(added.splice(0));
      continue;
    }
    yield* together(added.splice(0));
    ids.set(step.taskId, yield* apply(ctx, loading, step));
    if (step.kind === 'relabel') ids.delete(step.from);
    if (step.kind === 'archive' && !done.has(step.taskId)) ids.delete(step.taskId);
  }
  yield* together(added);
  return ids;
}

/** Apply one change; gives the `id` of the task it is about. */
function* apply(ctx: VerbContext, loading: Loading, step: ListChange): Verb<string> {
  if (step.kind === 'add') return yield* add(ctx, loading, step);
  const task = yield* existingTask(step.id);
  const { nowMs } = ctx;
  switch (step.kind) {
    case 'relabel':
      yield* change(LABEL, step.taskId, step.task.explicitId ? 1 : 0, task.id);
      yield* writeEvent(ctx, task, { kind: 'edited', fields: ['taskId'] });
      break;
    case 'update':
      yield* updateTaskText(ctx, task.id, step.task);
      yield* writeEvent(ctx, task, { kind: 'edited', fields: step.changed });
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
      yield* updateTaskText(ctx, task.id, step.task);
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

type Addition = Extract<ListChange, { kind: 'add' }>;

function addition({ list, input, marks }: Loading, { task, taskId, status }: Addition): NewTask {
  return {
    listId: list,
    path: input.path,
    task,
    status: status === 'waiting' ? 'queued' : status,
    mark: marks.get(taskId) ?? 'none',
  };
}

function* add(ctx: VerbContext, loading: Loading, step: Addition): Verb<string> {
  const id = yield* insertTask(ctx, addition(loading, step));
  if (step.status === 'waiting') {
    const added = yield* existingTask(id);
    const decision = hold(added, { reason: step.reason ?? '', nowMs: ctx.nowMs });
    yield* writeTransition(ctx, { task: added, decision });
  }
  return id;
}

function* resolveIfOver(ctx: VerbContext, step: ListChange): Verb<void> {
  if (step.kind !== 'complete' && step.kind !== 'skip') return;
  const task = yield* existingTask(step.id);
  if (isTerminal(task.status)) yield* resolveDependants(ctx, task);
}

function* rememberMarks(
  stored: readonly StoredTask[],
  changes: readonly ListChange[],
  marks: ReadonlyMap<string, ListMark>,
): Verb<void> {
  const labels = new Map(
    changes.flatMap((step) => (step.kind === 'relabel' ? [[step.id, step.taskId] as const] : [])),
  );
  for (const task of stored) {
    const mark = marks.get(labels.get(task.id) ?? task.taskId);
    if (mark !== undefined && mark !== task.knownMarks[0]) {
      yield* change(SEEN_MARK, mark, task.id);
    }
  }
}
