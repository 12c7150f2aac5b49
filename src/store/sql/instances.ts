import type { Drain, FleetMember, Instance, LiveInstance, RequestDrain } from '../instances.ts';
import { labelsIn } from './ready-tasks.ts';
import { change, type ReadContext, rows, type Verb, type VerbContext } from './verb.ts';

const REGISTER =
  'INSERT INTO instances (id, kind, host, pid, pid_started_at, boot_id, version, list_id, ' +
  'started_at_ms, heartbeat_at_ms, attempts_dir, labels_json, capacity) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
const END = 'UPDATE instances SET ended_at_ms = ? WHERE id = ? AND ended_at_ms IS NULL';
const INSTANCE_COLUMNS =
  'id, kind, host, pid, pid_started_at AS pidStartedAt, boot_id AS bootId, version, ' +
  'list_id AS listId, started_at_ms AS startedAtMs, heartbeat_at_ms AS heartbeatAtMs, ' +
  'ended_at_ms AS endedAtMs, attempts_dir AS attemptsDir, labels_json AS labels, capacity, ' +
  'clock_skew_ms AS clockSkewMs, drain_requested_at_ms AS drainRequestedAtMs, ' +
  'drain_by_ms AS drainByMs';
const LIVE = `SELECT ${INSTANCE_COLUMNS} FROM instances WHERE ended_at_ms IS NULL ORDER BY id`;
/** With those that left while tasks of theirs were still running. */
const HOLDERS =
  `SELECT ${INSTANCE_COLUMNS} FROM instances WHERE id IN ` +
  "(SELECT holder_id FROM task_queue WHERE status = 'running') ORDER BY id";
const FLEET =
  `SELECT ${INSTANCE_COLUMNS}, (SELECT count(*) FROM task_queue q ` +
  "WHERE q.status = 'running' AND q.holder_id = i.id) AS running FROM instances i " +
  'WHERE ended_at_ms IS NULL OR ended_at_ms > ? ORDER BY host, started_at_ms, id';
const DRAIN =
  'UPDATE instances SET drain_requested_at_ms = ?, drain_by_ms = ? ' +
  'WHERE id = ? AND ended_at_ms IS NULL';
const KEPT_MS = 7 * 86_400_000;
const FLEET_ENDED_MS = 3_600_000;
/** Not while it is named as the holder of a task: where that ran only this row tells. */
const FORGET =
  'DELETE FROM instances WHERE ended_at_ms IS NOT NULL AND ended_at_ms < ? AND NOT EXISTS ' +
  "(SELECT 1 FROM task_queue q WHERE q.status = 'running' AND q.holder_id = instances.id)";

interface InstanceRow {
  readonly id: string;
  readonly kind: string;
  readonly host: string;
  readonly pid: number;
  readonly pidStartedAt: string;
  readonly bootId: string;
  readonly version: string;
  readonly listId: string | null;
  readonly startedAtMs: number;
  readonly heartbeatAtMs: number;
  readonly endedAtMs: number | null;
  readonly attemptsDir: string | null;
  /** JSON. */
  readonly labels: string | null;
  readonly capacity: number | null;
  readonly clockSkewMs: number | null;
  readonly drainRequestedAtMs: number | null;
  readonly drainByMs: number | null;
}

/** Make this process known, so that others can see whether it still lives. */
export function* registerInstance(ctx: VerbContext, input: Instance): Verb<void> {
  yield* change(FORGET, ctx.nowMs - KEPT_MS);
  const { process, attemptsDir = null, labels, capacity = null } = input;
  yield* change(
    REGISTER,
    ...[input.id, input.kind, input.host, process.pid, process.startedAt, process.bootId],
    ...[input.version, input.listId, ctx.nowMs, ctx.nowMs, attemptsDir],
    (labels ?? null) === null ? null : JSON.stringify(labels),
    capacity,
  );
}

export function* endInstance(ctx: VerbContext, id: string): Verb<void> {
  yield* change(END, ctx.nowMs, id);
}

/** Those that did not say goodbye; whether they live is for their host to find out. */
export function* readInstances({ nowMs }: ReadContext): Verb<readonly LiveInstance[]> {
  return (yield* rows<InstanceRow>(LIVE)).map((found) => instanceOf(found, nowMs));
}

/** The processes that did not say goodbye, by what a store of any generation says of them. */
export function* readProcesses(): Verb<readonly Pick<Instance, 'host' | 'process'>[]> {
  const found = yield* rows<Pick<InstanceRow, 'host' | 'pid' | 'pidStartedAt' | 'bootId'>>(
    'SELECT host, pid, pid_started_at AS pidStartedAt, boot_id AS bootId FROM instances ' +
      'WHERE ended_at_ms IS NULL ORDER BY id',
  );
  return found.map(({ host, pid, pidStartedAt, bootId }) => ({
    host,
    process: { pid, startedAt: pidStartedAt, bootId },
  }));
}

/** Who holds the tasks that run now. */
export function* readHolders({ nowMs }: ReadContext): Verb<readonly LiveInstance[]> {
  return (yield* rows<InstanceRow>(HOLDERS)).map((found) => instanceOf(found, nowMs));
}

export function* readFleet({ nowMs }: ReadContext): Verb<readonly FleetMember[]> {
  const found = yield* rows<InstanceRow & { running: number }>(FLEET, nowMs - FLEET_ENDED_MS);
  return found.map((row) => ({ ...instanceOf(row, nowMs), running: row.running }));
}

export function* requestDrain(ctx: VerbContext, input: RequestDrain): Verb<boolean> {
  const { id, withinMs, undo = false } = input;
  const byMs = undo || withinMs === null ? null : ctx.nowMs + withinMs;
  return (yield* change(DRAIN, undo ? null : ctx.nowMs, byMs, id)) > 0;
}

function instanceOf(found: InstanceRow, nowMs: number): LiveInstance {
  const { id, kind, host, version, listId, startedAtMs, heartbeatAtMs, endedAtMs } = found;
  const { attemptsDir, capacity, clockSkewMs } = found;
  return {
    ...{ id, kind, host, version, listId, startedAtMs, heartbeatAtMs, endedAtMs },
    ...{ attemptsDir, capacity, clockSkewMs },
    process: { pid: found.pid, startedAt: found.pidStartedAt, bootId: found.bootId },
    labels: found.labels === null ? null : labelsIn(found.labels),
    silentMs: nowMs - heartbeatAtMs,
    drain: drainOf(found, nowMs),
  };
}

export type DrainRow = Pick<InstanceRow, 'drainRequestedAtMs' | 'drainByMs'>;

/** What was asked of one process. */
export const DRAIN_OF =
  'SELECT drain_requested_at_ms AS drainRequestedAtMs, drain_by_ms AS drainByMs ' +
  'FROM instances WHERE id = ?';

export function drainOf(found: DrainRow, nowMs: number): Drain | null {
  const { drainRequestedAtMs: requestedAtMs, drainByMs: byMs } = found;
  if (requestedAtMs === null) return null;
  return { requestedAtMs, byMs, isDue: byMs !== null && byMs <= nowMs };
}
