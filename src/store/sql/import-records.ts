import { createHash } from 'node:crypto';
import type { PresentTask, TaskRecord } from '../../domain/importing/compare-import.ts';
import type { ImportedPlan, ImportedTask } from '../../domain/importing/imported-plan.ts';
import { isTerminal, type TaskStatus } from '../../domain/status.ts';
import type { ImportedKeys } from '../imports.ts';
import { change, row, rows, type Verb, type VerbContext } from './verb.ts';

/** Kinds of records: what was taken of a source, and what the store was right after. */
export type RecordKind = 'plan' | 'plan-state' | 'task' | 'task-state' | 'artifact';

const RECORD =
  'INSERT INTO imported_records (source, kind, key, content_hash, list_id, task, imported_at_ms) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, kind, key) DO UPDATE SET ' +
  'content_hash = excluded.content_hash, list_id = excluded.list_id, task = excluded.task, ' +
  'imported_at_ms = excluded.imported_at_ms';
const OF_PLAN =
  'SELECT kind, content_hash AS hash, list_id AS listId FROM imported_records ' +
  "WHERE source = ? AND key = ? AND kind IN ('plan', 'plan-state')";
const SAME_PLAN =
  "SELECT source FROM imported_records WHERE kind = 'plan' AND list_id = ? AND key = ? " +
  'AND content_hash = ?';
const OF_TASKS =
  'SELECT r.source, r.kind, r.key, r.content_hash AS hash, r.task FROM task_queue q ' +
  'JOIN imported_records r ON r.task = q.id WHERE q.task_list_path = ? ' +
  "AND r.kind IN ('task', 'task-state')";
const PRESENT =
  'SELECT q.id, q.task_id AS taskId, q.status, coalesce(' +
  '(SELECT max(e.seq) FROM task_events e WHERE e.task = q.id), 0) AS lastSeq ' +
  'FROM task_queue q WHERE q.task_list_path = ?';
const KEYS = "SELECT kind, key FROM imported_records WHERE source = ? AND kind IN ('plan', 'task')";

export interface ImportRecord {
  readonly source: string;
  readonly kind: RecordKind;
  readonly key: string;
  readonly hash: string;
  readonly listId: string;
  readonly task: string | null;
}

export function* writeRecord(ctx: VerbContext, record: ImportRecord): Verb<void> {
  const { source, kind, key, hash, listId, task } = record;
  yield* change(RECORD, source, kind, key, hash, listId, task, ctx.nowMs);
}

export interface PlanRecord {
  readonly listId: string;
  readonly hash: string;
  /** Of the plan's text here, when it was written last. */
  readonly stateHash: string | null;
}

/** What is noted of a plan of this source. */
export function* readPlanRecord(source: string, key: string): Verb<PlanRecord | null> {
  const found = yield* rows<{ kind: RecordKind; hash: string; listId: string }>(
    OF_PLAN,
    source,
    key,
  );
  const plan = found.find(({ kind }) => kind === 'plan');
  if (plan === undefined) return null;
  const state = found.find(({ kind }) => kind === 'plan-state');
  return { listId: plan.listId, hash: plan.hash, stateHash: state?.hash ?? null };
}

/** Whether a list came from a plan of another source that is the same: a copy of its store. */
export function* isSamePlan(listId: string, plan: ImportedPlan): Verb<boolean> {
  return (
    (yield* row<{ source: string }>(SAME_PLAN, listId, plan.key, planHash(plan))) !== undefined
  );
}

/** What is noted of the tasks of a list, by their ids in the source; its own notes first. */
export function* readTaskRecords(
  source: string,
  { path, planKey }: { readonly path: string; readonly planKey: string },
): Verb<ReadonlyMap<string, TaskRecord>> {
  const notes = new Map<string, { hash?: string; seq?: number; id: string; isOwn: boolean }>();
  const found = yield* rows<{
    source: string;
    kind: RecordKind;
    key: string;
    hash: string;
    task: string;
  }>(OF_TASKS, path);
  const ownLast = found.toSorted(
    (a, b) => Number(a.source === source) - Number(b.source === source),
  );
  for (const { source: from, kind, key, hash, task } of ownLast) {
    const [plan, taskId] = JSON.parse(key) as [string, string];
    if (plan !== planKey) continue;
    const isOwn = from === source;
    const before = notes.get(taskId);
    const note = before?.isOwn === isOwn ? before : { id: task, isOwn };
    notes.set(taskId, {
      ...note,
      id: task,
      ...(kind === 'task' ? { hash } : { seq: Number(hash) }),
    });
  }
  return new Map(
    [...notes].map(([taskId, { hash = '', seq = -1, id }]) => [taskId, { hash, seq, id }]),
  );
}

/** The tasks of a list with the last event of each. */
export function* readPresent(path: string): Verb<readonly PresentTask[]> {
  const found = yield* rows<{ id: string; taskId: string; status: TaskStatus; lastSeq: number }>(
    PRESENT,
    path,
  );
  return found.map(({ status, ...task }) => ({ ...task, isOver: isTerminal(status) }));
}

/** Every plan and task that was taken over from a source. */
export function* readImportedKeys(source: string): Verb<ImportedKeys> {
  const found = yield* rows<{ kind: RecordKind; key: string }>(KEYS, source);
  const keys = (wanted: RecordKind): ReadonlySet<string> =>
    new Set(found.flatMap(({ kind, key }) => (kind === wanted ? [key] : [])));
  return { plans: keys('plan'), tasks: keys('task') };
}

export function taskKey(planKey: string, taskId: string): string {
  return JSON.stringify([planKey, taskId]);
}

/** Of what makes a plan itself: the older server rewrites its creation, which is left out. */
export function planHash({ key, title, description, complexity, context, archived }: ImportedPlan) {
  return hashOf([key, title, description, complexity, context, archived]);
}

/** Of everything that is taken of a task. */
export function taskHash(task: ImportedTask): string {
  const { artifacts, fields, ...rest } = task;
  const traces = artifacts.map(({ kind, reference }) => [kind, reference]);
  return hashOf([rest, Object.entries(fields).toSorted(), traces]);
}

export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
