import { PawlError } from '../../domain/errors.ts';
import { archive, restore } from '../../domain/transition/archive.ts';
import type { ArchiveBreakdown, ArchivedBreakdown } from '../breakdowns.ts';
import { existingBreakdown } from './breakdown-row.ts';
import { summarizeBreakdown } from './read-breakdowns.ts';
import { TASK_COLUMNS, type TaskRow, writeTransition } from './task-row.ts';
import { change, rows, type Verb, type VerbContext } from './verb.ts';

const PRESENT =
  `SELECT ${TASK_COLUMNS} FROM task_queue WHERE task_list_path = ? ` +
  'AND archived_at_ms IS NULL ORDER BY position, id';
const ARCHIVED_WITH =
  `SELECT ${TASK_COLUMNS} FROM task_queue WHERE task_list_path = ? ` +
  'AND archived_at_ms = ? ORDER BY position, id';
const SET =
  'UPDATE task_breakdowns SET archived_at_ms = ?, archive_reason = ? WHERE parent_task_id = ?';
const TOLD_MAX = 20;

/**
 * Put a breakdown away with all its subtasks: out of claims, counters and views. Nothing of it is
 * lost, and `restoreBreakdown` brings all of it back.
 *
 * @throws PawlError `breakdown_not_found`; `breakdown_in_use` while a subtask runs.
 */
export function* archiveBreakdown(
  ctx: VerbContext,
  { parentTaskId, reason }: ArchiveBreakdown,
): Verb<ArchivedBreakdown> {
  const { list, archivedAtMs } = yield* existingBreakdown(parentTaskId);
  if (archivedAtMs !== null) {
    return { kind: 'already', breakdown: yield* summarizeBreakdown(parentTaskId) };
  }
  const tasks = yield* rows<TaskRow>(PRESENT, list);
  const running = tasks.filter((task) => task.status === 'running');
  if (running.length > 0) throw inUse(parentTaskId, running);
  const { nowMs } = ctx;
  for (const task of tasks) {
    const decision = archive(task, { nowMs });
    yield* writeTransition(ctx, { task, decision, attemptGoesOn: true });
  }
  yield* change(SET, nowMs, reason, parentTaskId);
  return { kind: 'changed', breakdown: yield* summarizeBreakdown(parentTaskId) };
}

/**
 * Bring an archived breakdown back as it was, with every subtask that was archived with it.
 *
 * @throws PawlError `breakdown_not_found`.
 */
export function* restoreBreakdown(ctx: VerbContext, parentTaskId: string): Verb<ArchivedBreakdown> {
  const { list, archivedAtMs } = yield* existingBreakdown(parentTaskId);
  if (archivedAtMs === null) {
    return { kind: 'already', breakdown: yield* summarizeBreakdown(parentTaskId) };
  }
  const tasks = yield* rows<TaskRow>(ARCHIVED_WITH, list, archivedAtMs);
  for (const task of tasks) {
    const decision = restore(task, { nowMs: ctx.nowMs });
    yield* writeTransition(ctx, { task, decision, attemptGoesOn: true });
  }
  yield* change(SET, null, null, parentTaskId);
  return { kind: 'changed', breakdown: yield* summarizeBreakdown(parentTaskId) };
}

function inUse(parentTaskId: string, running: readonly TaskRow[]): PawlError {
  const shown = running.slice(0, TOLD_MAX);
  const names = shown.map(({ taskId, holderId }) => `${taskId} (held by ${holderId})`);
  const more = running.length > shown.length ? ` and ${running.length - shown.length} more` : '';
  return new PawlError(
    'breakdown_in_use',
    `${parentTaskId} has subtasks that run: ${names.join(', ')}${more}`,
    {
      details: {
        parentTaskId,
        tasks: shown.map(({ id, taskId, holderId, startedAtMs }) => ({
          ...{ id, taskId, holder: holderId, sinceMs: startedAtMs },
        })),
      },
    },
  );
}
