import type { Priority } from '../../domain/priority.ts';
import { EACH_TEXT, FOR_CLAIM } from './fragments.ts';
import { TASK_COLUMNS, type TaskRow } from './task-row.ts';
import { rows, type SqlValue, type Verb } from './verb.ts';

/** A task that could be claimed, with what it needs as it is stored. */
export interface ReadyRow extends TaskRow {
  readonly position: number;
  readonly needsJson: string | null;
}

export interface ReadyQuery {
  readonly listId: string;
  readonly minPriority: Priority;
  readonly most: number;
  /** None of these agents; a task that names none counts as one of `defaultAgent`. */
  readonly without?: { readonly agents: readonly string[]; readonly defaultAgent: string | null };
  /** Only of this role. */
  readonly specialistType?: string | null;
  /** Only with these needs, as they are stored; null: whatever they need. */
  readonly needs: readonly (string | null)[] | null;
  /** Nobody else may take them until this transaction ends. */
  readonly forClaim: boolean;
}

const IS_READY =
  "list_id = ? AND status = 'queued' AND pending_deps = 0 AND due_at_ms = 0 AND held = 0";
const READY =
  `SELECT ${TASK_COLUMNS}, position, needs_json AS needsJson FROM task_queue ` +
  `WHERE ${IS_READY} AND priority <= ?`;
/** Both need the index `task_queue_ready_needs`, in whose order they are read. */
const NEEDS_NOTHING = ' AND needs_json IS NULL';
const NEEDS_THESE = ' AND needs_json = ?';
const ONE_KIND = 'needs_json, ';
const OF_OTHERS = ` AND coalesce(agent, ?, '') NOT IN (SELECT value FROM ${EACH_TEXT})`;
const OF_ROLE = " AND coalesce(specialist_type, '') = ?";

/** From one value to the next by the index `task_queue_ready_needs`: as many steps as values. */
export const NEEDS_AHEAD =
  'WITH RECURSIVE ahead(needs) AS (' +
  `SELECT min(needs_json) FROM task_queue WHERE ${IS_READY} AND needs_json IS NOT NULL ` +
  'UNION ALL SELECT (SELECT min(needs_json) FROM task_queue ' +
  `WHERE ${IS_READY} AND needs_json IS NOT NULL AND needs_json > ahead.needs) ` +
  'FROM ahead WHERE needs IS NOT NULL) SELECT needs FROM ahead WHERE needs IS NOT NULL';

/** What ready tasks of a list need: each combination of labels once, as it is stored. */
export function* needsAhead(listId: string): Verb<readonly string[]> {
  const found = yield* rows<{ needs: string }>(NEEDS_AHEAD, listId, listId);
  return found.map(({ needs }) => needs);
}

/**
 * The most urgent ready tasks, in the order of claiming. Each kind of needs is read by an index of
 * its own: however many tasks stand before them that may not be claimed, they are not looked at.
 */
export function* readyTasks(query: ReadyQuery): Verb<readonly ReadyRow[]> {
  const { needs, most } = query;
  if (needs === null) return yield* readyOf(query, '', []);
  const found: ReadyRow[] = [];
  for (const kind of needs) {
    const [where, params] = kind === null ? [NEEDS_NOTHING, []] : [NEEDS_THESE, [kind]];
    found.push(...(yield* readyOf(query, where, params)));
  }
  const inOrder = found.toSorted(
    (a, b) => compareTexts(a.priority, b.priority) || a.position - b.position,
  );
  return inOrder.slice(0, most);
}

function* readyOf(
  query: ReadyQuery,
  where: string,
  values: readonly SqlValue[],
): Verb<readonly ReadyRow[]> {
  const { listId, minPriority, most, without, specialistType = null } = query;
  const leavesOut = without !== undefined && without.agents.length > 0;
  const params: SqlValue[] = [listId, minPriority, ...values];
  if (leavesOut) params.push(without.defaultAgent, JSON.stringify(without.agents));
  if (specialistType !== null) params.push(specialistType);
  const others = leavesOut ? OF_OTHERS : '';
  const role = specialistType === null ? '' : OF_ROLE;
  const order = `ORDER BY ${where === '' ? '' : ONE_KIND}priority, position LIMIT ? + 0`;
  const sql = `${READY}${where}${others}${role} ${order} ${query.forClaim ? FOR_CLAIM : ''}`;
  return yield* rows<ReadyRow>(sql, ...params, most);
}

/** The labels in a column that anybody may write: what is no list of names asks for nothing. */
export function labelsIn(needsJson: string | null): readonly string[] {
  if (needsJson === null) return [];
  try {
    const value: unknown = JSON.parse(needsJson);
    return Array.isArray(value) ? value.filter((label) => typeof label === 'string') : [];
  } catch {
    return [];
  }
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
