import type { Processes } from '../world/processes.ts';
import type { World } from '../world/world.ts';

/**
 * A name for this process as the owner of one short lock. It tells others on this host whether the
 * owner lives, so that a lock whose owner was killed need not be waited for.
 */
export function lockOwner({ processes, ids }: World): string {
  const { host, self } = processes;
  return [host, self.bootId, self.pid, self.startedAt, ids.uuid()].join(SEPARATOR);
}

/** Is the owner surely gone? False for names of another form and of other hosts. */
export function isOwnerGone(owner: string, processes: Processes): boolean {
  const [host, bootId, pid, startedAt, unique] = owner.split(SEPARATOR);
  if (host !== processes.host || unique === undefined) return false;
  if (bootId === undefined || startedAt === undefined) return false;
  return !processes.isAlive({ pid: Number(pid), startedAt, bootId });
}

/** The owner for people: `process 4711 on this host`. */
export function ownerText(owner: string, processes: Processes): string {
  const [host, , pid, , unique] = owner.split(SEPARATOR);
  if (unique === undefined) return owner;
  return `process ${pid} on ${host === processes.host ? 'this host' : host}`;
}

/** What the owner's name has and no other has. */
export function uniquePartOf(owner: string): string {
  return owner.slice(owner.lastIndexOf(SEPARATOR) + 1);
}

const SEPARATOR = '|';
