import { PawlError } from '../domain/errors.ts';
import type { FleetMember } from '../store/instances.ts';
import { pause } from '../world/timers.ts';
import { type HostView, listHosts } from './list-hosts.ts';
import { type OperationContext, operation } from './operation.ts';

export interface DrainHost {
  /** A host, the id of a process, or the end of one. */
  readonly name: string;
  /** After that, tasks that still run are left to others; null: they may take their time. */
  readonly withinMs: number | null;
  readonly undo: boolean;
  /** Until they have left. */
  readonly wait: boolean;
  readonly signal?: AbortSignal;
}

const LOOK_MS = 200;
const ID_END_MIN = 4;
/** What can be told to claim nothing more. */
const CLAIMING = ['server', 'executor'];

/**
 * Ask the servers of a host to claim nothing more, to let their tasks end, and to leave; or take
 * that back. Works from any host. Nothing is lost, and nothing is charged. Servers that have left
 * already are answered as they are.
 *
 * @throws PawlError `usage`, `host_not_found`, `aborted`.
 */
export async function drainHost(
  ctx: OperationContext,
  input: DrainHost,
): Promise<readonly HostView[]> {
  return await operation(ctx, { operation: 'drain-host' }, async () => {
    if (input.name.trim() === '') throw new PawlError('usage', 'which host? See `pawl hosts`');
    const meant = meantBy(await ctx.store.fleet(), input.name);
    const { withinMs, undo } = input;
    const living = meant.filter(({ endedAtMs }) => endedAtMs === null);
    for (const { id } of living) await ctx.store.requestDrain({ id, withinMs, undo });
    ctx.log.info('server.draining', { name: input.name, undo });
    const ids = new Set(meant.map(({ id }) => id));
    for (;;) {
      const now = (await listHosts(ctx)).filter(({ id }) => ids.has(id));
      const isOver = now.every(({ state }) => state === 'ended' || state === 'gone');
      if (isOver || undo || !input.wait) return now;
      if (input.signal?.aborted === true) throw new PawlError('aborted', 'the wait was cancelled');
      await pause(ctx.world.timers, LOOK_MS, input.signal);
    }
  });
}

function meantBy(fleet: readonly FleetMember[], name: string): readonly FleetMember[] {
  const claiming = fleet.filter(({ kind }) => CLAIMING.includes(kind));
  const living = claiming.filter(({ endedAtMs }) => endedAtMs === null);
  const ofHost = living.filter(({ host }) => host === name);
  if (ofHost.length > 0) return ofHost;
  const isEndOf = (id: string): boolean =>
    id === name || (name.length >= ID_END_MIN && id.endsWith(name));
  const byId = living.filter(({ id }) => isEndOf(id));
  if (byId.length === 1) return byId;
  const left = claiming.filter(({ host, id }) => host === name || isEndOf(id));
  if (byId.length === 0 && left.length > 0) return left;
  const message =
    byId.length === 0 ? `no server is, or is on, ${name}` : `several servers end with ${name}`;
  throw new PawlError('host_not_found', message, {
    details: { hosts: [...new Set(living.map(({ host }) => host))] },
  });
}
