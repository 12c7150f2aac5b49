import { PawlError } from '../../domain/errors.ts';
import type { BreakdownRecord } from '../breakdowns.ts';
import { row, rows, type Verb } from './verb.ts';

export const BREAKDOWN =
  'SELECT b.parent_task_id AS parentTaskId, b.list_id AS listId, l.task_list_path AS list, ' +
  'b.title, b.description, b.complexity, b.context, b.session_id AS sessionId, b.source, ' +
  'b.created_at_ms AS createdAtMs, b.archived_at_ms AS archivedAtMs, ' +
  'b.archive_reason AS archiveReason ' +
  'FROM task_breakdowns b JOIN task_lists l ON l.list_id = b.list_id';

export function* readBreakdownRecord(parentTaskId: string): Verb<BreakdownRecord | null> {
  const where = 'WHERE b.parent_task_id = ?';
  return (yield* row<BreakdownRecord>(`${BREAKDOWN} ${where}`, parentTaskId)) ?? null;
}

/** @throws PawlError `breakdown_not_found`. */
export function* existingBreakdown(parentTaskId: string): Verb<BreakdownRecord> {
  const found = yield* readBreakdownRecord(parentTaskId);
  if (found !== null) return found;
  throw new PawlError('breakdown_not_found', `there is no breakdown ${parentTaskId}`, {
    details: { parentTaskId },
  });
}

/** @throws PawlError `breakdown_not_found`, `breakdown_archived`. */
export function* openBreakdown(parentTaskId: string): Verb<BreakdownRecord> {
  const found = yield* existingBreakdown(parentTaskId);
  if (found.archivedAtMs === null) return found;
  throw new PawlError('breakdown_archived', `the breakdown ${parentTaskId} is archived`, {
    details: { parentTaskId, reason: found.archiveReason },
  });
}

const SUBTASKS =
  'SELECT id, task_id AS taskId, status, position, ' +
  'archived_at_ms IS NOT NULL AS archived FROM task_queue WHERE task_list_path = ? ' +
  'ORDER BY position, id';

interface SubtaskRow {
  readonly id: string;
  readonly taskId: string;
  readonly status: string;
  readonly position: number;
  readonly archived: number;
}

/** The subtasks that a list has, as far as new ones must know them. */
export interface KnownRows {
  /** Task id to `id`, of those that others may depend on. */
  readonly ids: ReadonlyMap<string, string>;
  /** Every task id that was ever given. */
  readonly taken: ReadonlySet<string>;
  readonly lastPosition: number;
}

export function* knownSubtasks(path: string): Verb<KnownRows> {
  const all = yield* rows<SubtaskRow>(SUBTASKS, path);
  const reachable = all.filter((one) => one.archived === 0 || one.status === 'completed');
  return {
    ids: new Map(reachable.map(({ taskId, id }) => [taskId, id])),
    taken: new Set(all.map(({ taskId }) => taskId)),
    lastPosition: all.reduce((last, { position }) => Math.max(last, position), 0),
  };
}
