import type { BreakdownRecord } from '../breakdowns.ts';
import type { SavedBreakdown, SavedQuery, SavedSubtask } from '../saved-breakdowns.ts';
import { BREAKDOWN } from './breakdown-row.ts';
import { rows, type SqlValue, type Verb } from './verb.ts';

/** What was archived with its breakdown belongs to it, what was archived before does not. */
const SUBTASKS =
  'SELECT q.id, q.list_id AS listId, q.task_id AS taskId, coalesce(q.title, q.description) AS ' +
  'title, q.description, q.specialist_type AS specialistType, q.dependencies, ' +
  'q.estimated_effort AS estimatedEffort, q.status, q.result_summary AS result, ' +
  'q.last_error AS lastError, q.status_reason AS statusReason, q.fields_json AS fields, ' +
  'q.created_at AS createdAt, q.ended_at_ms AS endedAtMs ' +
  'FROM task_queue q JOIN task_breakdowns b ON b.list_id = q.list_id ' +
  'WHERE coalesce(q.archived_at_ms, 0) = coalesce(b.archived_at_ms, 0) AND ';
const CONTENTS =
  "SELECT a.task, a.sha256 FROM artifacts a WHERE a.state = 'complete' AND a.list_id IN ";
const WITH_TASK = 'b.list_id IN (SELECT q.list_id FROM task_queue q WHERE q.task_id = ?)';

interface SubtaskRow {
  readonly id: string;
  readonly listId: string;
  readonly taskId: string;
  readonly title: string;
  readonly description: string;
  readonly specialistType: string | null;
  readonly dependencies: string | null;
  readonly estimatedEffort: string | null;
  readonly status: SavedSubtask['status'];
  readonly result: string | null;
  readonly lastError: string | null;
  readonly statusReason: string | null;
  readonly fields: string | null;
  readonly createdAt: string;
  readonly endedAtMs: number | null;
}

/** The field in which what a program saved as artifacts is kept, word for word. */
export const ARTIFACTS_FIELD = 'artifacts';

export function* readSavedBreakdowns(query: SavedQuery): Verb<readonly SavedBreakdown[]> {
  const where: string[] = [];
  const params: SqlValue[] = [];
  if (query.parentTaskId !== undefined) {
    where.push('b.parent_task_id = ?');
    params.push(query.parentTaskId);
  }
  if (query.taskId !== undefined) {
    where.push(WITH_TASK);
    params.push(query.taskId);
  }
  if (query.archived !== 'too') {
    where.push(`b.archived_at_ms IS ${query.archived === 'only' ? 'NOT ' : ''}NULL`);
  }
  const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const order = 'ORDER BY b.created_at_ms, b.parent_task_id';
  const found = yield* rows<BreakdownRecord>(`${BREAKDOWN} ${filter} ${order}`, ...params);
  const saved: SavedBreakdown[] = [];
  for (let from = 0; from < found.length; from += LISTS_AT_ONCE) {
    saved.push(...(yield* withSubtasks(found.slice(from, from + LISTS_AT_ONCE))));
  }
  return saved;
}

/** Parameters of one statement. */
const LISTS_AT_ONCE = 500;

function* withSubtasks(found: readonly BreakdownRecord[]): Verb<readonly SavedBreakdown[]> {
  const ids = found.map(({ listId }) => listId);
  const marks = `(${ids.map(() => '?').join(', ')})`;
  const order = 'ORDER BY q.list_id, q.position, q.id';
  const subtasks = yield* rows<SubtaskRow>(`${SUBTASKS} q.list_id IN ${marks} ${order}`, ...ids);
  const contents = yield* rows<{ readonly task: string; readonly sha256: string }>(
    `${CONTENTS}${marks} ORDER BY a.created_at_ms, a.artifact_id`,
    ...ids,
  );
  const byList = Map.groupBy(subtasks, ({ listId }) => listId);
  const byTask = Map.groupBy(contents, ({ task }) => task);
  return found.map((breakdown) => ({
    parentTaskId: breakdown.parentTaskId,
    description: breakdown.description,
    complexity: breakdown.complexity,
    context: breakdown.context,
    createdAtMs: breakdown.createdAtMs,
    archivedAtMs: breakdown.archivedAtMs,
    subtasks: (byList.get(breakdown.listId) ?? []).map((subtask) =>
      savedSubtask(
        subtask,
        (byTask.get(subtask.id) ?? []).map(({ sha256 }) => sha256),
      ),
    ),
  }));
}

function savedSubtask(subtask: SubtaskRow, contents: readonly string[]): SavedSubtask {
  const { id, taskId, title, description, specialistType, estimatedEffort, status } = subtask;
  return {
    ...{ id, taskId, title, description, specialistType, estimatedEffort, status },
    dependencies: textsIn(subtask.dependencies),
    results: resultsOf(subtask),
    artifacts: savedArtifacts(subtask.fields),
    contents,
    createdAtMs: Date.parse(`${subtask.createdAt.replace(' ', 'T')}Z`),
    endedAtMs: subtask.endedAtMs,
  };
}

/** What came of it; of one that failed or does not go on, why. */
function resultsOf({ status, result, lastError, statusReason }: SubtaskRow): string | null {
  if (status === 'failed') return lastError ?? result;
  const isLeft = status === 'waiting' || status === 'skipped' || status === 'cancelled';
  return isLeft ? (statusReason ?? result) : result;
}

export function savedArtifacts(fieldsJson: string | null): readonly string[] {
  const fields = JSON.parse(fieldsJson ?? '{}') as Readonly<Record<string, string>>;
  return textsIn(fields[ARTIFACTS_FIELD] ?? null);
}

function textsIn(json: string | null): readonly string[] {
  return json === null ? [] : (JSON.parse(json) as readonly string[]);
}
