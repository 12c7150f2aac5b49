import type { ImportedArtifact } from '../../domain/importing/imported-plan.ts';
import { importFinding } from '../../domain/importing/imported-plan.ts';
import {
  anyTextOf,
  type LooseRecord,
  otherFields,
  recordOf,
  textOf,
  textsOf,
} from '../loose-value.ts';
import type { DraftReading, PlanDraft, TaskDraft } from '../plan-draft.ts';
import { readMoment } from '../read-moment.ts';
import type { TableReader } from './table-reader.ts';

/** Whether a database is one of the newest layout. */
export function hasTaskTable(database: TableReader): boolean {
  return database.has('tasks') && !database.has('task_breakdowns');
}

const COLUMNS: ReadonlySet<string> = new Set([
  ...['id', 'parent_task_id', 'type', 'status', 'title', 'description', 'metadata'],
  ...['created_at', 'updated_at', 'completed_at'],
]);
const METADATA: ReadonlySet<string> = new Set([
  ...['specialist_type', 'estimated_effort', 'dependencies', 'complexity', 'results', 'summary'],
]);

/**
 * The newest layout (`tasks`, `task_artifacts`, `task_dependencies`): a tree of tasks, where most
 * of what is known of one lies as JSON in its `metadata`, sometimes as JSON in JSON. A task with
 * children is a plan, and its own last task unless it is a breakdown and nothing else; tasks
 * without parent and children are one plan together, because they may wait for each other.
 */
export function readTaskTable(database: TableReader): DraftReading {
  const { place } = database;
  const rows = database.rows('tasks').toSorted(byCreation);
  const tree = new TaskTree(rows);
  const edges = edgesOf(database);
  const texts = artifactsOf(database);
  const planOfTask = new Map<string, string>();
  for (const row of rows) planOfTask.set(idOf(row), tree.planOf(idOf(row)));
  const across: { from: string; to: string }[] = [];
  const drafts = new Map<string, TaskDraft[]>();
  for (const row of rows) {
    const id = idOf(row);
    const planId = planOfTask.get(id) ?? LONE_TASKS;
    if (id === planId && !isWork(row)) continue;
    const draft = taskOf(row, { place, edges, texts, implied: tree.childrenOf(id) });
    const dependencies = draft.dependencies.filter((to) => {
      const other = planOfTask.get(to);
      const isNear = other === undefined || other === planId;
      if (!isNear) across.push({ from: id, to });
      return isNear;
    });
    drafts.set(planId, [...(drafts.get(planId) ?? []), { ...draft, dependencies }]);
  }
  const findings = across.map(({ from, to }) =>
    importFinding(
      'dependency_across_plans',
      { place, planId: planOfTask.get(from) ?? null, taskId: from },
      `${from} waits for ${to}, a task of ${planOfTask.get(to)}`,
    ),
  );
  const byId = new Map(rows.map((row) => [idOf(row), row]));
  const plans = [...new Set(planOfTask.values())].map((planId) =>
    planOf(planId, byId.get(planId) ?? null, { place, tasks: drafts.get(planId) ?? [] }),
  );
  return { plans, findings: [...findings, ...database.findings] };
}

const LONE_TASKS = 'unplanned';

function planOf(
  planId: string,
  root: LooseRecord | null,
  { place, tasks }: Pick<PlanDraft, 'place' | 'tasks'>,
): PlanDraft {
  const lone = { key: planId, planId, title: 'Tasks without a plan', description: null };
  if (root === null) return { ...lone, place, tasks };
  const metadata = recordOf(root['metadata']) ?? {};
  return {
    key: planId,
    planId,
    title: anyTextOf(root['title']),
    description: anyTextOf(root['description']),
    complexity: textOf(metadata['complexity']),
    context: anyTextOf(metadata['context']),
    createdAtMs: readMoment(root['created_at'], 'utc'),
    archived: root['status'] === 'archived' ? 'archived in the older store' : null,
    place,
    tasks,
  };
}

/** Whether the root of a plan is a task of its own, or only holds the others together. */
function isWork(row: LooseRecord): boolean {
  return (
    row['type'] !== 'breakdown' || !['pending', 'archived', null].includes(textOf(row['status']))
  );
}

function idOf(row: LooseRecord): string {
  return textOf(row['id'])?.trim() ?? '';
}

