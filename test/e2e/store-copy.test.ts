import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { CliProject, listOf } from './cli-project.ts';

describe('pawl store copy', () => {
  let server: PostgresServer;
  let url = '';
  let project: CliProject;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    url = await server.createDatabase();
    project = new CliProject(listOf(['A'], ['B', 'P2', 'A']));
  });
  afterEach(() => project.remove());

  const source = (): string =>
    createHash('sha256').update(readFileSync(project.database)).digest('hex');
  const onServer = (): Readonly<Record<string, string>> => ({ PAWL_DATABASE_URL: url });

  it('moves a paused project to a server and back: nothing is lost or run twice', async () => {
    expect((await project.run().end()).code).toBe(0);
    project.write(
      'tasks.md',
      `${project.read('tasks.md')}${listOf(['C', 'P2', 'B']).split('\n').at(-2)}\n`,
    );
    expect((await project.pawl('load', 'tasks.md')).code).toBe(0);
    expect((await project.pawl('pause')).code).toBe(0);
    const before = source();
    const copied = await project
      .start(['store', 'copy', '--to', 'env:PAWL_COPY_TO'], { PAWL_COPY_TO: url })
      .end();
    expect(copied.err).toBe('');
    expect(copied.code).toBe(0);
    expect(copied.out).toMatch(/task_queue +3 {2}[0-9a-f]{64}/);
    expect(copied.out).toContain('Nothing happened in the source since.');
    expect(copied.out).not.toContain(new URL(url).password);
    expect(source()).toBe(before);
    // The project goes on there, and its own database is put away.
    rmSync(project.path('.pawl/pawl.db'));
    for (const args of [['resume'], ['run', 'tasks.md', '--agent-command', 'sh agent.sh']]) {
      expect((await project.start(args, onServer()).end()).code).toBe(0);
    }
    const back = await project
      .start(['store', 'copy', '--to', '.pawl/pawl.db', '--json'], onServer())
      .end();
    expect(JSON.parse(back.out)).toMatchObject({ kind: 'store-copy', data: { released: 0 } });
    const list = await project.pawl('list');
    expect(list.out).toMatch(/C.*completed/);
    expect(list.err).toBe('');
    expect(project.runs().filter((line) => line.startsWith('start'))).toEqual([
      ...['start A 1', 'start B 1', 'start C 1'],
    ]);
    const doctor = await project.pawl('doctor');
    expect(doctor.out).toContain('every task equals the fold of its events');
    expect(Number(project.read('.pawl/epoch'))).toBeGreaterThan(2);
  });

  it('says what is wrong with a place, and never a secret', async () => {
    expect((await project.pawl('load', 'tasks.md')).code).toBe(0);
    const wrong = await project.pawl('store', 'copy', '--to', 'mysql://ann:s3cret@db/x');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('postgres://');
    expect(wrong.out + wrong.err).not.toContain('s3cret');
    const taken = await project.pawl('store', 'copy', '--to', '.pawl/pawl.db');
    expect(taken.code).toBe(3);
    expect((await project.pawl('store', 'copy')).code).toBe(2);
    const nowhere = await project.pawl('store', 'copy', '--to', 'no/folder/x.db');
    expect(nowhere.code).toBe(2);
  });
});
