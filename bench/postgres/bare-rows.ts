import { Client } from 'pg';
import { execute } from '../../test/support/postgres-server.ts';
import { openPawl } from './pawl.ts';
import { BATCH, type Queue } from './peer.ts';

/**
 * What history costs by itself: the rows that Pawl leaves of each job (two versions of the task,
 * two events, an attempt written twice), in the same tables, by one statement for 32 that end and
 * 32 that begin, each a transaction. Nothing is decided or compared, nobody takes turns, and no
 * word says what was committed.
 */
const ROWS =
  "WITH ended AS (UPDATE task_queue SET status = 'completed', holder_id = NULL, " +
  'lease_until_ms = NULL, ended_at_ms = $3, completed_at = $4, updated_at = $4, ' +
  "result_summary = 'written' WHERE id = ANY ($1::text[])), " +
  'over AS (UPDATE task_attempts SET ended_at_ms = $3, ' +
  "outcome = 'succeeded', exit_code = 0 WHERE task = ANY ($1::text[]) AND fence = 1), " +
  'told AS (INSERT INTO task_events (list_id, task, at_ms, kind, data_json) ' +
  'SELECT $5::text, id, $3, \'completed\', \'{"kind":"completed","summary":"written"}\' ' +
  'FROM unnest($1::text[]) AS id), ' +
  "taken AS (UPDATE task_queue SET status = 'running', attempts = 1, claims = 1, fence = 1, " +
  "holder_id = 'bench', holder_term = 1, started_at_ms = $3, started_at = $4, " +
  "lease_until_ms = $3 + 60000, assigned_agent = 'bench', updated_at = $4 " +
  'WHERE id = ANY ($2::text[])), ' +
  'tries AS (INSERT INTO task_attempts (task, fence, attempt, agent, holder_id, claimed_at_ms) ' +
  "SELECT id, 1, 1, 'bench', 'bench', $3 FROM unnest($2::text[]) AS id) " +
  'INSERT INTO task_events (list_id, task, at_ms, kind, data_json) ' +
  'SELECT $5::text, id, $3, \'claimed\', \'{"kind":"claimed","fence":1,"agent":"bench"}\' ' +
  'FROM unnest($2::text[]) AS id';

/** As a queue: a list of jobs, whose rows `work` then writes. */
export async function openBareRows(
  url: string,
): Promise<Pick<Queue, 'enqueueMany' | 'work' | 'stop'>> {
  const pawl = await openPawl(url, 'batched');
  return {
    enqueueMany: (count) => pawl.enqueueMany(count),
    work: async (count, callers) => {
      const ids = await idsOf(url, pawl.listId);
      if (ids.length !== count) throw new Error(`the list has ${ids.length} jobs, not ${count}`);
      const share = Math.ceil(count / callers);
      const writers: (() => Promise<void>)[] = [];
      for (let at = 0; at < callers; at += 1) {
        writers.push(await writerOf(url, pawl.listId, ids.slice(at * share, (at + 1) * share)));
      }
      const startedAt = performance.now();
      await Promise.all(writers.map((write) => write()));
      return performance.now() - startedAt;
    },
    stop: () => pawl.stop(),
  };
}

async function idsOf(url: string, listId: string): Promise<readonly string[]> {
  const order = `WHERE list_id = '${listId}' ORDER BY priority, position`;
  const rows = await execute(url, `SELECT id FROM task_queue ${order}`);
  return rows.map(({ id }) => String(id));
}

/** A connection of its own. */
async function writerOf(
  url: string,
  listId: string,
  ids: readonly string[],
): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("SET plan_cache_mode = 'force_generic_plan'; SET enable_seqscan = off");
  const batches = Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, at) =>
    ids.slice(at * BATCH, (at + 1) * BATCH),
  );
  return async () => {
    for (const [at, begins] of [...batches, []].entries()) {
      const now = new Date();
      const values = [batches[at - 1] ?? [], begins, now.getTime(), now.toISOString(), listId];
      await client.query({ name: 'rows', text: ROWS, values });
    }
    await client.end();
  };
}
