import type { KnownBox } from '../../domain/tasklist/box-names.ts';
import type { ListMark } from '../../domain/tasklist/model.ts';
import type { OpenEdge } from '../../domain/tasklist/statuses-after.ts';
import type { StoredTask } from '../../domain/tasklist/stored-task.ts';
import { marksSince } from './marks-since.ts';
import { rows, type Verb } from './verb.ts';

/**
 * Without an id it was reworded after it was completed, or it waits for somebody to say whether it
 * is a rewording; see `StoredTask.doubtful`.
 */
const DOUBTFUL =
  "explicit_id <> 1 AND (status = 'waiting' AND claims = 0 OR status = 'completed' AND " +
  'EXISTS (SELECT 1 FROM task_events v WHERE v.task = q.id ' +
  "AND v.kind = 'edited' AND v.data_json LIKE '%\"description\"%' AND v.seq > " +
  '(SELECT max(d.seq) FROM task_events d WHERE d.task = q.id ' +
  "AND d.kind IN ('enqueued', 'completed'))))";

const STORED =
  'SELECT id, task_id AS taskId, explicit_id AS explicitId, status, ' +
  'archived_at_ms AS archivedAtMs, cause_task_id AS causeTaskId, seen_mark AS seenMark, ' +
  'description, priority, section, ' +
  'position, line, dependencies, steps_json AS steps, criteria_json AS criteria, agent, ' +
  'verify_json AS verify, timeout_ms AS timeoutMs, needs_json AS needs, ' +
  'on_dep_failure AS onDepFailure, fields_json AS fields, ' +
  `${DOUBTFUL} AS doubtful FROM task_queue q WHERE task_list_path = ? ORDER BY position, id`;

const BOXES =
  'SELECT q.task_id AS taskId, q.section, q.description, ' +
  'q.archived_at_ms IS NOT NULL AS archived FROM task_queue q WHERE q.task_list_path = ' +
  '(SELECT task_list_path FROM task_lists WHERE list_id = ?) AND q.explicit_id = 0 ' +
  'ORDER BY q.position, q.id';

/** In one row: they may be as many as the list has tasks. */
const NAMED =
  'SELECT string_agg(q.task_id, ?) AS ids FROM task_queue q WHERE q.task_list_path = ' +
  '(SELECT task_list_path FROM task_lists WHERE list_id = ?) AND q.explicit_id = 1';

/** Stands in no id: a control character that ends a unit. */
const BETWEEN_IDS = '\u001f';

const OPEN_EDGES =
  'SELECT d.task, d.depends_on_task_id AS taskId, d.depends_on AS dependsOn ' +
  'FROM task_dependencies d JOIN task_queue q ON q.id = d.task ' +
  'WHERE q.task_list_path = ? AND d.satisfied_at_ms IS NULL ORDER BY d.task, d.ordinal';

type Json = string | null;
type JsonField = 'dependencies' | 'steps' | 'criteria' | 'verify' | 'needs' | 'fields';
type StoredRow = Omit<
  StoredTask,
  JsonField | 'explicitId' | 'archived' | 'knownMarks' | 'doubtful'
> & {
  readonly explicitId: number;
  readonly archivedAtMs: number | null;
  readonly seenMark: ListMark | null;
  readonly doubtful: number;
} & Readonly<Record<JsonField, Json>>;

/** Every task of a list as reconciliation wants it, archived ones included. */
export function* readStoredTasks(list: {
  readonly listId: string;
  readonly path: string;
  readonly markedSeq: number;
}): Verb<readonly StoredTask[]> {
  const possible = yield* marksSince(list.listId, list.markedSeq);
  const found = yield* rows<StoredRow>(STORED, list.path);
  return found.map(({ archivedAtMs, seenMark, explicitId, doubtful, ...task }) => ({
    ...task,
    explicitId: explicitId === 1,
    doubtful: doubtful === 1,
    archived: archivedAtMs !== null,
    knownMarks:
      archivedAtMs !== null || seenMark === null
        ? []
        : [seenMark, ...(possible.get(task.id) ?? [])],
    dependencies: fromJson<readonly string[]>(task.dependencies, []),
    steps: fromJson<readonly string[]>(task.steps, []),
    criteria: fromJson<readonly string[]>(task.criteria, []),
    verify: fromJson<readonly string[] | null>(task.verify, null),
    needs: fromJson<readonly string[]>(task.needs, []),
    fields: fromJson<Readonly<Record<string, string>>>(task.fields, {}),
  }));
}

/** What the tasks of a list wait for, archived ones included. */
export function* readOpenEdges(path: string): Verb<readonly OpenEdge[]> {
  return yield* rows<OpenEdge>(OPEN_EDGES, path);
}

export function* readKnownBoxes(listId: string): Verb<readonly KnownBox[]> {
  const made = yield* rows<Omit<KnownBox, 'archived'> & { readonly archived: number }>(
    BOXES,
    listId,
  );
  const [named] = yield* rows<{ readonly ids: string | null }>(NAMED, BETWEEN_IDS, listId);
  const ids = named?.ids?.split(BETWEEN_IDS) ?? [];
  return [
    ...made.map((box) => ({ ...box, archived: box.archived === 1 })),
    ...ids.map((taskId) => ({ taskId, section: null, description: '', named: true })),
  ];
}

function fromJson<T>(json: Json, otherwise: T): T {
  if (json === null) return otherwise;
  return json === '[]' ? ([] as T) : (JSON.parse(json) as T);
}
