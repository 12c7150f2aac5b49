import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openWorkspace } from '../../src/app/open-workspace.ts';
import { serveLists } from '../../src/app/serve-lists.ts';
import type { Workspace } from '../../src/app/workspace.ts';
import { loadTaskList } from '../../src/operations/load-task-list.ts';
import { PAWL_SCHEMA, type StoreSchema } from '../../src/schema/store-schema.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { until } from '../chaos/pawl-process.ts';
import { execute, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { CliProject, listOf } from './cli-project.ts';
import { statusesAt } from './fleet-hosts.ts';

const PACE = { leaseMs: 2_000, heartbeatMs: 300, sweepMs: 200, killGraceMs: 500 };
const TASKS = ['A', 'B', 'C', 'D'];
const NEXT = PAWL_SCHEMA.generation + 1;

/** The release after this one: one column more. */
function tomorrow(minWriter: number): StoreSchema {
  const objects = PAWL_SCHEMA.objects.map((one) => {
    if (one.kind !== 'table' || one.name !== 'task_queue') return one;
    return { ...one, columns: { ...one.columns, mood: { type: 'text', nullable: true } as const } };
  });
  return { ...PAWL_SCHEMA, objects, fingerprint: 'of tomorrow', generation: NEXT, minWriter };
}

describe('servers of two releases on one store', () => {
  let server: PostgresServer;
  let url = '';
  let projects: [CliProject, CliProject];
  const open: Workspace[] = [];
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    url = await server.createDatabase();
    const project = () => new CliProject(listOf(...TASKS.map((id) => [id] as const)));
    projects = [project(), project()];
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    for (const one of projects) await one.remove();
  });

  async function begin(at: 0 | 1, schema: StoreSchema) {
    const project = projects[at];
    const config = { databaseUrl: url, agentCommand: 'sh agent.sh', maxConcurrent: 4, ...PACE };
    project.write('.pawl/config.json', JSON.stringify(config));
    project.hold(...TASKS);
    const real = createRealWorld();
    const world = { ...real, processes: { ...real.processes, host: `host-${at}` } };
    const place = { dir: project.root, create: true, world, schema, warn: () => undefined };
    const workspace = await openWorkspace(place);
    open.push(workspace);
    if (at === 0) {
      const { listId } = (await loadTaskList(workspace, { path: project.list })).list;
      await workspace.store.setExecutor({ listId, status: 'running' });
    }
    const environment = { PATH: process.env['PATH'] ?? '' };
    const wish = { capacity: 2, labels: [], untilIdle: true, environment };
    const serving = await serveLists(workspace, { ...wish, onEvent: () => undefined });
    await serving.start();
    await until('two agents', () => project.runs().length === 2);
    return serving;
  }

  it('work side by side where the newer one lets the older one write', async () => {
    const older = await begin(0, PAWL_SCHEMA);
    const newer = await begin(1, tomorrow(PAWL_SCHEMA.minWriter));
    const newest = `SELECT 1 FROM store_meta WHERE generation = ${NEXT}`;
    expect(await execute(url, newest)).toHaveLength(1);
    for (const one of projects) one.release(...TASKS);
    for (const one of [older, newer]) expect((await one.ended).kind).toBe('finished');
    const starts = projects.flatMap((one) => one.runs().filter((line) => line.startsWith('start')));
    expect(starts.toSorted()).toEqual(TASKS.map((id) => `start ${id} 1`));
    const done = 'SELECT 1 FROM task_queue WHERE crash_count = 0 AND attempts = 1 AND mood IS NULL';
    expect(await execute(url, done)).toHaveLength(TASKS.length);
  });

  it('where it does not, the older one stops, and the newer one does its tasks', async () => {
    const older = await begin(0, PAWL_SCHEMA);
    const newer = await begin(1, tomorrow(NEXT));
    expect(await older.ended).toMatchObject({ kind: 'error', error: { code: 'store_version' } });
    projects[1].release(...TASKS);
    expect((await newer.ended).kind).toBe('finished');
    expect(Object.values(await statusesAt(url))).toEqual(TASKS.map(() => 'completed'));
    expect(projects[0].runs().filter((line) => line.startsWith('end'))).toEqual([]);
  });
});
