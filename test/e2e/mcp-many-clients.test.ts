import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import { openWorkspace } from '../../src/app/open-workspace.ts';
import { testDepth } from '../support/test-depth.ts';
import { ClientCrowd, SHARED } from './many-clients.ts';
import { scratchRepository } from './mcp-wire.ts';

const { clients, subtasks } = testDepth.pick({
  reduced: { clients: 6, subtasks: 80 },
  full: { clients: 20, subtasks: 500 },
});

let crowd: ClientCrowd | null = null;
let root: string | null = null;
afterEach(async () => {
  await crowd?.kill();
  crowd = null;
  if (root !== null) rmSync(root, { recursive: true, force: true });
});

/** Of the one breakdown, from the tables themselves: what was claimed how often, and what ended. */
function recordsIn(project: string) {
  const database = new DatabaseSync(join(project, '.pawl', 'pawl.db'), { readOnly: true });
  try {
    const all = (sql: string) => database.prepare(sql).all();
    return {
      attempts: all('SELECT task, count(*) AS n FROM task_attempts GROUP BY task'),
      outcomes: all('SELECT outcome, count(*) AS n FROM task_attempts GROUP BY outcome'),
      events: all(
        'SELECT task, kind, count(*) AS n FROM task_events ' +
          "WHERE kind IN ('claimed', 'completed') GROUP BY task, kind",
      ),
      statuses: all('SELECT status, count(*) AS n FROM task_queue GROUP BY status'),
    };
  } finally {
    database.close();
  }
}

it('each subtask is claimed once by clients with a server each, and none is lost', async () => {
  root = scratchRepository();
  crowd = new ClientCrowd({ root, clients });
  await crowd.ready();
  await crowd.plan(SHARED, subtasks);
  const reports = await crowd.work(SHARED);
  const claimed = reports.flatMap((report) => report.claimed);
  const completed = reports.flatMap((report) => report.completed);
  expect(new Set(claimed).size).toBe(claimed.length);
  expect(claimed).toHaveLength(subtasks);
  expect(completed.toSorted()).toEqual(claimed.toSorted());
  for (const wire of crowd.wires) {
    for (const line of wire.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  }
  const { attempts, outcomes, events, statuses } = recordsIn(root);
  expect(attempts).toHaveLength(subtasks);
  expect(attempts.filter(({ n }) => n !== 1)).toEqual([]);
  expect(outcomes).toEqual([{ outcome: 'succeeded', n: subtasks }]);
  expect(events).toHaveLength(2 * subtasks);
  expect(events.filter(({ n }) => n !== 1)).toEqual([]);
  expect(statuses).toEqual([{ status: 'completed', n: subtasks }]);
  await crowd.end();
  const workspace = await openWorkspace({ dir: root, create: false, warn: () => undefined });
  expect(await workspace.store.audit()).toEqual([]);
  await workspace.close();
}, 180_000);
