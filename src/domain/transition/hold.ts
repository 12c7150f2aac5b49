import type { TaskState } from '../task.ts';
import { accept, type Decision, illegal } from './decision.ts';

/** Keep a queued task from starting until a person has answered; `retry` queues it again. */
export function hold(
  task: TaskState,
  { reason, nowMs }: { readonly reason: string; readonly nowMs: number },
): Decision {
  if (task.status !== 'queued') return illegal('held', task);
  return accept(task, { kind: 'waiting', reason }, nowMs);
}
