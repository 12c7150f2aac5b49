import { asPawlError } from '../domain/as-pawl-error.ts';
import { operation, type ProjectContext, underSignal } from './operation.ts';

/** One thing that was tried, and what came of it. */
export interface HealthProbe {
  readonly name: 'store' | 'write' | 'disk' | 'locks' | 'schema' | 'backups' | 'audit';
  readonly ok: boolean;
  readonly message: string;
  /** Milliseconds that it took. */
  readonly tookMs: number;
}

export interface ProbeHealth {
  /** What the migrator says of the schema; a message when it cannot be used as it is. */
  readonly schema: { readonly ok: boolean; readonly message: string };
  /** Copies of the store, the newest first, with the moment each was made. */
  readonly backups: readonly { readonly name: string; readonly atMs: number }[];
  /** Compare every task with its events, too: it reads the whole store. */
  readonly deep: boolean;
  readonly signal?: AbortSignal | undefined;
}

const FREE_BYTES_MIN = 200 * 1024 * 1024;
const MIB = 1024 * 1024;
const PROBE_LOCK = 'probe:health';
const PROBE_MS = 10_000;
const MINUTE_MS = 60_000;

/**
 * Try what every call needs, now: read the store, write to it durably, room on the disk. Nothing is
 * taken from memory; a probe that fails says why, and the others go on.
 */
export async function probeHealth(
  ctx: ProjectContext,
  { schema, backups, deep, signal }: ProbeHealth,
): Promise<readonly HealthProbe[]> {
  return await operation(ctx, { operation: 'probe-health' }, async () => {
    const { world, stateDir } = ctx;
    const { store } = underSignal(ctx, signal);
    const probes: readonly (readonly [HealthProbe['name'], () => Promise<Verdict>])[] = [
      ['store', async () => good(`${(await store.lists()).length} lists in ${store.location}`)],
      ['write', async () => await written(store, world.ids.uuid())],
      ['disk', async () => roomOf(await world.files.freeBytes(stateDir))],
      ['locks', async () => leasesOf(await store.heldTasks(null))],
      ['schema', () => Promise.resolve(schema)],
      ['backups', () => Promise.resolve(copiesOf(backups, world.clock.now()))],
      ...(deep ? [['audit', async () => differences(await store.audit())] as const] : []),
    ];
    const found: HealthProbe[] = [];
    for (const [name, probe] of probes) found.push(await tried(ctx, name, probe));
    return found;
  });
}

type Verdict = Pick<HealthProbe, 'ok' | 'message'>;

const good = (message: string): Verdict => ({ ok: true, message });

async function tried(
  { world }: ProjectContext,
  name: HealthProbe['name'],
  probe: () => Promise<Verdict>,
): Promise<HealthProbe> {
  const begunMs = world.clock.monotonic();
  const verdict = await probe().catch(
    (cause: unknown): Verdict => ({ ok: false, message: asPawlError(cause).message }),
  );
  return { name, ...verdict, tookMs: Math.round(world.clock.monotonic() - begunMs) };
}

/** A lock of our own is taken and given back: two commits, as durable as any. */
async function written(store: ProjectContext['store'], holderId: string): Promise<Verdict> {
  const name = `${PROBE_LOCK}:${holderId}`;
  const lock = await store.acquireLock({ name, holderId, ttlMs: PROBE_MS });
  if (lock.kind === 'acquired') {
    await store.releaseLock({ name, holderId, fence: lock.fence });
  }
  return good('two durable writes');
}

function roomOf(freeBytes: number): Verdict {
  return { ok: freeBytes >= FREE_BYTES_MIN, message: `${Math.round(freeBytes / MIB)} MiB free` };
}

function leasesOf(held: readonly { readonly leaseLeftMs: number }[]): Verdict {
  const late = held.filter(({ leaseLeftMs }) => leaseLeftMs < 0).length;
  return good(`${held.length} tasks are held; the leases of ${late} have run out`);
}

function copiesOf(backups: ProbeHealth['backups'], nowMs: number): Verdict {
  const [newest] = backups;
  if (newest === undefined) return good('none yet: the first is made by a run or a migration');
  const minutes = Math.max(0, Math.round((nowMs - newest.atMs) / MINUTE_MS));
  return good(`${backups.length}, the newest ${minutes} min old: ${newest.name}`);
}

function differences(faults: readonly { readonly message: string }[]): Verdict {
  const [first] = faults;
  if (first === undefined) return good('every task equals the fold of its events');
  return { ok: false, message: `${faults.length} differences, the first: ${first.message}` };
}
