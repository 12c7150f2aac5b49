import type { TaskState } from '../task.ts';
import { accept, type Decision, illegal, refuse } from './decision.ts';

export interface Adopt {
  readonly holder: string;
  /** Fence and term as the adopter saw them; both must still stand. */
  readonly fence: number;
  readonly term: number;
  readonly nowMs: number;
}

/**
 * Watch over somebody else's living attempt from now on. The fence stays (it is the agent's); the
 * term rises, so that the former holder, if it ever wakes, can write nothing.
 */
export function adopt(task: TaskState, input: Adopt): Decision {
  if (task.status !== 'running') return illegal('adopted', task);
  if (task.fence !== input.fence || task.holderTerm !== input.term) {
    return refuse('stale_term', 'somebody else took the attempt over first', {
      fence: task.fence,
      term: task.holderTerm,
      holder: task.holderId,
    });
  }
  return accept(
    task,
    { kind: 'adopted', holder: input.holder, term: task.holderTerm + 1 },
    input.nowMs,
  );
}