function byCreation(one: LooseRecord, other: LooseRecord): number {
  return (
    (readMoment(one['created_at'], 'utc') ?? 0) - (readMoment(other['created_at'], 'utc') ?? 0)
  );
}

class TaskTree {
  readonly #parents = new Map<string, string>();
  readonly #children = new Map<string, string[]>();

  constructor(rows: readonly LooseRecord[]) {
    const ids = new Set(rows.map(idOf));
    for (const row of rows) {
      const parent = textOf(row['parent_task_id'])?.trim() ?? '';
      const id = idOf(row);
      if (!ids.has(parent) || parent === id) continue;
      this.#parents.set(id, parent);
      this.#children.set(parent, [...(this.#children.get(parent) ?? []), id]);
    }
  }

  childrenOf(id: string): readonly string[] {
    return this.#children.get(id) ?? [];
  }

  /** The topmost task above it; itself, where it has children; else the plan of lone tasks. */
  planOf(id: string): string {
    const seen = new Set([id]);
    let top = id;
    for (let up = this.#parents.get(top); up !== undefined; up = this.#parents.get(top)) {
      if (seen.has(up)) return this.#circleOf(up);
      seen.add(up);
      top = up;
    }
    return top === id && this.childrenOf(id).length === 0 ? LONE_TASKS : top;
  }

  /** Parents in a circle have no top: the first of their ids stands for all. */
  #circleOf(start: string): string {
    const circle = [start];
    for (let up = this.#parents.get(start); up !== undefined && up !== start; ) {
      circle.push(up);
      up = this.#parents.get(up);
    }
    return circle.toSorted()[0] ?? start;
  }
}

interface Beside {
  readonly place: string;
  readonly edges: ReadonlyMap<string, readonly string[]>;
  readonly texts: ReadonlyMap<string, readonly ImportedArtifact[]>;
  readonly implied: readonly string[];
}

function taskOf(row: LooseRecord, { place, edges, texts, implied }: Beside): TaskDraft {
  const id = idOf(row);
  const metadata = recordOf(row['metadata']) ?? {};
  const status = textOf(row['status']);
  const lost = recordOf(row['metadata']) === null ? anyTextOf(row['metadata']) : null;
  const isOver = status !== null && ['completed', 'cancelled', 'archived'].includes(status);
  const ended = row['completed_at'] ?? (status === 'archived' ? null : row['updated_at']);
  return {
    taskId: id,
    title: anyTextOf(row['title']),
    description: anyTextOf(row['description']),
    specialist: textOf(metadata['specialist_type']),
    effort: anyTextOf(metadata['estimated_effort']),
    dependencies: [...new Set([...textsOf(metadata['dependencies']), ...(edges.get(id) ?? [])])],
    implied,
    status,
    result: anyTextOf(metadata['results'] ?? metadata['summary']),
    fields: {
      ...otherFields(row, COLUMNS),
      ...otherFields(metadata, METADATA),
      ...(lost === null ? {} : { metadata: lost }),
      ...(textOf(row['type']) === null ? {} : { type: String(row['type']) }),
    },
    artifacts: texts.get(id) ?? [],
    createdAtMs: readMoment(row['created_at'], 'utc'),
    completedAtMs: isOver ? readMoment(ended, 'utc') : null,
    place: `${place} (tasks)`,
  };
}

function edgesOf(database: TableReader): ReadonlyMap<string, readonly string[]> {
  const edges = new Map<string, string[]>();
  for (const row of database.rows('task_dependencies')) {
    const from = textOf(row['task_id']);
    const to = textOf(row['dependency_id'] ?? row['depends_on_task_id']);
    if (from !== null && to !== null) edges.set(from, [...(edges.get(from) ?? []), to]);
  }
  return edges;
}

function artifactsOf(database: TableReader): ReadonlyMap<string, readonly ImportedArtifact[]> {
  const artifacts = new Map<string, ImportedArtifact[]>();
  for (const row of database.rows('task_artifacts')) {
    const task = textOf(row['task_id']);
    const text = textOf(row['content']);
    if (task === null || text === null) continue;
    const reference = textOf(row['name']) ?? textOf(row['id']) ?? 'artifact';
    artifacts.set(task, [...(artifacts.get(task) ?? []), { kind: 'text', reference, text }]);
  }
  return artifacts;
}
