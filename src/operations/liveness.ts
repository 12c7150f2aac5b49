import type { LiveInstance } from '../store/store.ts';
import type { Processes } from '../world/processes.ts';

/**
 * Is the process behind a holder surely gone? On this host that is a fact, found by pid, start and
 * boot; of another host's process only its lease can tell, so it counts as there.
 */
export function isSurelyGone(instance: LiveInstance | null, processes: Processes): boolean {
  if (instance === null) return true;
  return instance.host === processes.host && !processes.isAlive(instance.process);
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
