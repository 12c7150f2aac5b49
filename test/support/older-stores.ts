import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Stores of the older orchestrator, made by hand to the shapes that its releases wrote. */
export const OLDER_RELEASES = ['1.2.0', '1.3.0', '1.5.1', '1.8.0'] as const;
export type OlderRelease = (typeof OLDER_RELEASES)[number];

export interface OlderSubtask {
  readonly task_id: string;
  readonly title: string;
  readonly description: string;
  readonly specialist_type: string;
  readonly dependencies: unknown;
  readonly estimated_effort: string;
  readonly status: string;
  readonly results: string | null;
  readonly artifacts: unknown;
  readonly created_at: string;
  readonly completed_at: string | null;
}

export interface OlderPlan {
  readonly parent_task_id: string;
  readonly description: string;
  readonly complexity: string;
  readonly context: string | null;
  readonly created_at: string;
  readonly subtasks: readonly OlderSubtask[];
}

export function olderSubtask(task_id: string, change: Partial<OlderSubtask> = {}): OlderSubtask {
  return {
    task_id,
    title: `Do ${task_id}`,
    description: `What ${task_id} is about`,
    specialist_type: 'implementer',
    dependencies: [],
    estimated_effort: '2 hours',
    status: 'pending',
    results: null,
    artifacts: [],
    created_at: '2025-05-27T05:00:00.123400',
    completed_at: null,
    ...change,
  };
}

export function olderPlan(
  parent_task_id: string,
  subtasks: readonly OlderSubtask[],
  change: Partial<OlderPlan> = {},
): OlderPlan {
  return {
    parent_task_id,
    description: `Build ${parent_task_id}`,
    complexity: 'complex',
    context: '',
    created_at: '2025-05-27T05:00:00.123456',
    subtasks,
    ...change,
  };
}

/** A plan file, as the older file-based store wrote it. */
export function writePlanFile(
  root: string,
  plan: OlderPlan,
  { folder = 'active', ending = '.json' } = {},
): string {
  const path = join(root, '.task_orchestrator/tasks', folder, `${plan.parent_task_id}${ending}`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ version: '1.0', ...plan }, null, 2));
  return path;
}

const PLAIN_TABLES = `
  CREATE TABLE IF NOT EXISTS task_breakdowns (
    parent_task_id TEXT PRIMARY KEY, description TEXT NOT NULL, complexity TEXT NOT NULL,
    context TEXT, created_at TIMESTAMP NOT NULL);
  CREATE TABLE IF NOT EXISTS subtasks (
    task_id TEXT PRIMARY KEY, parent_task_id TEXT NOT NULL, title TEXT NOT NULL,
    description TEXT NOT NULL,                    specialist_type TEXT NOT NULL,
    dependencies TEXT,  -- JSON array
    estimated_effort TEXT NOT NULL, status TEXT NOT NULL, results TEXT,
    artifacts TEXT,  -- JSON array
    created_at TIMESTAMP NOT NULL, completed_at TIMESTAMP,
    FOREIGN KEY (parent_task_id) REFERENCES task_breakdowns (parent_task_id));`;

const MAINTAINED = `file_operations_count INTEGER, verification_status VARCHAR,`;
const AUTOMATED = `prerequisite_satisfaction_required BOOLEAN, auto_maintenance_enabled BOOLEAN,
  quality_gate_level VARCHAR,`;

