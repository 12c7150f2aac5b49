import { PawlError } from '../../domain/errors.ts';
import type { ListSummary, SetExecutor } from '../store.ts';
import { readList } from './read-lists.ts';
import { change, row, type Verb, type VerbContext } from './verb.ts';

const SET_STATUS =
  'UPDATE executors SET status = ?, updated_at = ?, ' +
  "started_at = CASE WHEN ? = 'running' AND status <> 'running' THEN ? ELSE started_at END, " +
  "paused_at = CASE WHEN ? = 'paused' THEN ? WHEN ? = 'running' THEN NULL ELSE paused_at END, " +
  "stopped_at = CASE WHEN ? = 'stopped' THEN ? WHEN ? = 'running' THEN NULL ELSE stopped_at END " +
  'WHERE list_id = ?';
const KEPT = 'SELECT config_json AS configJson FROM executors WHERE list_id = ?';
const SET_CONFIG = 'UPDATE executors SET config_json = ?, updated_at = ? WHERE list_id = ?';
const SET_POLICY = 'UPDATE executors SET on_dep_failure = ?, updated_at = ? WHERE list_id = ?';

/** Record what a person wants of a list's executor: its state, its options. */
export function* setExecutor(ctx: VerbContext, input: SetExecutor): Verb<ListSummary> {
  const { listId, status, configJson, onDepFailure } = input;
  const now = ctx.nowText;
  if (status !== undefined) {
    const [s, n] = [status, now];
    yield* change(SET_STATUS, s, n, s, n, s, n, s, s, n, s, listId);
  }
  if (typeof configJson === 'string') yield* change(SET_CONFIG, configJson, now, listId);
  if (typeof configJson === 'function') {
    const kept = yield* row<{ readonly configJson: string | null }>(KEPT, listId);
    yield* change(SET_CONFIG, configJson(kept?.configJson ?? null), now, listId);
  }
  if (onDepFailure !== undefined) yield* change(SET_POLICY, onDepFailure, now, listId);
  const list = yield* readList(listId);
  if (list === null) throw new PawlError('list_not_found', `no list has the id ${listId}`);
  return list;
}
