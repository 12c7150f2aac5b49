import type { SubtaskPlan } from '../../../src/domain/breakdown/plan-model.ts';
import type { EnqueueBreakdown, EnqueuedBreakdown } from '../../../src/store/breakdowns.ts';
import type { StoreBench } from './store-bench.ts';

/** `B after A` in short: a subtask with its id as its title. */
export type SubtaskSketch = string | (Partial<SubtaskPlan> & { readonly taskId: string });

export function subtasksOf(sketches: readonly SubtaskSketch[]): readonly SubtaskPlan[] {
  return sketches.map((sketch) => {
    if (typeof sketch !== 'string') return { title: `do ${sketch.taskId}`, ...sketch };
    const [taskId = '', after] = sketch.split(' after ');
    const dependencies = after === undefined ? [] : after.split(',');
    return { taskId, title: `do ${taskId}`, dependencies };
  });
}

/** Plan a breakdown, and let it be worked on. */
export async function plan(
  bench: StoreBench,
  sketches: readonly SubtaskSketch[],
  change: Partial<EnqueueBreakdown> & { readonly parentTaskId?: string } = {},
): Promise<EnqueuedBreakdown> {
  const { parentTaskId = 'task_1', ...rest } = change;
  const enqueued = await bench.store.enqueueBreakdown({
    plan: { parentTaskId, description: 'Build it', subtasks: subtasksOf(sketches) },
    source: 'plan',
    sessionId: null,
    ...rest,
  });
  bench.listId = enqueued.listId;
  await bench.set({ status: 'running' });
  return enqueued;
}
