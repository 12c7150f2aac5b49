import { TaskExecutor, type TaskExecutorOptions } from './task-executor.ts';

const SHARED = Symbol.for('pawl.taskExecutor');

/**
 * The executor of this process. Without options it is one and the same at every call, as programs
 * whose parts each ask for it expect; with options it is a new one.
 */
export function getTaskExecutor(options?: TaskExecutorOptions): TaskExecutor {
  if (options !== undefined) return new TaskExecutor(options);
  const shared = globalThis as { [SHARED]?: TaskExecutor };
  shared[SHARED] ??= new TaskExecutor();
  return shared[SHARED];
}
