import { parentOfList } from '../domain/breakdown/list-path.ts';
import { fullLimit, type Obstacle } from '../domain/claim-room.ts';
import type { ExplainedTask, Situation, TaskHolder } from '../domain/explain.ts';
import { sessionOf } from '../domain/holder.ts';
import { PRIORITIES, type Priority } from '../domain/priority.ts';
import type { HeldTask, ListRecord, LiveInstance } from '../store/store.ts';
import type { Here } from '../store/whereabouts.ts';
import {
  executorsOf,
  hereOf,
  holderText,
  isAbandoned,
  isServing,
  isSurelyGone,
  processText,
  serversText,
} from './liveness.ts';
import type { OperationContext } from './operation.ts';

/** Everything around the tasks of one list that their explanations need, but the tasks. */
export interface ListSituation {
  readonly list: ListRecord;
  readonly minPriority: Priority;
  readonly executor: LiveInstance | null;
  /** Servers that work on it as on every list that is to be executed, for people; null: none. */
  readonly servers: string | null;
  readonly held: readonly HeldTask[];
  /** Completed with the tasks that may be asked for. */
  around(task: Situation['task'], open?: NonNullable<Situation['open']>): Situation;
}

export async function readListSituation(
  ctx: OperationContext,
  list: ListRecord,
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
  const isOnly = !isClaimed && (executor !== null || (await store.listRecords()).length === 1);
  const holders = new Map(held.map((task) => [task.id, holderOf(task, here)]));
  const minPriority = minPriorityOf(list.executor.configJson);
  const workers = workersOf(instances, { list, here });
  const servers = serversText(
    workers.filter(({ kind }) => kind === 'server'),
    here,
  );
  const obstacle = (task: ExplainedTask): Obstacle | null => {
    const wishes = wishesOf(task, list);
    const limit = fullLimit(limits, { listId: list.listId, ...wishes });
    if (limit !== null) return { kind: 'full', limit };
    const label = isClaimed ? null : missingLabel(wishes.needs, workers);
    return label === null ? null : { kind: 'not_offered', label };
  };
  return {
    list,
    minPriority,
    executor,
    servers,
    held,
    around: (task, open) => ({
      nowMs: clock.now(),
      minPriority,
      executor: list.executor.status,
      executedBy: workers[0] === undefined ? null : processText(workers[0], processes),
      ...(isOnly ? {} : { runBy: `pawl run ${list.path}` }),
      isClaimed,
      obstacle,
      task,
      holder: (id) => holders.get(id),
      ...(open === undefined ? {} : { open }),
    }),
  };
}

/** The living processes that claim from the list: who executes it, and servers that stay. */
function workersOf(
  instances: readonly LiveInstance[],
  { list, here }: { readonly list: ListRecord; readonly here: Here },
): readonly LiveInstance[] {
  const serves = (one: LiveInstance): boolean =>
    one.kind === 'server'
      ? list.executor.status === 'running' && isServing(one)
      : one.listId === list.listId;
  const known = ['executor', 'server'];
  return instances
    .filter((one) => known.includes(one.kind) && serves(one) && !isSurelyGone(one, here))
    .toSorted((a, b) => known.indexOf(a.kind) - known.indexOf(b.kind));
}

/** What none of them offers; null when one of them offers all of it, or nobody is there. */
function missingLabel(needs: readonly string[], workers: readonly LiveInstance[]): string | null {
  const offers = ({ labels }: LiveInstance, need: string): boolean =>
    labels === null || labels.includes(need);
  if (workers.length === 0) return null;
  if (workers.some((worker) => needs.every((need) => offers(worker, need)))) return null;
  const missing = needs.find((need) => !workers.some((worker) => offers(worker, need)));
  return missing ?? `${needs.join(' and ')} together`;
}

/** What limits look at. The agent is the list's where its tasks name none. */
function wishesOf({ agent, needs = [] }: ExplainedTask, { executor }: ListRecord) {
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
    leaseLeftMs: sessionOf(task.holderId) === null ? null : task.leaseLeftMs,
    asked: task.endRequest,
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
