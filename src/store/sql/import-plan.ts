import { complexityOf } from '../../domain/breakdown/complexity.ts';
import { breakdownPath } from '../../domain/breakdown/list-path.ts';
import { PawlError } from '../../domain/errors.ts';
import { compareImport, type TaskImport } from '../../domain/importing/compare-import.ts';
import type { ImportFinding } from '../../domain/importing/imported-plan.ts';
import { importFinding } from '../../domain/importing/imported-plan.ts';
import { timeText } from '../../domain/time-text.ts';
import type { ImportCheck, ImportPlan, PlanImport } from '../imports.ts';
import { checkImport } from './import-check.ts';
import {
  hashOf,
  isSamePlan,
  planHash,
  readPlanRecord,
  readPresent,
  readTaskRecords,
  taskHash,
  taskKey,
  writeRecord,
} from './import-records.ts';
import { writeImportedTasks } from './import-tasks.ts';
import { change, row, type Verb, type VerbContext } from './verb.ts';

const ADD_LIST =
  'INSERT INTO task_lists (list_id, task_list_path, title, write_back, created_at_ms, ' +
  'loaded_at_ms) VALUES (?, ?, ?, 0, ?, ?)';
const ADD_EXECUTOR =
  'INSERT INTO executors (id, list_id, created_at, updated_at) VALUES (?, ?, ?, ?)';
const ADD_BREAKDOWN =
  'INSERT INTO task_breakdowns (parent_task_id, list_id, title, description, complexity, ' +
  'context, source, created_at, created_at_ms, archived_at_ms, archive_reason) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
const UPDATE_BREAKDOWN =
  'UPDATE task_breakdowns SET title = ?, description = ?, complexity = ?, context = ?, ' +
  'archived_at_ms = ?, archive_reason = ? WHERE list_id = ?';
const BREAKDOWN =
  'SELECT b.parent_task_id AS parentTaskId, b.list_id AS listId, l.task_list_path AS path, ' +
  'b.title, b.description, b.complexity, b.context, b.archived_at_ms AS archivedAtMs, ' +
  'b.archive_reason AS archiveReason ' +
  'FROM task_breakdowns b JOIN task_lists l ON l.list_id = b.list_id WHERE ';

interface StoredBreakdown {
  readonly parentTaskId: string;
  readonly listId: string;
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly complexity: string | null;
  readonly context: string | null;
  readonly archivedAtMs: number | null;
  readonly archiveReason: string | null;
}

interface PlannedImport {
  readonly parentTaskId: string;
  readonly path: string;
  readonly found: StoredBreakdown | null;
  readonly change: PlanImport['change'];
  readonly tasks: readonly TaskImport[];
  readonly findings: readonly ImportFinding[];
}

/**
 * Take over one plan, or bring it up to date: list, tasks, edges, events and the notes of what was
 * taken, wholly or not at all. Before it is committed everything is read again and compared.
 *
 * @throws PawlError `import_not_verified` when what was read differs; nothing of it is kept.
 */
export function* importPlan(ctx: VerbContext, input: ImportPlan): Verb<PlanImport> {
  const planned = yield* planImport(input);
  const isIdle = planned.change !== 'added' && planned.change !== 'updated';
  const changes = planned.tasks.filter(({ kind }) => kind === 'add' || kind === 'update');
  if (isIdle && changes.length === 0) return outcomeOf(planned, new Map());
  const listId = planned.found?.listId ?? (yield* addList(ctx, input, planned));
  if (planned.change === 'updated') yield* updatePlan(ctx, input, listId);
  const { source, plan } = input;
  const { path, tasks } = planned;
  const ids = yield* writeImportedTasks(ctx, { listId, path, tasks });
  yield* refuseWrong(planned);
  if (!isIdle) yield* notePlan(ctx, input, listId);
  for (const { id, taskId, lastSeq } of yield* readPresent(path)) {
    const step = tasks.find(({ task }) => task.taskId === taskId);
    if (step === undefined || step.kind === 'kept' || (step.kind === 'same' && step.isOwn))
      continue;
    const key = taskKey(plan.key, step.source);
    yield* writeRecord(ctx, { source, kind: 'task', key, hash: step.hash, listId, task: id });
    const hash = String(lastSeq);
    yield* writeRecord(ctx, { source, kind: 'task-state', key, hash, listId, task: id });
  }
  return outcomeOf({ ...planned, found: yield* breakdownOf(listId) }, ids);
}

/** What `importPlan` would do, by the same comparison; changes nothing. */
export function* previewImport(input: ImportPlan): Verb<PlanImport> {
  return outcomeOf(yield* planImport(input), new Map());
}

/** Read a plan again after it was committed. */
export function* verifyImport(input: ImportPlan): Verb<ImportCheck> {
  const { path, tasks } = yield* planImport(input);
  return yield* checkImport(path, tasks);
}

