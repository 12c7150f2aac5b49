import { PawlError } from '../../domain/errors.ts';
import { timeText } from '../../domain/time-text.ts';
import type { LoadList, RenamedList } from '../store.ts';
import { change, row, rows, type Verb, type VerbContext } from './verb.ts';

/** A list as a load finds it. */
export interface FoundList {
  readonly listId: string;
  /** Under which its rows stand now. */
  readonly path: string;
  readonly homeHost: string | null;
  readonly markedSeq: number;
}

const FIND =
  'SELECT list_id AS listId, task_list_path AS path, home_host AS homeHost, ' +
  'marked_event_seq AS markedSeq FROM task_lists WHERE ';
const ADD = 'INSERT INTO task_lists (list_id, task_list_path, created_at_ms) VALUES (?, ?, ?)';
const ADD_EXECUTOR =
  'INSERT INTO executors (id, list_id, created_at, updated_at) ' +
  'SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM executors WHERE list_id = ?)';
const EXECUTORS =
  'SELECT id, host, pid, started_at_ms AS sinceMs FROM instances ' +
  "WHERE list_id = ? AND kind = 'executor' AND ended_at_ms IS NULL";
const EVER_RAN =
  'SELECT task_id AS taskId FROM task_queue WHERE list_id = ? AND claims > 0 LIMIT 1';
const FORGET = [
  'DELETE FROM task_dependencies WHERE task IN (SELECT id FROM task_queue WHERE list_id = ?)',
  'DELETE FROM task_events WHERE list_id = ?',
  'DELETE FROM task_queue WHERE list_id = ?',
  'DELETE FROM executors WHERE list_id = ?',
  'DELETE FROM task_lists WHERE list_id = ?',
];
const RENAME = [
  'UPDATE task_lists SET task_list_path = ? WHERE list_id = ?',
  'UPDATE task_queue SET task_list_path = ? WHERE list_id = ?',
];

/**
 * The list that a load is about: that of its path, or the one that goes on under its path; null
 * when it is a new one. Changes nothing.
 *
 * @throws PawlError `list_foreign_host`, `list_changed`, `list_in_use`, `list_exists`.
 */
export function* findList(input: LoadList): Verb<FoundList | null> {
  const { renames } = input;
  const there = (yield* row<FoundList>(`${FIND} task_list_path = ?`, input.path)) ?? null;
  const list = renames === undefined ? there : yield* findRenamed(renames, there);
  yield* refuseTwin(input, there);
  const foreign = list !== null && list.homeHost !== null && list.homeHost !== input.host;
  if (foreign && !input.joinHost) {
    throw new PawlError('list_foreign_host', `${list.path} belongs to the host ${list.homeHost}`, {
      details: { host: list.homeHost },
    });
  }
  return list;
}

/** Two names of one file are one list, also when both are loaded for the first time at once. */
function* refuseTwin(
  { path, realPath, knownLists }: LoadList,
  there: FoundList | null,
): Verb<void> {
  if (there !== null || realPath === null || knownLists === undefined) return;
  const twins = yield* rows<FoundList>(
    `${FIND} real_path = ? OR task_list_path = ?`,
    realPath,
    realPath,
  );
  const twin = twins.find(({ listId }) => !knownLists.includes(listId));
  if (twin === undefined) return;
  throw new PawlError('list_changed', `${path} was loaded as ${twin.path} meanwhile`);
}

function* findRenamed(renames: RenamedList, there: FoundList | null): Verb<FoundList> {
  const list = yield* row<FoundList>(`${FIND} list_id = ?`, renames.listId);
  const isAsSeen =
    list?.path === renames.from && (there?.listId ?? null) === (renames.replaces ?? null);
  if (list === undefined || !isAsSeen) {
    throw new PawlError('list_changed', `${renames.from} was renamed by somebody else`);
  }
  yield* refuseInUse(list, renames);
  if (there === null) return list;
  yield* refuseInUse(there, renames);
  const ran = yield* row<{ taskId: string }>(EVER_RAN, there.listId);
  if (ran === undefined) return list;
  const message = `${there.path} is a list of its own, of which ${ran.taskId} ran already`;
  throw new PawlError('list_exists', message, { details: { path: there.path } });
}

/** Whoever executes a list holds its path. */
function* refuseInUse(list: FoundList, { deadExecutors }: RenamedList): Verb<void> {
  const executors = yield* rows<{ id: string; host: string; pid: number; sinceMs: number }>(
    EXECUTORS,
    list.listId,
  );
  const living = executors.find(({ id }) => !deadExecutors.includes(id));
  if (living === undefined) return;
  const { host, pid, sinceMs } = living;
  const since = timeText(sinceMs);
  const message = `process ${pid} on ${host} executes ${list.path} since ${since}`;
  throw new PawlError('list_in_use', message, { details: { host, pid, sinceMs, path: list.path } });
}

/** Make the found list the one of the path, or a new one where none was found. */
export function* openList(
  ctx: VerbContext,
  input: LoadList,
  found: FoundList | null,
): Verb<FoundList> {
  const { renames, path } = input;
  if (renames?.replaces !== undefined) {
    for (const sql of FORGET) yield* change(sql, renames.replaces);
  }
  const list = found ?? { listId: ctx.uuid(), path, homeHost: null, markedSeq: 0 };
  if (found === null) yield* change(ADD, list.listId, path, ctx.nowMs);
  else if (renames !== undefined) for (const sql of RENAME) yield* change(sql, path, list.listId);
  const { nowText } = ctx;
  yield* change(ADD_EXECUTOR, ctx.uuid(), list.listId, nowText, nowText, list.listId);
  return { ...list, path };
}
