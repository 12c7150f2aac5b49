import { invariant } from '../../domain/errors.ts';
import type { Handle, KeepHandle } from '../handles.ts';
import { change, row, type Verb, type VerbContext } from './verb.ts';

const COLUMNS =
  'handle, kind, list_id AS listId, task, fence, input_json AS inputJson, state, ' +
  'result_json AS resultJson, created_at_ms AS createdAtMs, updated_at_ms AS updatedAtMs, ' +
  'expires_at_ms AS expiresAtMs';
const READ = `SELECT ${COLUMNS} FROM handles WHERE handle = ?`;
const KEEP =
  'INSERT INTO handles (handle, kind, list_id, task, fence, input_json, state, result_json, ' +
  'created_at_ms, updated_at_ms, expires_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ' +
  'ON CONFLICT (handle) DO UPDATE SET state = excluded.state, input_json = excluded.input_json, ' +
  'result_json = excluded.result_json, updated_at_ms = excluded.updated_at_ms ' +
  "WHERE handles.state NOT IN ('completed', 'failed', 'cancelled')";
const FORGET =
  'DELETE FROM handles WHERE handle IN ' +
  '(SELECT handle FROM handles WHERE expires_at_ms <= ? LIMIT 20)';

/**
 * Write a handle, or how it stands now; gives it as it is stored. One that is over stays as it
 * ended. Those that nobody may ask for any more go meanwhile.
 */
export function* keepHandle(ctx: VerbContext, input: KeepHandle): Verb<Handle> {
  const { nowMs } = ctx;
  yield* change(FORGET, nowMs);
  const { handle, kind, listId, task, fence, inputJson, state, resultJson, keptMs } = input;
  const named = [handle, kind, listId, task, fence, inputJson, state, resultJson];
  yield* change(KEEP, ...named, nowMs, nowMs, nowMs + keptMs);
  const kept = yield* readHandle(handle);
  invariant(kept !== null, 'a handle is there when it was written in this transaction');
  return kept;
}

export function* readHandle(handle: string): Verb<Handle | null> {
  return (yield* row<Handle>(READ, handle)) ?? null;
}
