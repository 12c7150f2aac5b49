import { ClaimRoom, type Limit, type RunningTasks } from '../../domain/claim-room.ts';
import { PawlError } from '../../domain/errors.ts';
import type { Limits, SetLimit } from '../limits.ts';
import { labelsIn } from './ready-tasks.ts';
import { change, row, rows, type Verb, type VerbContext } from './verb.ts';

const STORED = 'SELECT kind, name, max_running AS maxRunning FROM claim_limits ORDER BY kind, name';
/** A few rows: no more tasks run than agents. */
const RUNNING =
  'SELECT list_id AS listId, assigned_agent AS agent, needs_json AS needsJson, ' +
  "count(*) AS running FROM task_queue WHERE status = 'running' " +
  'GROUP BY list_id, assigned_agent, needs_json';
const SET =
  'INSERT INTO claim_limits (kind, name, max_running, set_at_ms) VALUES (?, ?, ?, ?) ' +
  'ON CONFLICT (kind, name) DO UPDATE SET max_running = excluded.max_running, ' +
  'set_at_ms = excluded.set_at_ms';
const CLEAR = 'DELETE FROM claim_limits WHERE kind = ? AND name = ?';
const LIST = 'SELECT list_id AS listId FROM task_lists WHERE list_id = ?';
/** Belongs into a `SELECT`: 1 when somebody set a limit, 0 otherwise. */
export const IS_LIMITED = 'EXISTS (SELECT 1 FROM claim_limits) AS limited';

/** @throws PawlError `list_not_found`. */
export function* setLimit(ctx: VerbContext, { kind, name, maxRunning }: SetLimit): Verb<void> {
  if (maxRunning === null) {
    yield* change(CLEAR, kind, name);
    return;
  }
  if (kind === 'list' && (yield* row(LIST, name)) === undefined) {
    throw new PawlError('list_not_found', `no list has the id ${name}`);
  }
  yield* change(SET, kind, name, maxRunning, ctx.nowMs);
}

export function* readLimits(): Verb<Limits> {
  const running = yield* readRunning();
  const room = new ClaimRoom({ limits: yield* rows<Limit>(STORED), running, offered: null });
  return {
    limits: room.uses(),
    running: running.reduce((sum, alike) => sum + alike.running, 0),
  };
}

/** The room that a claim has, as of its own transaction: the stored limits and the claimer's. */
export function* readRoom(claimer: {
  readonly agentLimits?: Readonly<Record<string, number>>;
  readonly labels?: readonly string[];
}): Verb<ClaimRoom> {
  const own = Object.entries(claimer.agentLimits ?? {}).map(
    ([name, maxRunning]): Limit => ({ kind: 'agent', name, maxRunning }),
  );
  return new ClaimRoom({
    limits: [...(yield* rows<Limit>(STORED)), ...own],
    running: yield* readRunning(),
    offered: claimer.labels ?? null,
  });
}

function* readRunning(): Verb<readonly RunningTasks[]> {
  const found = yield* rows<Omit<RunningTasks, 'needs'> & { readonly needsJson: string | null }>(
    RUNNING,
  );
  return found.map(({ needsJson, ...alike }) => ({ ...alike, needs: labelsIn(needsJson) }));
}
