import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeOlderServerStore, OLDER } from '../support/older-server-store.ts';
import { execute, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { testDepth } from '../support/test-depth.ts';
import { CliProject, listOf } from './cli-project.ts';

/** On a machine that has other things to do. */
const LIMIT_MS = 110_000;
const STARTERS = testDepth.pick({ reduced: 4, full: 16 });
const [OLDEST = ''] = OLDER;

describe('many commands that start at once on one database', () => {
  let server: PostgresServer;
  let url = '';
  let project: CliProject;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    url = await server.createDatabase();
    project = new CliProject(listOf(['A']));
    project.write('.pawl/config.json', JSON.stringify({ databaseUrl: url }));
  });
  afterEach(() => project.remove());

  const all = async (...args: readonly string[]): Promise<readonly unknown[]> => {
    const ended = Array.from({ length: STARTERS }, () => project.start(args).end(LIMIT_MS));
    return (await Promise.all(ended)).map(({ code, err }) => `${code} ${err}`);
  };
  const history = async (): Promise<unknown> =>
    (await execute(url, 'SELECT status FROM migration_history')).map(({ status }) => status);
  const fine = Array.from({ length: STARTERS }, () => '0 ');

  it('make its store once, and load its list once', async () => {
    expect(await all('load', 'tasks.md')).toEqual(fine);
    expect(await history()).toEqual(['applied']);
    expect(await execute(url, 'SELECT task_id FROM task_queue')).toEqual([{ task_id: 'A' }]);
    expect(await execute(url, 'SELECT one FROM store_meta')).toHaveLength(1);
  });

  it('bring an older store up once, with every row', async () => {
    await makeOlderServerStore(url, OLDEST);
    const rows = 'SELECT id, status, fence FROM task_queue ORDER BY id';
    const before = await execute(url, rows);
    expect(before.length).toBeGreaterThan(50);
    expect(await all('status')).toEqual(fine);
    expect(await history()).toEqual(['applied']);
    expect(await execute(url, rows)).toEqual(before);
    expect((await project.pawl('migrate', 'status')).code).toBe(0);
  });
});
