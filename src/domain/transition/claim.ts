import type { TaskState } from '../task.ts';
import { accept, type Decision, illegal, refuse } from './decision.ts';

export interface Claim {
  readonly holder: string;
  readonly agent: string | null;
  readonly pendingDeps: number;
  readonly nowMs: number;
}

/** Take a ready task: a new attempt with a new fence, held by `holder`. */
export function claim(task: TaskState, input: Claim): Decision {
  if (task.status === 'running') {
    return refuse('lease_held', 'somebody works on the task', { holder: task.holderId });
  }
  if (task.status !== 'queued') return illegal('claimed', task);
  if (task.held === 1) return refuse('illegal_transition', 'the task was removed from its list');
  if (input.pendingDeps > 0) {
    return refuse('illegal_transition', 'the task waits for others', {
      pendingDeps: input.pendingDeps,
    });
  }
  if (task.dueAtMs > input.nowMs) {
    return refuse('illegal_transition', 'the task is delayed', { dueAtMs: task.dueAtMs });
  }
  const { holder, agent } = input;
  return accept(task, { kind: 'claimed', fence: task.fence + 1, holder, agent }, input.nowMs);
}
