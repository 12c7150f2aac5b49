import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { doubledEffects, earlyStarts } from './agents-log.ts';
import type { ChaosProject } from './chaos-project.ts';

/**
 * What is wrong with a project whose list is complete: empty when everything that was promised
 * holds. The agents' own log, the rows, the events and the file are each read for themselves.
 */
export async function damageOf(project: ChaosProject): Promise<readonly string[]> {
  const dependencies = new Map(project.tasks.map(({ id, dependencies }) => [id, dependencies]));
  return [
    ...doubledEffects(project.agents()),
    ...earlyStarts(project.agents(), dependencies),
    ...outcomeDamage(project),
    ...markDamage(project),
    ...(await storeDamage(project)),
  ];
}

export const ENDINGS = ['completed', 'retry_scheduled', 'failed', 'released', 'lost', 'waiting'];

export interface EventRow {
  readonly taskId: string;
  readonly kind: string;
}

export function outcomeDamage({ database, tasks }: ChaosProject): readonly string[] {
  const ids = tasks.map(({ id }) => id);
  return damageOfEvents(query<EventRow>(database, EVENTS), ids);
}

/** In the order in which they happened. */
export const EVENTS =
  'SELECT q.task_id AS "taskId", e.kind FROM task_events e ' +
  'JOIN task_queue q ON q.id = e.task ORDER BY e.seq';

/** Each attempt has one accepted outcome, and each task is completed once. */
export function damageOfEvents(
  events: readonly EventRow[],
  ids: readonly string[],
): readonly string[] {
  const damage: string[] = [];
  const completed = new Map<string, number>();
  const holding = new Set<string>();
  for (const { taskId, kind } of events) {
    if (kind === 'claimed') {
      if (completed.has(taskId)) damage.push(`${taskId} was claimed although it was completed`);
      if (holding.has(taskId)) damage.push(`${taskId} was claimed twice at once`);
      holding.add(taskId);
    } else if (ENDINGS.includes(kind)) {
      if (!holding.delete(taskId)) damage.push(`${taskId}: ${kind} ended no attempt`);
      if (kind === 'completed') completed.set(taskId, (completed.get(taskId) ?? 0) + 1);
    }
  }
  for (const id of ids) {
    const times = completed.get(id) ?? 0;
    if (times !== 1) damage.push(`${id} was completed ${times} times`);
  }
  return damage;
}

/** What each agent of the log came to, against what the store says of its attempt. */
export function attemptDamage(project: ChaosProject): readonly string[] {
  const rows = query<{ taskId: string; fence: number; outcome: string | null }>(
    project.database,
    'SELECT q.task_id AS taskId, a.fence, a.outcome FROM task_attempts a ' +
      'JOIN task_queue q ON q.id = a.task',
  );
  const ran = new Map(project.agents().map((line) => [`${line.taskId} ${line.fence}`, line]));
  return rows.flatMap(({ taskId, fence, outcome }) => {
    const last = ran.get(`${taskId} ${fence}`);
    const really = last === undefined ? 'released' : last.code === 0 ? 'succeeded' : 'errored';
    if (outcome === really && last?.kind !== 'start') return [];
    return [`${taskId}: fence ${fence} is ${outcome}, but its agent ${really} (${last?.kind})`];
  });
}

/** The marks in the file, read by the simplest means there are, against the rows. */
export function markDamage({ list, database }: ChaosProject): readonly string[] {
  const marks = new Map<string, string>();
  for (const line of readFileSync(list, 'utf8').split('\n')) {
    const [, id, mark] = /^\| (T-\d+) \|.*\| \[(.)\] \|$/.exec(line) ?? [];
    if (id !== undefined && mark !== undefined) marks.set(id, mark);
  }
  const rows = query<{ taskId: string; status: string }>(
    database,
    'SELECT task_id AS taskId, status FROM task_queue WHERE archived_at_ms IS NULL',
  );
  const damage = rows.flatMap(({ taskId, status }) => {
    const mark = marks.get(taskId);
    return mark === MARKS[status] ? [] : [`${taskId} is ${status}, its mark is [${mark}]`];
  });
  return rows.length === marks.size ? damage : [...damage, 'the list lost lines'];
}

const MARKS: Readonly<Record<string, string>> = {
  queued: ' ',
  running: '~',
  waiting: '~',
  completed: 'x',
  failed: '!',
  skipped: '-',
  cancelled: '-',
};

/** The database by itself, by an independent client, and by our own audit. */
async function storeDamage({ database, tasks }: ChaosProject): Promise<readonly string[]> {
  const damage = integrityDamage(database);
  const [counts] = query<Record<string, number>>(
    database,
    'SELECT total_tasks, completed_tasks, failed_tasks, skipped_tasks, ' +
      "(SELECT count(*) FROM task_queue WHERE status = 'completed') AS counted " +
      'FROM executor_state',
  );
  const all = tasks.length;
  const { total_tasks, completed_tasks, counted } = counts ?? {};
  if (total_tasks !== all || completed_tasks !== all || counted !== all) {
    damage.push(`the counters of ${all} tasks say ${JSON.stringify(counts)}`);
  }
  const store = await openSqliteStore({ world: createRealWorld(), path: database });
  try {
    const faults = await store.audit();
    damage.push(...faults.map(({ code, taskId, message }) => `${code}: ${taskId} ${message}`));
  } finally {
    await store.close();
  }
  return damage;
}

const SQLITE = '/usr/bin/sqlite3';

function integrityDamage(database: string): string[] {
  const sql = 'PRAGMA integrity_check';
  const answer = existsSync(SQLITE)
    ? execFileSync(SQLITE, [database, sql], { encoding: 'utf8' }).trim()
    : query<{ integrity_check: string }>(database, sql)
        .map((row) => row.integrity_check)
        .join('\n');
  return answer === 'ok' ? [] : [answer];
}

export function query<R>(database: string, sql: string): readonly R[] {
  const connection = new DatabaseSync(database, { readOnly: true, timeout: 10_000 });
  try {
    return connection.prepare(sql).all() as unknown as readonly R[];
  } finally {
    connection.close();
  }
}
