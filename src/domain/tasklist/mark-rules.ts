import type { TaskStatus } from '../status.ts';
import type { WrittenMark } from './mark.ts';
import type { FindingCode } from './model.ts';

/**
 * What a mark that was made by hand does to a known task: nothing, because it shows the status
 * anyway; a transition; or a finding with this code, and the task stays as it is.
 */
export type MarkAnswer =
  | 'agrees'
  | 'complete'
  | 'skip'
  | Extract<
      FindingCode,
      | 'mark_running'
      | 'mark_failed'
      | 'mark_reset'
      | 'done_mark_removed'
      | 'ticked_while_running'
      | 'skipped_while_running'
      | 'unmarked_while_running'
    >;

/**
 * Every mark by every stored status. Nothing leaves `completed`, nothing ends an attempt, and what
 * is not done is said. `docs/learn/lists.md` has the same table for people, held to this one.
 */
export const MARK_RULES: Readonly<Record<WrittenMark, Readonly<Record<TaskStatus, MarkAnswer>>>> = {
  queued: {
    queued: 'agrees',
    running: 'unmarked_while_running',
    waiting: 'mark_reset',
    completed: 'done_mark_removed',
    failed: 'mark_reset',
    skipped: 'mark_reset',
    cancelled: 'mark_reset',
  },
  running: {
    queued: 'mark_running',
    running: 'agrees',
    waiting: 'agrees',
    completed: 'done_mark_removed',
    failed: 'mark_running',
    skipped: 'mark_running',
    cancelled: 'mark_running',
  },
  completed: {
    queued: 'complete',
    running: 'ticked_while_running',
    waiting: 'complete',
    completed: 'agrees',
    failed: 'complete',
    skipped: 'complete',
    cancelled: 'complete',
  },
  failed: {
    queued: 'mark_failed',
    running: 'mark_failed',
    waiting: 'mark_failed',
    completed: 'done_mark_removed',
    failed: 'agrees',
    skipped: 'mark_failed',
    cancelled: 'mark_failed',
  },
  skipped: {
    queued: 'skip',
    running: 'skipped_while_running',
    waiting: 'skip',
    completed: 'done_mark_removed',
    failed: 'skip',
    skipped: 'agrees',
    cancelled: 'agrees',
  },
};
