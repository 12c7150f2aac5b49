import { type ClaimRoom, type Obstacle, obstacleText } from '../../domain/claim-room.ts';
import { assertNever, PawlError } from '../../domain/errors.ts';
import { labelsIn } from './ready-tasks.ts';
import type { TaskRow } from './task-row.ts';
import { row, type Verb } from './verb.ts';

const NEEDS = 'SELECT needs_json AS needsJson FROM task_queue WHERE id = ?';

/**
 * Of a named task: limits and labels as for any other. `agent` is who would do it.
 *
 * @throws PawlError `claims_full`, `label_not_offered`.
 */
export function* refuseWithoutRoom(task: TaskRow, room: ClaimRoom): Verb<void> {
  const found = yield* row<{ needsJson: string | null }>(NEEDS, task.id);
  const needs = labelsIn(found?.needsJson ?? null);
  const obstacle = room.obstacle({ listId: task.listId, agent: task.agent, needs });
  if (obstacle !== null) throw refusalOf(task, obstacle);
}

function refusalOf({ id, taskId }: TaskRow, obstacle: Obstacle): PawlError {
  const message = `${taskId}: ${obstacleText(obstacle)}`;
  switch (obstacle.kind) {
    case 'full':
      return new PawlError('claims_full', message, {
        details: { id, taskId, limit: obstacle.limit },
      });
    case 'not_offered':
      return new PawlError('label_not_offered', message, {
        details: { id, taskId, label: obstacle.label },
      });
    default:
      return assertNever(obstacle);
  }
}
