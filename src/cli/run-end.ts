import type { createExecutor } from '../app/create-executor.ts';
import { assertNever } from '../domain/errors.ts';
import type { Priority } from '../domain/priority.ts';
import type { RunSummary } from '../operations/summarize-run.ts';

type Executor = Awaited<ReturnType<typeof createExecutor>>;

/** How a run came to its end. */
export interface RunEnd {
  readonly end: Awaited<Executor['ended']>;
  /** By Ctrl-C, or by a signal that asks to leave. */
  readonly interrupted: boolean;
  /** What is less urgent was meant to be left. */
  readonly minPriority: Priority;
}

const DONE = 0;
const FAILED = 1;
const WORK_LEFT = 4;
const INTERRUPTED = 130;

/**
 * The exit code of a run: a failed task counts before work that is left, and what was added while
 * the run said goodbye is left, too.
 */
export function exitCodeOf(
  { end, interrupted, minPriority }: RunEnd,
  { failed, left }: Pick<RunSummary, 'failed' | 'left'>,
): number {
  switch (end.kind) {
    case 'finished': {
      if (failed.length > 0) return FAILED;
      const isLeft = left.some(
        ({ status, priority }) => status === 'waiting' || priority <= minPriority,
      );
      return end.workLeft || isLeft ? WORK_LEFT : DONE;
    }
    case 'stopped':
      return WORK_LEFT;
    case 'left':
      return interrupted ? INTERRUPTED : WORK_LEFT;
    case 'error':
      return end.error.rule.exitCode;
    default:
      return assertNever(end);
  }
}