function* planImport(input: ImportPlan): Verb<PlannedImport> {
  const { source, plan } = input;
  const findings: ImportFinding[] = [];
  const record = yield* readPlanRecord(source, plan.key);
  let found = record === null ? null : yield* breakdownOf(record.listId);
  let parentTaskId = found?.parentTaskId ?? plan.planId;
  if (found === null) {
    const taken = yield* breakdownOfParent(plan.planId);
    if (taken !== null && (yield* isSamePlan(taken.listId, plan))) found = taken;
    else if (taken !== null) {
      parentTaskId = input.otherId;
      const message = `another plan is called ${plan.planId}: this one is ${parentTaskId}`;
      const { place, planId } = plan;
      findings.push(importFinding('id_namespaced', { place, planId }, message));
    }
  }
  const path = found?.path ?? breakdownPath(parentTaskId);
  const compared = compareImport({
    place: plan.place,
    planId: plan.planId,
    tasks: plan.tasks.map((task) => ({ task, hash: taskHash(task) })),
    records: yield* readTaskRecords(source, { path, planKey: plan.key }),
    present: yield* readPresent(path),
  });
  const changed = planChange(input, found, record);
  if (changed === 'kept') {
    const { place, planId } = plan;
    const message = `${planId} was reworded over there, and here too`;
    findings.push(importFinding('local_change_kept', { place, planId }, message));
  }
  return {
    ...{ parentTaskId, path, found, change: changed, tasks: compared.tasks },
    findings: [...findings, ...compared.findings],
  };
}

function planChange(
  { plan }: ImportPlan,
  found: StoredBreakdown | null,
  record: { readonly hash: string; readonly stateHash: string | null } | null,
): PlanImport['change'] {
  if (found === null) return 'added';
  if (record === null) return 'updated';
  if (record.hash === planHash(plan)) return 'same';
  return record.stateHash === stateHashOf(found) ? 'updated' : 'kept';
}

function stateHashOf(breakdown: StoredBreakdown): string {
  const { title, description, complexity, context, archivedAtMs } = breakdown;
  return hashOf([title, description, complexity, context, archivedAtMs !== null]);
}

function* breakdownOf(listId: string): Verb<StoredBreakdown | null> {
  return (yield* row<StoredBreakdown>(`${BREAKDOWN} b.list_id = ?`, listId)) ?? null;
}

function* breakdownOfParent(id: string): Verb<StoredBreakdown | null> {
  return (yield* row<StoredBreakdown>(`${BREAKDOWN} b.parent_task_id = ?`, id)) ?? null;
}

function* addList(
  ctx: VerbContext,
  { plan, kind }: ImportPlan,
  { parentTaskId, path }: PlannedImport,
): Verb<string> {
  const listId = ctx.uuid();
  const { nowMs, nowText } = ctx;
  const createdAtMs = Math.min(plan.createdAtMs ?? nowMs, nowMs);
  yield* change(ADD_LIST, listId, path, plan.title, nowMs, nowMs);
  yield* change(ADD_EXECUTOR, ctx.uuid(), listId, nowText, nowText);
  yield* change(
    ADD_BREAKDOWN,
    parentTaskId,
    listId,
    plan.title,
    plan.description,
    plan.complexity === null ? null : complexityOf(plan.complexity),
    plan.context,
    kind,
    timeText(createdAtMs),
    createdAtMs,
    plan.archived === null ? null : nowMs,
    plan.archived,
  );
  return listId;
}

function* updatePlan(ctx: VerbContext, { plan }: ImportPlan, listId: string): Verb<void> {
  yield* change(
    UPDATE_BREAKDOWN,
    plan.title,
    plan.description,
    plan.complexity === null ? null : complexityOf(plan.complexity),
    plan.context,
    plan.archived === null ? null : ctx.nowMs,
    plan.archived,
    listId,
  );
}

function* notePlan(ctx: VerbContext, { source, plan }: ImportPlan, listId: string): Verb<void> {
  const note = { source, key: plan.key, listId, task: null };
  yield* writeRecord(ctx, { ...note, kind: 'plan', hash: planHash(plan) });
  const now = yield* breakdownOf(listId);
  if (now !== null)
    yield* writeRecord(ctx, { ...note, kind: 'plan-state', hash: stateHashOf(now) });
}

function* refuseWrong({ path, tasks, parentTaskId }: PlannedImport): Verb<void> {
  const { wrong } = yield* checkImport(path, tasks);
  if (wrong.length === 0) return;
  const message = `${wrong.length} tasks of ${parentTaskId} were read otherwise than written`;
  throw new PawlError('import_not_verified', message, { details: { parentTaskId, tasks: wrong } });
}

const CHANGES = { add: 'added', update: 'updated', same: 'same', kept: 'kept' } as const;

function outcomeOf(planned: PlannedImport, ids: ReadonlyMap<string, string>): PlanImport {
  const { parentTaskId, path, found, findings } = planned;
  return {
    ...{ parentTaskId, listId: found?.listId ?? null, list: path, change: planned.change },
    tasks: planned.tasks.map((step) => ({
      taskId: step.task.taskId,
      id: step.kind === 'add' ? (ids.get(step.task.taskId) ?? null) : step.id,
      change: CHANGES[step.kind],
    })),
    findings,
  };
}
