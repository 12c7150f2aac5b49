import { sessionOf } from '../domain/holder.ts';
import type { HeldTask, LiveInstance } from '../store/store.ts';
import type { Processes } from '../world/processes.ts';
import type { World } from '../world/world.ts';

/**
 * Is the process behind a holder surely gone? On this host that is a fact, found by pid, start and
 * boot; of another host's process only its lease can tell, so it counts as there.
 */
export function isSurelyGone(instance: LiveInstance | null, processes: Processes): boolean {
  if (instance === null) return true;
  return instance.host === processes.host && !processes.isAlive(instance.process);
}

/**
 * Does nobody watch over a running task any more? A client that holds one has no process of ours:
 * of it only the lease tells.
 */
export function isAbandoned(task: HeldTask, { processes, clock }: World): boolean {
  if (sessionOf(task.holderId) !== null) return task.leaseUntilMs < clock.now();
  return isSurelyGone(task.holder, processes);
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
  processes: Processes,
): ReadonlyMap<string, LiveInstance> {
  const found = new Map<string, LiveInstance>();
  for (const instance of instances) {
    if (instance.listId === null || instance.kind !== 'executor') continue;
    if (!isSurelyGone(instance, processes)) found.set(instance.listId, instance);
  }
  return found;
}
