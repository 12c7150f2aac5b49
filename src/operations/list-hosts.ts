import type { FleetMember } from '../store/instances.ts';
import { whereaboutsOf } from '../store/whereabouts.ts';
import { hereOf, SILENT_MS } from './liveness.ts';
import { type OperationContext, operation } from './operation.ts';
import { momentOf } from './task-view.ts';

/** A process that works, or worked within the last hour, on the store. */
export interface HostView {
  readonly host: string;
  readonly id: string;
  readonly kind: string;
  readonly pid: number;
  readonly version: string;
  /** `silent`: longer than a lease without a word. `gone`: its process is no more. */
  readonly state: 'works' | 'drains' | 'silent' | 'gone' | 'ended';
  readonly labels: readonly string[];
  /** Most tasks at once; null for what has no such limit of its own. */
  readonly capacity: number | null;
  readonly running: number;
  /** Since its last heartbeat, by the database's clock. */
  readonly heartbeatAgeMs: number;
  /** Its host's clock minus the database's, as of a heartbeat; null: not measured. */
  readonly clockSkewMs: number | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** When its tasks are left to others; null: it is not to leave, or may take its time. */
  readonly drainBy: string | null;
  readonly listId: string | null;
}

/** Every process that works on the store, on all hosts. */
export async function listHosts(ctx: OperationContext): Promise<readonly HostView[]> {
  return await operation(ctx, { operation: 'list-hosts' }, async () => {
    const here = hereOf(ctx);
    const fleet = await ctx.store.fleet();
    return fleet.map((member) => viewOf(member, whereaboutsOf(member, here) === 'gone'));
  });
}

function viewOf(member: FleetMember, isGone: boolean): HostView {
  const { host, id, kind, version, labels, capacity, running, clockSkewMs, listId } = member;
  return {
    ...{ host, id, kind, pid: member.process.pid, version },
    state: stateOf(member, isGone),
    ...{
      labels: labels ?? [],
      capacity,
      running,
      heartbeatAgeMs: Math.max(0, member.silentMs),
      clockSkewMs,
    },
    startedAt: momentOf(member.startedAtMs),
    endedAt: momentOf(member.endedAtMs),
    drainBy: momentOf(member.drain?.byMs ?? null),
    listId,
  };
}

function stateOf({ endedAtMs, silentMs, drain }: FleetMember, isGone: boolean): HostView['state'] {
  if (endedAtMs !== null) return 'ended';
  if (isGone) return 'gone';
  if (silentMs > SILENT_MS) return 'silent';
  return drain === null ? 'works' : 'drains';
}
