import type {
  AcquireLock,
  CleanupLocks,
  LockAnswer,
  NamedLock,
  ReleaseLock,
  RenewLock,
} from '../store.ts';
import { EACH_TEXT } from './fragments.ts';
import { change, row, rows, type Verb, type VerbContext } from './verb.ts';

interface LockRow {
  readonly holderId: string | null;
  readonly fence: number;
  readonly acquiredAtMs: number;
  readonly expiresAtMs: number;
}

const READ =
  'SELECT holder_id AS holderId, fence, acquired_at_ms AS acquiredAtMs, ' +
  'expires_at_ms AS expiresAtMs FROM locks WHERE name = ?';
const READ_ALL =
  'SELECT name, holder_id AS holderId, fence, acquired_at_ms AS acquiredAtMs, ' +
  'expires_at_ms AS expiresAtMs FROM locks WHERE substr(name, 1, length(?)) = ? ORDER BY name';
const TAKE =
  'INSERT INTO locks (name, holder_id, fence, acquired_at_ms, renewed_at_ms, expires_at_ms) ' +
  'VALUES (?, ?, 1, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET holder_id = excluded.holder_id, ' +
  'fence = locks.fence + 1, acquired_at_ms = excluded.acquired_at_ms, ' +
  'renewed_at_ms = excluded.renewed_at_ms, ' +
  'expires_at_ms = excluded.expires_at_ms';
const RENEW =
  'UPDATE locks SET expires_at_ms = ?, renewed_at_ms = ? ' +
  'WHERE name = ? AND holder_id = ? AND fence = ?';
/** The row stays, so that the fence never starts again from one. */
const RELEASE =
  'UPDATE locks SET holder_id = NULL, expires_at_ms = 0 ' +
  'WHERE name = ? AND holder_id = ? AND fence = ?';
const CLEAN =
  'UPDATE locks SET holder_id = NULL, expires_at_ms = 0 WHERE holder_id IS NOT NULL ' +
  'AND (expires_at_ms <= ? OR renewed_at_ms <= ? ' +
  `OR holder_id IN (SELECT value FROM ${EACH_TEXT}))`;

/**
 * Take a named lock, for at most `ttlMs` unless renewed. Whoever holds it is named otherwise.
 * Taking it again as its holder renews it under the same fence.
 */
export function* acquireLock(ctx: VerbContext, input: AcquireLock): Verb<LockAnswer> {
  const lock = yield* row<LockRow>(READ, input.name);
  const expiresAtMs = ctx.nowMs + input.ttlMs;
  const holderId = lock?.holderId ?? null;
  if (lock !== undefined && holderId !== null && lock.expiresAtMs > ctx.nowMs) {
    if (holderId === input.holderId) {
      yield* change(RENEW, expiresAtMs, ctx.nowMs, input.name, holderId, lock.fence);
      return { kind: 'acquired', fence: lock.fence };
    }
    if (holderId !== input.evenFrom) {
      return {
        kind: 'held',
        holderId,
        sinceMs: lock.acquiredAtMs,
        expiresAtMs: lock.expiresAtMs,
      };
    }
  }
  yield* change(TAKE, input.name, input.holderId, ctx.nowMs, ctx.nowMs, expiresAtMs);
  return { kind: 'acquired', fence: (lock?.fence ?? 0) + 1 };
}

/** False when the lock is somebody else's by now. */
export function* renewLock(ctx: VerbContext, input: RenewLock): Verb<boolean> {
  const { name, holderId, fence } = input;
  return (yield* change(RENEW, ctx.nowMs + input.ttlMs, ctx.nowMs, name, holderId, fence)) > 0;
}

export function* releaseLock(_ctx: VerbContext, input: ReleaseLock): Verb<boolean> {
  return (yield* change(RELEASE, input.name, input.holderId, input.fence)) > 0;
}

/** In a transaction that could write, which alone is told the clock that judges leases. */
export function* readLocks(ctx: VerbContext, prefix: string): Verb<readonly NamedLock[]> {
  const found = yield* rows<Omit<NamedLock, 'leftMs'>>(READ_ALL, prefix, prefix);
  return found.map((lock) => ({ ...lock, leftMs: lock.expiresAtMs - ctx.nowMs }));
}

export function* cleanupStaleLocks(ctx: VerbContext, input: CleanupLocks): Verb<number> {
  const dead = JSON.stringify(input.deadHolders);
  return yield* change(CLEAN, ctx.nowMs, ctx.nowMs - input.maxAgeMs, dead);
}