function mappedTables(release: OlderRelease): string {
  const isNew = release === '1.5.1' || release === '1.8.0';
  const inWorkspace = release === '1.8.0' ? 'workspace_id VARCHAR,' : '';
  const workspaces =
    release === '1.8.0'
      ? `CREATE TABLE workspaces (workspace_id VARCHAR NOT NULL, name VARCHAR NOT NULL,
           path TEXT NOT NULL, PRIMARY KEY (workspace_id));
         CREATE TABLE migration_history (id INTEGER NOT NULL, PRIMARY KEY (id));`
      : '';
  const archives = isNew
    ? `CREATE TABLE task_archives (id INTEGER NOT NULL, original_task_id VARCHAR NOT NULL,
         parent_task_id VARCHAR NOT NULL, archive_reason VARCHAR NOT NULL,
         archived_data JSON NOT NULL, artifacts_preserved BOOLEAN, artifact_references JSON,
         expires_at DATETIME NOT NULL, created_at DATETIME NOT NULL, PRIMARY KEY (id));
       CREATE TABLE architectural_decisions (decision_id VARCHAR NOT NULL, title VARCHAR,
         PRIMARY KEY (decision_id));`
    : '';
  return `
    CREATE TABLE task_breakdowns (
      parent_task_id VARCHAR NOT NULL, description TEXT NOT NULL, complexity VARCHAR NOT NULL,
      context TEXT, created_at DATETIME NOT NULL, ${inWorkspace} PRIMARY KEY (parent_task_id));
    CREATE TABLE subtasks (
      task_id VARCHAR NOT NULL, parent_task_id VARCHAR NOT NULL, title VARCHAR NOT NULL,
      description TEXT NOT NULL, specialist_type VARCHAR NOT NULL, dependencies JSON,
      estimated_effort VARCHAR NOT NULL, status VARCHAR NOT NULL, results TEXT, artifacts JSON,
      ${isNew ? MAINTAINED : ''} created_at DATETIME NOT NULL, completed_at DATETIME,
      ${isNew ? AUTOMATED : ''} ${inWorkspace} PRIMARY KEY (task_id),
      FOREIGN KEY(parent_task_id) REFERENCES task_breakdowns (parent_task_id));
    CREATE TABLE lock_tracking (
      resource_name VARCHAR NOT NULL, locked_at DATETIME NOT NULL, locked_by VARCHAR NOT NULL,
      PRIMARY KEY (resource_name));
    ${archives} ${workspaces}`;
}

/** A database of a release with the given plans in it, open: the caller closes it. */
export function openOlderDatabase(
  path: string,
  release: OlderRelease,
  plans: readonly OlderPlan[] = [],
): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  if (release === '1.2.0') database.exec(PLAIN_TABLES);
  else database.exec(`PRAGMA journal_mode = WAL; ${mappedTables(release)}`);
  for (const plan of plans) savePlan(database, release, plan);
  return database;
}

/** As the older server saved a plan: with all of its subtasks. */
export function savePlan(database: DatabaseSync, release: OlderRelease, plan: OlderPlan): void {
  database
    .prepare(
      'INSERT OR REPLACE INTO task_breakdowns (parent_task_id, description, complexity, context, ' +
        'created_at) VALUES (?, ?, ?, ?, ?)',
    )
    .run(
      plan.parent_task_id,
      plan.description,
      plan.complexity,
      plan.context,
      moment(release, plan.created_at),
    );
  for (const subtask of plan.subtasks) saveSubtask(database, release, plan, subtask);
}

export function saveSubtask(
  database: DatabaseSync,
  release: OlderRelease,
  { parent_task_id }: Pick<OlderPlan, 'parent_task_id'>,
  subtask: OlderSubtask,
): void {
  const { task_id, title, description, specialist_type, estimated_effort } = subtask;
  database
    .prepare(
      'INSERT OR REPLACE INTO subtasks (task_id, parent_task_id, title, description, ' +
        'specialist_type, dependencies, estimated_effort, status, results, artifacts, ' +
        'created_at, completed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      ...[task_id, parent_task_id, title, description, specialist_type],
      JSON.stringify(subtask.dependencies),
      ...[estimated_effort, subtask.status, subtask.results],
      JSON.stringify(subtask.artifacts),
      moment(release, subtask.created_at),
      subtask.completed_at === null ? null : moment(release, subtask.completed_at),
    );
}

/** From v1.3 on a moment had a blank instead of the T. */
function moment(release: OlderRelease, text: string): string {
  return release === '1.2.0' ? text : text.replace('T', ' ');
}

/** The database of the newest layout, open. */
export function openNewestDatabase(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  database.exec(`
    CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY, session_id TEXT, parent_task_id TEXT,
      type TEXT NOT NULL, status TEXT NOT NULL, title TEXT, description TEXT, metadata TEXT,
      created_at TEXT NOT NULL, updated_at TEXT NOT NULL, completed_at TEXT,
      FOREIGN KEY (parent_task_id) REFERENCES tasks(id));
    CREATE TABLE IF NOT EXISTS task_artifacts (id TEXT PRIMARY KEY, task_id TEXT NOT NULL,
      type TEXT NOT NULL, name TEXT, content TEXT, metadata TEXT, created_at TEXT NOT NULL,
      FOREIGN KEY (task_id) REFERENCES tasks(id) ON DELETE CASCADE);
    CREATE TABLE IF NOT EXISTS task_dependencies (task_id TEXT NOT NULL,
      dependency_id TEXT NOT NULL, created_at TEXT NOT NULL, 
      PRIMARY KEY (task_id, dependency_id));`);
  return database;
}
