import { parentOfList } from '../domain/breakdown/list-path.ts';
import type { ExplainedTask, Situation, TaskHolder } from '../domain/explain.ts';
import { PRIORITIES, type Priority } from '../domain/priority.ts';
import type { HeldTask, ListSummary, LiveInstance } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { executorsOf, holderText, isAbandoned, processText } from './liveness.ts';
import type { OperationContext } from './operation.ts';

/** Everything around the tasks of one list that their explanations need, but the tasks. */
export interface ListSituation {
  readonly list: ListSummary;
  readonly minPriority: Priority;
  readonly executor: LiveInstance | null;
  readonly held: readonly HeldTask[];
  /** Completed with the tasks that may be asked for. */
  around(task: Situation['task'], open?: NonNullable<Situation['open']>): Situation;
}

export async function readListSituation(
  { store, world }: OperationContext,
  list: ListSummary,
): Promise<ListSituation> {
  const { processes, clock } = world;
  const [held, instances] = await Promise.all([store.heldTasks(list.listId), store.instances()]);
  const executor = executorsOf(instances, processes).get(list.listId) ?? null;
  // Only what nobody executes is named: where there are several lists, with its path.
  const isClaimed = parentOfList(list.path) !== null;
  const isOnly = !isClaimed && (executor !== null || (await store.lists()).length === 1);
  const holders = new Map(held.map((task) => [task.id, holderOf(task, world)]));
  const minPriority = minPriorityOf(list.executor.configJson);
  return {
    list,
    minPriority,
    executor,
    held,
    around: (task, open) => ({
      nowMs: clock.now(),
      minPriority,
      executor: list.executor.status,
      executedBy: executor === null ? null : processText(executor, processes),
      ...(isOnly ? {} : { runBy: `pawl run ${list.path}` }),
      isClaimed,
      task,
      holder: (id) => holders.get(id),
      ...(open === undefined ? {} : { open }),
    }),
  };
}

/** By their task ids; of two with the same id the one that was not removed. */
export function byTaskId<T extends ExplainedTask>(
  tasks: readonly T[],
): (taskId: string) => T | undefined {
  const found = new Map<string, T>();
  for (const task of tasks) {
    if (task.archivedAtMs === null || !found.has(task.taskId)) found.set(task.taskId, task);
  }
  return (taskId) => found.get(taskId);
}

function holderOf(task: HeldTask, world: World): TaskHolder {
  return {
    attempt: task.attempt,
    sinceMs: task.startedAtMs,
    agent: task.agent,
    process: holderText(task, world.processes),
    gone: isAbandoned(task, world),
  };
}

/** Anybody may write `config_json`: what is not a priority excludes nothing. */
export function minPriorityOf(configJson: string | null): Priority {
  try {
    const config: unknown = JSON.parse(configJson ?? '{}');
    const value = (config as { readonly minPriority?: unknown } | null)?.minPriority;
    return PRIORITIES.find((priority) => priority === value) ?? 'P4';
  } catch {
    return 'P4';
  }
}
