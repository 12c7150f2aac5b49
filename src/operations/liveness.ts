import { sessionOf } from '../domain/holder.ts';
import type { HeldTask, LiveInstance } from '../store/store.ts';
import { type Here, whereaboutsOf } from '../store/whereabouts.ts';
import type { Processes } from '../world/processes.ts';
import type { OperationContext, ProjectContext } from './operation.ts';

/** Whoever looks, for `whereaboutsOf`. */
export function hereOf(
  ctx: Pick<OperationContext, 'world' | 'store'> & Partial<Pick<ProjectContext, 'stateDir'>>,
): Here {
  const { world, store, stateDir } = ctx;
  const attemptsDir = stateDir === undefined ? null : `${stateDir}/attempts`;
  return { processes: world.processes, shared: store.capabilities.shared, attemptsDir };
}

/**
 * Is the process behind a holder surely gone, and what it left to be taken up here? Of another
 * host's process only its lease can tell, so it counts as there.
 */
export function isSurelyGone(instance: LiveInstance | null, here: Here): boolean {
  return whereaboutsOf(instance, here) === 'gone';
}

/**
 * Does nobody watch over a running task any more? A client that holds one has no process of ours:
 * of it only the lease tells.
 */
export function isAbandoned(task: HeldTask, here: Here): boolean {
  if (sessionOf(task.holderId) !== null) return task.leaseLeftMs < 0;
  return isSurelyGone(task.holder, here);
}

/** Who holds a running task, for people; null when nobody knows it. */
export function holderText(task: HeldTask, processes: Processes): string | null {
  if (sessionOf(task.holderId) !== null)
    return `the client ${task.clientName ?? 'that claimed it'}`;
  return task.holder === null ? null : processText(task.holder, processes);
}

/** A process for people: `process 4711 on this host`. */
export function processText(
  { host, process }: Pick<LiveInstance, 'host' | 'process'>,
  processes: Processes,
): string {
  return `process ${process.pid} on ${host === processes.host ? 'this host' : host}`;
}

/** Who executes each list now, by the list's id. */
export function executorsOf(
  instances: readonly LiveInstance[],
  here: Here,
): ReadonlyMap<string, LiveInstance> {
  const found = new Map<string, LiveInstance>();
  for (const instance of instances) {
    if (instance.listId === null || instance.kind !== 'executor') continue;
    if (!isSurelyGone(instance, here)) found.set(instance.listId, instance);
  }
  return found;
}

/** Without a word for longer, a server counts for nothing: two of the usual leases. */
export const SILENT_MS = 120_000;

/** Lives, as far as can be told, and was not asked to leave: it goes on to claim. */
export function isServing({ kind, silentMs, drain }: LiveInstance): boolean {
  return kind === 'server' && silentMs <= SILENT_MS && drain === null;
}

/** Servers for people: `process 4711 on this host`, or how many on which hosts; null: none. */
export function serversText(servers: readonly LiveInstance[], { processes }: Here): string | null {
  const [first] = servers;
  if (first === undefined) return null;
  if (servers.length === 1) return processText(first, processes);
  const hosts = [...new Set(servers.map(({ host }) => host))].toSorted();
  return `${servers.length} servers on ${hosts.join(', ')}`;
}
