import { DatabaseSync } from 'node:sqlite';

export interface FinishedTasks {
  readonly database: string;
  /** A list that exists: half of the tasks join it, behind those it has. */
  readonly listId: string;
  readonly listPath: string;
  readonly count: number;
}

const OTHER_LISTS = 50;
const FIRST_POSITION = 1_000_000;
const AT_MS = 1_700_000_000_000;
const AT = "'2023-11-14 22:13:20.000'";

/**
 * Put so many completed tasks into a database, with an attempt and three events each, as if they
 * had been worked through: half in one list, half in others. Nobody else may have it open.
 */
export function addFinishedTasks(input: FinishedTasks): void {
  const database = new DatabaseSync(input.database, { enableForeignKeyConstraints: false });
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; BEGIN');
  for (const statement of statements(input)) database.exec(statement);
  database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

function statements({ listId, listPath, count }: FinishedTasks): readonly string[] {
  const half = Math.floor(count / 2);
  const numbers = `WITH RECURSIVE n(i) AS
    (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
  const own = (own: string, other: string): string => `iif(i <= ${half}, '${own}', ${other})`;
  const other = `'old-' || (i % ${OTHER_LISTS})`;
  const id = "printf('01890000-0000-7000-8000-%012x', i)";
  return [
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${OTHER_LISTS - 1})
     INSERT INTO task_lists (list_id, task_list_path, created_at_ms)
     SELECT 'old-' || i, '/old/' || i || '.md', ${AT_MS} FROM n`,
    `INSERT INTO executors (id, list_id, status, created_at, updated_at)
     SELECT 'executor-' || list_id, list_id, 'stopped', ${AT}, ${AT} FROM task_lists
     WHERE list_id LIKE 'old-%'`,
    `${numbers} INSERT INTO task_queue (id, task_list_path, list_id, task_id, priority, section,
       description, dependencies, status, assigned_agent, position, attempts, queued_at, started_at,
       completed_at, created_at, updated_at, claims, fence, holder_term, started_at_ms,
       ended_at_ms, line, seen_mark, result_summary)
     SELECT ${id}, ${own(listPath, `'/old/' || (i % ${OTHER_LISTS}) || '.md'`)},
       ${own(listId, other)}, 'DONE-' || i, 'P' || (1 + i % 3), 'Parsers',
       'Write the parser for part ' || i || ', with its tests and its documentation', '[]',
       'completed', 'bench', ${FIRST_POSITION} + i, 1, ${AT}, ${AT}, ${AT}, ${AT}, ${AT}, 1, 1, 1,
       ${AT_MS} + i, ${AT_MS} + i, i, 'completed', 'written' FROM n`,
    `${numbers} INSERT INTO task_attempts (task, fence, attempt, agent, holder_id, claimed_at_ms,
       ended_at_ms, outcome, exit_code)
     SELECT ${id}, 1, 1, 'bench', 'bench', ${AT_MS} + i, ${AT_MS} + i, 'succeeded', 0 FROM n`,
    ...['enqueued', 'claimed', 'completed'].map(
      (kind) =>
        `${numbers} INSERT INTO task_events (list_id, task, at_ms, kind, data_json)
         SELECT ${own(listId, other)}, ${id}, ${AT_MS} + i, '${kind}',
           '{"kind":"${kind}","by":"agent","summary":"written"}' FROM n`,
    ),
  ];
}
