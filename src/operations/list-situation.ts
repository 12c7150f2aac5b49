import { parentOfList } from '../domain/breakdown/list-path.ts';
import { fullLimit, type Obstacle } from '../domain/claim-room.ts';
import type { ExplainedTask, Situation, TaskHolder } from '../domain/explain.ts';
import { PRIORITIES, type Priority } from '../domain/priority.ts';
import type { HeldTask, ListSummary, LiveInstance } from '../store/store.ts';
import type { Here } from '../store/whereabouts.ts';
import { executorsOf, hereOf, holderText, isAbandoned, processText } from './liveness.ts';
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
  ctx: OperationContext,
  list: ListSummary,
): Promise<ListSituation> {
  const { store, world } = ctx;
  const { processes, clock } = world;
  const here = hereOf(ctx);
  const [held, instances, { limits }] = await Promise.all([
    store.heldTasks(list.listId),
    store.instances(),
    store.limits(),
  ]);
  const executor = executorsOf(instances, here).get(list.listId) ?? null;
  // Only what nobody executes is named: where there are several lists, with its path.
  const isClaimed = parentOfList(list.path) !== null;
  const isOnly = !isClaimed && (executor !== null || (await store.lists()).length === 1);
  const holders = new Map(held.map((task) => [task.id, holderOf(task, here)]));
  const minPriority = minPriorityOf(list.executor.configJson);
  const obstacle = (task: ExplainedTask): Obstacle | null => {
    const limit = fullLimit(limits, { listId: list.listId, ...wishesOf(task, list) });
    return limit === null ? null : { kind: 'full', limit };
  };
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
      obstacle,
      task,
      holder: (id) => holders.get(id),
      ...(open === undefined ? {} : { open }),
    }),
  };
}

/** What limits look at. The agent is the list's where its tasks name none. */
function wishesOf({ agent, needs = [] }: ExplainedTask, { executor }: ListSummary) {
  const options = optionsIn(executor.configJson);
  const ofList = (options['agentCommand'] ?? null) === null ? options['agent'] : 'command';
  return { agent: agent ?? (typeof ofList === 'string' ? ofList : null), needs };
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

function holderOf(task: HeldTask, here: Here): TaskHolder {
  return {
    attempt: task.attempt,
    sinceMs: task.startedAtMs,
    agent: task.agent,
    process: holderText(task, here.processes),
    gone: isAbandoned(task, here),
  };
}

/** Anybody may write `config_json`: what is not a priority excludes nothing. */
export function minPriorityOf(configJson: string | null): Priority {
  const { minPriority } = optionsIn(configJson);
  return PRIORITIES.find((priority) => priority === minPriority) ?? 'P4';
}

function optionsIn(configJson: string | null): Readonly<Record<string, unknown>> {
  try {
    const options: unknown = JSON.parse(configJson ?? '{}');
    return typeof options === 'object' && options !== null ? { ...options } : {};
  } catch {
    return {};
  }
}
