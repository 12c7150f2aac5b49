import type { TaskState } from '../task.ts';
import { accept, type Decision, illegal, refuse } from './decision.ts';

export interface Requeue {
  /** The person said yes to running completed work again. */
  readonly confirmed: boolean;
  readonly nowMs: number;
}

/** Put a task back, a completed one too (after a yes). A running one is ended first. */
export function requeue(task: TaskState, input: Requeue): Decision {
  if (task.status === 'running' || (task.status === 'queued' && task.dueAtMs === 0)) {
    return illegal('requeued', task);
  }
  if (task.status === 'completed' && !input.confirmed) {
    return refuse('confirmation_needed', 'the task is completed; requeue would run it again');
  }
  return accept(task, { kind: 'requeued', by: 'person' }, input.nowMs);
}
