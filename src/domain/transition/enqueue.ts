import { NEW_TASK } from '../task.ts';
import { accept, type Decision } from './decision.ts';

/** Put a new task into the queue, or record it as already done or skipped in its list. */
export function enqueue(as: 'queued' | 'completed' | 'skipped', nowMs: number): Decision {
  return accept(NEW_TASK, { kind: 'enqueued', as }, nowMs);
}
