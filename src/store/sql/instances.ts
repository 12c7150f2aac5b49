import type { Instance, LiveInstance } from '../store.ts';
import { change, rows, type Verb, type VerbContext } from './verb.ts';

const REGISTER =
  'INSERT INTO instances (id, kind, host, pid, pid_started_at, boot_id, version, list_id, ' +
  'started_at_ms, heartbeat_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
const END = 'UPDATE instances SET ended_at_ms = ? WHERE id = ? AND ended_at_ms IS NULL';
const INSTANCE_COLUMNS =
  'id, kind, host, pid, pid_started_at AS pidStartedAt, boot_id AS bootId, version, ' +
  'list_id AS listId, started_at_ms AS startedAtMs, heartbeat_at_ms AS heartbeatAtMs';
const LIVE = `SELECT ${INSTANCE_COLUMNS} FROM instances WHERE ended_at_ms IS NULL ORDER BY id`;
const KEPT_MS = 7 * 86_400_000;
const FORGET = 'DELETE FROM instances WHERE ended_at_ms IS NOT NULL AND ended_at_ms < ?';

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
}

/** Make this process known, so that others can see whether it still lives. */
export function* registerInstance(ctx: VerbContext, input: Instance): Verb<void> {
  yield* change(FORGET, ctx.nowMs - KEPT_MS);
  yield* change(
    REGISTER,
    input.id,
    input.kind,
    input.host,
    input.process.pid,
    input.process.startedAt,
    input.process.bootId,
    input.version,
    input.listId,
    ctx.nowMs,
    ctx.nowMs,
  );
}

export function* endInstance(ctx: VerbContext, id: string): Verb<void> {
  yield* change(END, ctx.nowMs, id);
}

/** Those that did not say goodbye; whether they live is for their host to find out. */
export function* readInstances(): Verb<readonly LiveInstance[]> {
  const found = yield* rows<InstanceRow>(LIVE);
  return found.map(({ pid, pidStartedAt, bootId, ...rest }) => ({
    ...rest,
    process: { pid, startedAt: pidStartedAt, bootId },
  }));
}
