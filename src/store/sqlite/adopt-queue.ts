import type { StoreSchema } from '../../schema/store-schema.ts';
import type { Connection } from './connection.ts';
import { ddl } from './ddl.ts';
import { quoted } from './identifier.ts';

/** How another program's two promised tables become a store. */
export interface QueueAdoption {
  readonly statements: readonly string[];
  /** Rows that could not become rows of a store; each must find nothing. */
  readonly gates: readonly { readonly about: string; readonly select: string }[];
  /** What else in the database would not survive, or stands where something of ours must stand. */
  readonly inTheWay: readonly { readonly object: string; readonly message: string }[];
  readonly rowsKept: readonly { readonly before: string; readonly after: string }[];
  /** Names that stand for something of ours afterwards. */
  readonly replaced: readonly string[];
}

const NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')";
const QUEUE = 'task_queue';
const STATE = 'executor_state';
const VIEW = 'v_active_queue';
const aside = (table: string): string => `adopted_${table}`;

/** A try was an event: more of them than anybody made is a fault of the row. */
const ATTEMPTS_MAX = 1000;

export function queueAdoption(connection: Connection, { objects }: StoreSchema): QueueAdoption {
  const found = connection.all<Found>(
    "SELECT type, name, tbl_name AS 'table', sql FROM sqlite_schema",
  );
  const isTheirs = ({ name, table, type }: Found): boolean =>
    type === 'trigger' ? false : [name, table].some((one) => [QUEUE, STATE, VIEW].includes(one));
  const goes = found.filter(isTheirs);
  const others = found.filter((one) => !isTheirs(one));
  const tables = others.filter(({ type, name }) => type === 'table' && !name.startsWith('sqlite_'));
  return {
    replaced: [QUEUE, STATE, VIEW],
    statements: [
      `DROP VIEW IF EXISTS ${VIEW}`,
      ...goes.flatMap(({ type, name, sql }) =>
        type === 'index' && sql !== null ? [`DROP INDEX ${quoted(name)}`] : [],
      ),
      ...[QUEUE, STATE].map((table) => `ALTER TABLE ${table} RENAME TO ${aside(table)}`),
      ...objects.flatMap(ddl),
      ...COPY,
      ...[QUEUE, STATE].map((table) => `DROP TABLE ${aside(table)}`),
    ],
    gates: GATES,
    inTheWay: others.flatMap((one) => inTheWay(one, objects)),
    rowsKept: [
      { before: QUEUE, after: QUEUE },
      { before: STATE, after: 'executors' },
      ...tables.map(({ name }) => ({ before: name, after: name })),
    ],
  };
}

interface Found {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string | null;
}

function inTheWay(
  { type, name, sql }: Found,
  objects: StoreSchema['objects'],
): QueueAdoption['inTheWay'] {
  const ours = objects.flatMap((one) => [
    one.name,
    ...(one.kind === 'table' ? (one.indexes ?? []) : []).map((index) => index.name),
  ]);
  if (ours.includes(name)) return [{ object: name, message: `the name ${name} is taken` }];
  const isBound = sql !== null && new RegExp(`\\b(${QUEUE}|${STATE}|${VIEW})\\b`, 'i').test(sql);
  if (!isBound) return [];
  return [{ object: name, message: `the ${type} ${name} refers to the queue` }];
}

const PROMISED =
  'task_id, section, description, dependencies, assigned_agent, position, last_error, queued_at, ' +
  'started_at, completed_at';

const COPY = [
  'INSERT INTO task_lists (list_id, task_list_path, created_at_ms) ' +
    `SELECT 'path:' || p, p, 0 FROM (SELECT task_list_path AS p FROM ${aside(QUEUE)} ` +
    `UNION SELECT task_list_path FROM ${aside(STATE)})`,
  'INSERT INTO executors (id, list_id, status, config_json, started_at, paused_at, stopped_at, ' +
    "created_at, updated_at) SELECT id, 'path:' || task_list_path, coalesce(status, 'stopped'), " +
    `config_json, started_at, paused_at, stopped_at, coalesce(created_at, ${NOW}), ` +
    `coalesce(updated_at, ${NOW}) FROM ${aside(STATE)}`,
  `INSERT INTO task_queue (id, task_list_path, list_id, priority, ${PROMISED}, status, attempts, ` +
    `created_at, updated_at) SELECT id, task_list_path, 'path:' || task_list_path, priority, ` +
    `${PROMISED}, coalesce(status, 'queued'), coalesce(attempts, 0), ` +
    `coalesce(created_at, ${NOW}), coalesce(updated_at, ${NOW}) FROM ${aside(QUEUE)}`,
];

const rowsOf = (table: string, what: string, where: string): QueueAdoption['gates'][number] => ({
  about: `rows of ${table} ${what}`,
  select: `SELECT id, task_list_path FROM ${table} WHERE ${where} LIMIT 10`,
});

const GATES = [
  rowsOf(QUEUE, 'have no id', 'id IS NULL'),
  rowsOf(STATE, 'have no id', 'id IS NULL'),
  rowsOf(QUEUE, 'have a position that is no whole number', "typeof(position) <> 'integer'"),
  rowsOf(
    QUEUE,
    `have attempts that are no number from 0 to ${ATTEMPTS_MAX}`,
    `typeof(coalesce(attempts, 0)) <> 'integer' OR attempts NOT BETWEEN 0 AND ${ATTEMPTS_MAX}`,
  ),
  rowsOf(
    QUEUE,
    'have a status that the queue does not know',
    "status NOT IN ('queued', 'running', 'completed', 'failed', 'skipped')",
  ),
  rowsOf(
    QUEUE,
    'have a priority that is none of P1 to P4',
    "priority IS NULL OR priority NOT IN ('P1', 'P2', 'P3', 'P4')",
  ),
  rowsOf(
    QUEUE,
    'have dependencies that are no JSON array',
    'CASE WHEN dependencies IS NULL THEN 0 WHEN NOT json_valid(dependencies) THEN 1 ' +
      "ELSE json_type(dependencies) <> 'array' END",
  ),
  {
    about: 'rows of task_queue have the same list and task id',
    select:
      'SELECT task_list_path, task_id, count(*) AS "rows" FROM task_queue ' +
      'GROUP BY task_list_path, task_id HAVING count(*) > 1 LIMIT 10',
  },
];
