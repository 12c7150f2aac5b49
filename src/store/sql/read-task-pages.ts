import { timeText } from '../../domain/time-text.ts';
import {
  type PagedTask,
  TASKS_OF_PAGE_MAX,
  type TaskArtifact,
  type TaskPage,
  type TaskPageQuery,
} from '../task-pages.ts';
import { LINE, type RawLine, readLine } from './read-tasks.ts';
import { labelsIn } from './ready-tasks.ts';
import { rows, type SqlValue, type Verb } from './verb.ts';

const TEXT =
  "coalesce(q.title, '') || ' ' || q.task_id || ' ' || coalesce(q.section, '') || ' ' || " +
  'q.description';

const READINESS = {
  ready: 'q.pending_deps = 0 AND q.due_at_ms = 0',
  delayed: 'q.pending_deps = 0 AND q.due_at_ms > 0',
  blocked: 'q.pending_deps > 0',
} as const;

const ARTIFACTS =
  'SELECT task, artifact_id AS artifactId, name, kind, media_type AS mediaType, bytes, sha256, ' +
  'state, summary FROM artifacts WHERE task IN ';

interface Filter {
  readonly where: string[];
  readonly params: SqlValue[];
}

type RawTask = RawLine & Omit<PagedTask, 'labels' | 'artifacts' | 'dependencies' | 'needs'>;

/** One page of tasks. The next one begins behind its last: rows that come meanwhile shift none. */
export function* readTaskPage(query: TaskPageQuery): Verb<TaskPage> {
  const { where, params } = filterOf(query);
  const limit = Math.max(1, Math.min(query.limit ?? TASKS_OF_PAGE_MAX, TASKS_OF_PAGE_MAX));
  const found = yield* rows<RawTask>(
    `SELECT ${LINE}, q.result_summary AS resultSummary, ` +
      'q.created_at AS createdAt, q.updated_at AS updatedAt ' +
      `FROM task_queue q ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`} ` +
      'ORDER BY q.task_list_path, q.position, q.id LIMIT ? + 0',
    ...params,
    limit + 1,
  );
  const shown = found.slice(0, limit);
  const last = found.length > limit ? shown.at(-1) : undefined;
  const artifacts = query.withArtifacts === true ? yield* artifactsOf(shown) : new Map();
  return {
    tasks: shown.map(
      (task): PagedTask => ({
        ...readLine(task),
        resultSummary: task.resultSummary,
        createdAt: task.createdAt,
        updatedAt: task.updatedAt,
        labels: labelsIn(task.needs),
        artifacts: artifacts.get(task.id) ?? [],
      }),
    ),
    next: last === undefined ? null : { list: last.list, position: last.position, id: last.id },
  };
}

function filterOf(query: TaskPageQuery): Filter {
  const filter: Filter = { where: [], params: [] };
  const need = (condition: string, ...values: SqlValue[]): void => {
    filter.where.push(condition);
    filter.params.push(...values);
  };
  const oneOf = (column: string, values: readonly string[] | undefined): void => {
    if (values !== undefined) need(`${column} IN ${marks(values)}`, ...values);
  };
  oneOf('q.list_id', query.listIds);
  oneOf('q.specialist_type', query.specialistTypes);
  const states = (query.readiness ?? []).map(
    (kind) => `(q.status = 'queued' AND q.held = 0 AND ${READINESS[kind]})`,
  );
  const { statuses = [] } = query;
  if (statuses.length > 0) states.push(`q.status IN ${marks(statuses)}`);
  if (states.length > 0) need(`(${states.join(' OR ')})`, ...statuses);
  for (const label of query.labels ?? []) {
    const form = escaped(JSON.stringify(label).toLowerCase());
    need("lower(q.needs_json) LIKE ? ESCAPE '\\'", `%${form}%`);
  }
  for (const word of (query.text ?? '').split(/\s+/).filter((text) => text !== '')) {
    const forms = formsOf(word);
    const like = forms.map(() => `lower(${TEXT}) LIKE ? ESCAPE '\\'`).join(' OR ');
    need(`(${like})`, ...forms.map((form) => `%${escaped(form)}%`));
  }
  const { createdFromMs, createdToMs, updatedFromMs, updatedToMs, archived = 'no' } = query;
  if (createdFromMs !== undefined) need('q.created_at >= ?', timeText(createdFromMs));
  if (createdToMs !== undefined) need('q.created_at < ?', timeText(createdToMs));
  if (updatedFromMs !== undefined) need('q.updated_at >= ?', timeText(updatedFromMs));
  if (updatedToMs !== undefined) need('q.updated_at < ?', timeText(updatedToMs));
  if (archived !== 'too') need(`q.archived_at_ms IS ${archived === 'only' ? 'NOT ' : ''}NULL`);
  if (query.after !== undefined) {
    const { list, position, id } = query.after;
    need('(q.task_list_path, q.position, q.id) > (?, ?, ?)', list, position, id);
  }
  return filter;
}

/**
 * The database lowers letters of the Latin alphabet for sure, others perhaps: those are looked for
 * in each case.
 */
function formsOf(word: string): readonly string[] {
  const lower = word.toLowerCase();
  const ascii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const first = [...lower][0] ?? '';
  const capital = first.toUpperCase() + lower.slice(first.length);
  return [...new Set([lower, ascii(word), ascii(word.toUpperCase()), ascii(capital)])];
}

function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

function marks(values: readonly unknown[]): string {
  return values.length === 0 ? '(NULL)' : `(${values.map(() => '?').join(', ')})`;
}

function* artifactsOf(
  tasks: readonly { readonly id: string }[],
): Verb<ReadonlyMap<string, readonly TaskArtifact[]>> {
  if (tasks.length === 0) return new Map();
  const found = yield* rows<TaskArtifact & { readonly task: string }>(
    `${ARTIFACTS}${marks(tasks)} ORDER BY created_at_ms, artifact_id`,
    ...tasks.map(({ id }) => id),
  );
  const byTask = new Map<string, TaskArtifact[]>();
  for (const { task, ...artifact } of found) {
    const known = byTask.get(task);
    if (known === undefined) byTask.set(task, [artifact]);
    else known.push(artifact);
  }
  return byTask;
}
