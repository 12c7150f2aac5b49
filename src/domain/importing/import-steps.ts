import type { TaskEvent } from '../event.ts';
import type { TaskState } from '../task.ts';
import type { ImportedTask } from './imported-plan.ts';

/** One thing that happened to a task, and when. */
export interface ImportStep {
  readonly event: TaskEvent;
  readonly atMs: number;
}

/** When a task came to be: not later than it was over. */
export function bornAtMs({ createdAtMs, completedAtMs }: ImportedTask, nowMs: number): number {
  return Math.min(createdAtMs ?? completedAtMs ?? nowMs, nowMs);
}

/** When a task was over, as far as its source knows; never in the future. */
export function overAtMs(task: ImportedTask, nowMs: number): number {
  return Math.min(task.completedAtMs ?? bornAtMs(task, nowMs), nowMs);
}

/**
 * What must happen to a task that is `state` (queued, when it was just added) so that it is what
 * its source says. A task that already is so needs nothing.
 */
export function importSteps(
  state: Pick<TaskState, 'status' | 'statusReason' | 'archivedAtMs'>,
  task: ImportedTask,
  nowMs: number,
): readonly ImportStep[] {
  const steps: ImportStep[] = [];
  const now = (event: TaskEvent): void => {
    steps.push({ event, atMs: nowMs });
  };
  const wasArchived = state.archivedAtMs !== null;
  if (wasArchived && task.archived === null) now({ kind: 'restored' });
  const isWaitingOtherwise = task.status === 'waiting' && state.statusReason !== task.reason;
  if (state.status !== task.status || isWaitingOtherwise) {
    if (state.status !== 'queued') now({ kind: 'requeued', by: 'import' });
    steps.push(...endSteps(task, nowMs));
  }
  if (!wasArchived && task.archived !== null) now({ kind: 'archived' });
  return steps;
}

function endSteps(task: ImportedTask, nowMs: number): readonly ImportStep[] {
  const { status, result } = task;
  const reason = task.reason ?? 'so it was imported';
  const by = 'import' as const;
  const overMs = overAtMs(task, nowMs);
  switch (status) {
    case 'queued':
      return [];
    case 'waiting':
      return [{ event: { kind: 'waiting', reason }, atMs: nowMs }];
    case 'completed': {
      const summary = result === null ? {} : { summary: result };
      return [{ event: { kind: 'completed', by, ...summary }, atMs: overMs }];
    }
    case 'skipped':
      return [{ event: { kind: 'skipped', by, reason }, atMs: overMs }];
    case 'cancelled':
      return [{ event: { kind: 'cancelled', by, reason }, atMs: overMs }];
    default:
      return status satisfies never;
  }
}
