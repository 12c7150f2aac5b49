import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionConfig } from '../../src/config/execution-config.ts';
import { TaskExecutor } from '../../src/index.ts';
import { Timeline } from './timeline.ts';

export interface RunList {
  /** Empty; becomes the project. */
  readonly folder: string;
  readonly text: string;
  readonly agentCommand: readonly [string, ...string[]];
  readonly maxConcurrent: number;
  /** What a person would have set beside it. */
  readonly config?: Partial<ExecutionConfig>;
}

/** A list, loaded and ready to be executed by the real engine with real processes. */
export async function openList(input: RunList): Promise<{
  readonly executor: TaskExecutor;
  readonly timeline: Timeline;
  readonly path: string;
}> {
  const { folder, text, agentCommand, maxConcurrent } = input;
  const path = join(folder, 'tasks.md');
  writeFileSync(path, text);
  const timeline = new Timeline();
  const executor = new TaskExecutor({
    world: timeline.world,
    config: { agentCommand, maxConcurrent, ...input.config },
  });
  await executor.loadTaskList(path);
  return { executor, timeline, path };
}

/** Execute a list to its end; every task must have completed. */
export async function runList(input: RunList): Promise<Timeline> {
  const { executor, timeline } = await openList(input);
  await executor.start();
  await executor.finished();
  const { completed, total } = await executor.getStatus().then(countsOf);
  await executor.close();
  if (completed !== total) throw new Error(`${completed} of ${total} tasks completed`);
  return timeline;
}

function countsOf(status: { readonly completedTasks: number; readonly totalTasks: number }) {
  return { completed: status.completedTasks, total: status.totalTasks };
}
