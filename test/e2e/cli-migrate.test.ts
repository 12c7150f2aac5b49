import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { columnsOf, contentOf, formerProject, LANDED } from '../upgrade/former-project.ts';
import { CliProject, listOf } from './cli-project.ts';

let project: CliProject;
afterEach(() => project.remove());

const [OLDEST = ''] = LANDED;

const migrate = (...args: readonly string[]) => project.json('migrate', ...args);
const sumOf = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex');

function sql(...statements: readonly string[]): void {
  const database = new DatabaseSync(project.database, { timeout: 10_000 });
  for (const statement of statements) database.exec(statement);
  database.close();
}

/** A project of this Pawl with a finished task. */
async function presentProject(): Promise<void> {
  project = new CliProject(listOf(['A']));
  const { code, err } = await project.run().end();
  expect(code, err).toBe(0);
}

/** A project that was migrated from an older schema, and the name of the backup from before. */
async function migratedProject(): Promise<string> {
  project = formerProject(OLDEST);
  const { data, code, err } = await migrate('apply');
  expect(code, err).toBe(0);
  return String(data.report.backup.path).replace(/^.*\//, '');
}

describe('pawl migrate, on a database of an older schema', () => {
  it('says what is pending, and changes nothing by saying it', async () => {
    project = formerProject(OLDEST);
    const before = sumOf(project.database);
    const status = await migrate('status');
    expect(status).toMatchObject({ code: 5, schemaVersion: 1, kind: 'migrate-status', err: '' });
    expect(status.data).toMatchObject({ database: project.database, state: 'pending', last: null });
    expect(status.data.plan.from).not.toBe(status.data.plan.to);

    const plan = await migrate('plan');
    expect(plan).toMatchObject({ code: 5, kind: 'migrate-plan', data: { state: 'pending' } });
    expect(plan.data.estimate.steps).toHaveLength(plan.data.plan.steps.length);
    expect(plan.data.estimate).toMatchObject({ writers: 'wait', backupMs: expect.any(Number) });
    for (const step of plan.data.plan.steps) {
      expect(step).toMatchObject({ class: expect.any(String), gates: expect.any(Array) });
    }

    expect(await migrate('history')).toMatchObject({ code: 0, data: { entries: [] } });
    const verify = await migrate('verify');
    expect(verify).toMatchObject({ code: 5, data: { sound: false } });
    expect(sumOf(project.database)).toBe(before);
    expect(existsSync(project.path('.pawl/backups'))).toBe(false);
  });

  it('tries it on a copy, and leaves no byte of it', async () => {
    project = formerProject(OLDEST);
    const before = sumOf(project.database);
    const { code, data } = await migrate('dry-run');
    expect({ code, kind: data.kind }).toEqual({ code: 5, kind: 'would_apply' });
    expect(data).toMatchObject({ copyMs: expect.any(Number), commitMs: expect.any(Number) });
    for (const step of data.report.steps) expect(step.ms).toBeGreaterThanOrEqual(0);
    expect(sumOf(project.database)).toBe(before);
    expect(readdirSync(project.path('.pawl/backups'))).toEqual([]);
  });

  it('migrates when it is told to, with a backup, and remembers it', async () => {
    project = formerProject(OLDEST);
    const { code, data, err } = await migrate('apply');
    expect({ code, err, kind: data.kind }).toEqual({ code: 0, err: '', kind: 'applied' });
    const { backup, from, to } = data.report;
    expect(existsSync(backup.path)).toBe(true);
    expect(await migrate('status')).toMatchObject({ code: 0, data: { state: 'in_sync' } });
    expect(await migrate('dry-run')).toMatchObject({ code: 0, data: { kind: 'in_sync' } });
    expect(await migrate('apply')).toMatchObject({ code: 0, data: { kind: 'in_sync' } });
    expect(await migrate('verify')).toMatchObject({ code: 0, data: { sound: true, faults: [] } });
    const { data: history } = await migrate('history');
    expect(history.entries).toMatchObject([
      { status: 'applied', from, to, backup: backup.path.replace(/^.*\//, ''), error: null },
    ]);
    expect(project.log()).toContainEqual(expect.objectContaining({ event: 'schema.migrated' }));
  });

  it('names the failure of the last try until one succeeds', async () => {
    project = formerProject(OLDEST);
    const { data: pending } = await migrate('status');
    const { from, to } = pending.plan;
    const note = { atMs: 1, from, to, code: 'store_full', message: 'the disk was full' };
    project.write('.pawl/pawl.db.migration-failed.json', JSON.stringify(note));
    const { code, data } = await migrate('status');
    expect({ code, state: data.state }).toEqual({ code: 1, state: 'failed' });
    expect(data.failure).toMatchObject({ code: 'store_full', message: note.message, times: 1 });
    expect((await project.pawl('migrate', 'status')).out).toContain(note.message);
    expect(await migrate('apply')).toMatchObject({ code: 0, data: { kind: 'applied' } });
    expect(await migrate('status')).toMatchObject({ code: 0, data: { failure: null } });
  });

  it('tells a person all of it in words', async () => {
    project = formerProject(OLDEST);
    const said = async (...args: string[]): Promise<string> =>
      (await project.pawl('migrate', ...args)).out;
    expect(await said('status')).toMatch(/behind by \d+ changes?.*after a backup/);
    const plan = await said('plan');
    expect(plan).toMatch(/^ALTER TABLE .*;$/m);
    expect(plan).toMatch(/others who write wait; readers (go on|wait)/);
    expect(await said('dry-run')).toContain('nothing was changed');
    expect(await said('apply')).toMatch(/Backup from before: .*backups\/pawl-before-/);
    expect(await said('history')).toMatch(/#1 .*applied.*\n.*UTC to .*UTC/);
    expect(await said('verify')).toContain('The database is sound');
    expect(await said('restore')).toMatch(/pawl-before-.*before a change of the schema/);
  });
});

describe('pawl migrate, without a database', () => {
  it('says so, and makes nothing', async () => {
    project = new CliProject(listOf(['A']));
    const before = readdirSync(project.root);
    for (const verb of ['status', 'dry-run', 'apply', 'verify']) {
      const { code, err } = await migrate(verb);
      expect(code).toBe(1);
      expect(JSON.parse(err)).toMatchObject({ data: { code: 'store_not_found' } });
    }
    expect(await migrate('restore')).toMatchObject({ code: 0, data: { backups: [] } });
    expect(readdirSync(project.root)).toEqual(before);
  });

  it('prints the declared schema, as SQL that a database takes', async () => {
    project = new CliProject('');
    const { code, out } = await project.pawl('migrate', 'schema');
    expect(code).toBe(0);
    const database = new DatabaseSync(':memory:');
    database.exec(out);
    expect(database.prepare('SELECT count(*) AS n FROM task_queue').all()).toMatchObject([
      { n: 0 },
    ]);
    database.close();
    expect((await migrate('schema')).data.statements.length).toBeGreaterThan(10);
  });
});

describe('pawl migrate, on a schema that somebody changed by hand', () => {
  it('names an index and a column that it leaves alone', async () => {
    await presentProject();
    sql('CREATE INDEX mine ON task_queue (agent)', 'ALTER TABLE locks ADD COLUMN extra TEXT');
    const { code, data } = await migrate('status');
    expect({ code, state: data.state }).toEqual({ code: 5, state: 'drift' });
    const named = data.plan.drift.map(({ object, fate }: Record<string, unknown>) => [
      object,
      fate,
    ]);
    expect(named).toEqual(expect.arrayContaining([['locks.extra', 'kept']]));
    expect(JSON.stringify(named)).toContain('mine');
    expect(await migrate('apply')).toMatchObject({ code: 0, data: { kind: 'in_sync' } });
    expect((await project.pawl('migrate', 'status', '-C', 'hold')).out).toContain('locks.extra');
  });

  it('puts back an index of its own', async () => {
    await presentProject();
    sql('DROP INDEX instances_live');
    expect(await migrate('status')).toMatchObject({ code: 5, data: { state: 'pending' } });
    const { data } = await migrate('verify');
    expect(data.faults).toMatchObject([{ code: 'not_declared' }, { code: 'changed_since' }]);
    expect(await migrate('apply')).toMatchObject({ code: 0, data: { kind: 'applied' } });
    expect(await migrate('status')).toMatchObject({ code: 0, data: { state: 'in_sync' } });
  });

  it('does not make anew a column that had values: refused, and doctor says why', async () => {
    await presentProject();
    sql('ALTER TABLE task_queue DROP COLUMN status_reason');
    const before = sumOf(project.database);
    const { code, data } = await migrate('status');
    expect({ code, state: data.state }).toEqual({ code: 3, state: 'refused' });
    const [obstacle] = data.obstacles;
    expect(obstacle).toMatchObject({ code: 'rows_lost', object: 'task_queue.status_reason' });
    expect(obstacle.remedy).not.toBe('');
    expect(await migrate('dry-run')).toMatchObject({ code: 3, data: { kind: 'refused' } });
    const { code: exit, err } = await migrate('apply');
    expect(exit).toBe(3);
    expect(JSON.parse(err)).toMatchObject({
      data: {
        code: 'migration_refused',
        details: { obstacles: [{ object: 'task_queue.status_reason' }] },
      },
    });
    const words = await project.pawl('migrate', 'apply');
    expect(words.err).toContain(obstacle.remedy);
    expect((await project.pawl('doctor')).out).toContain(obstacle.message);
    expect(sumOf(project.database)).toBe(before);
  });

  it('keeps every command from starting when rows stand in the way, and says which', async () => {
    await presentProject();
    sql(
      'DROP INDEX task_lists_path',
      'INSERT INTO task_lists (list_id, task_list_path, created_at_ms) ' +
        "SELECT 'twin', task_list_path, 1 FROM task_lists",
    );
    const { code, err } = await project.json('status');
    expect(code).toBe(3);
    const { data: error } = JSON.parse(err) as { data: Record<string, unknown> };
    const [obstacle] = (error['details'] as { obstacles: Record<string, unknown>[] }).obstacles;
    expect(error).toMatchObject({ code: 'migration_refused' });
    expect(obstacle).toMatchObject({ code: 'rows_in_the_way', rows: expect.any(Array) });
    const words = (await project.pawl('status')).err;
    expect(words).toContain(obstacle?.['remedy']);
    expect(words).toContain('pawl: migration_refused');
    const { data } = await project.json('doctor');
    expect(data.checks).toContainEqual(
      expect.objectContaining({
        name: 'schema',
        severity: 'fault',
        message: obstacle?.['message'],
      }),
    );
    expect(await migrate('status')).toMatchObject({ code: 3, data: { state: 'refused' } });
    sql("DELETE FROM task_lists WHERE list_id = 'twin'");
    expect((await project.pawl('status')).code).toBe(0);
    expect(await migrate('status')).toMatchObject({ code: 0, data: { state: 'in_sync' } });
  });

  it('refuses a database that a newer Pawl brought up', async () => {
    await presentProject();
    sql('UPDATE store_meta SET generation = 999, min_reader = 999, min_writer = 999');
    const { code, err } = await migrate('status');
    expect(code).toBe(3);
    expect(JSON.parse(err)).toMatchObject({ data: { code: 'store_version' } });
  });
});

describe('pawl migrate restore', () => {
  it('goes back to a backup, and keeps what was there, its log included', async () => {
    const backup = await migratedProject();
    const lists = project.rows('SELECT count(*) AS n FROM task_queue');
    // A process that was killed leaves its last commits in a log beside the database.
    const script =
      `const d = new (require('node:sqlite').DatabaseSync)(${JSON.stringify(project.database)});` +
      "d.exec('PRAGMA journal_mode = WAL; DELETE FROM task_events; DELETE FROM task_attempts');" +
      "process.kill(process.pid, 'SIGKILL');";
    spawnSync(process.execPath, ['-e', script]);
    expect(existsSync(`${project.database}-wal`)).toBe(true);

    const { code, data, err } = await migrate('restore', backup);
    expect(code, err).toBe(0);
    expect(data).toMatchObject({ backup: project.path(`.pawl/backups/${backup}`) });
    expect(readdirSync(data.setAside)).toContain('pawl.db');
    expect(statSync(`${project.database}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
    const aside = new DatabaseSync(`${data.setAside}/pawl.db`, { readOnly: true });
    expect(aside.prepare('SELECT 1 FROM task_events').all()).toEqual([]);
    aside.close();
    expect(project.rows('SELECT count(*) AS n FROM task_queue')).toEqual(lists);
    expect(project.rows('SELECT seq FROM task_events LIMIT 1')).toHaveLength(1);
    const [meta] = project.rows('SELECT epoch FROM store_meta');
    expect(project.read('.pawl/epoch')).toBe(`${meta?.['epoch']}\n`);
    // It is of the older schema again: the next command migrates it again.
    expect(await migrate('status')).toMatchObject({ code: 5, data: { state: 'pending' } });
    expect((await project.pawl('status')).code).toBe(0);
    expect(await migrate('status')).toMatchObject({ code: 0, data: { state: 'in_sync' } });
  });

  it('goes back to a copy that lies elsewhere, named by its path', async () => {
    await presentProject();
    expect((await project.pawl('backup', 'copy.db')).code).toBe(0);
    sql(
      'INSERT INTO locks (name, acquired_at_ms, renewed_at_ms, expires_at_ms, fence) ' +
        "VALUES ('since', 1, 1, 1, 1)",
    );
    const { code, data, err } = await migrate('restore', 'copy.db');
    expect(code, err).toBe(0);
    expect(data).toMatchObject({ backup: project.path('copy.db'), state: 'in_sync' });
    expect(project.rows("SELECT 1 FROM locks WHERE name = 'since'")).toEqual([]);
    expect(project.statuses()).toEqual({ A: 'completed' });
  });

  it('goes back to a schema that lacks what this Pawl reads', async () => {
    await presentProject();
    await project.pawl('backup', 'older.db');
    const older = new DatabaseSync(project.path('older.db'));
    older.exec('ALTER TABLE task_queue DROP COLUMN status_reason; DROP TABLE migration_history');
    older.exec("UPDATE store_meta SET fingerprint = 'older', generation = 1");
    older.close();
    const { code, data, err } = await migrate('restore', 'older.db');
    expect(code, err).toBe(0);
    expect(data).toMatchObject({ state: 'pending', recorded: false });
    expect(project.rows('SELECT epoch FROM store_meta')).toEqual([{ epoch: 2 }]);
    expect((await project.pawl('status')).code).toBe(0);
    expect(project.statuses()).toEqual({ A: 'completed' });
  });

  it('takes no unknown backup and no damaged one, and changes nothing', async () => {
    const backup = await migratedProject();
    const columns = columnsOf(project.database);
    const before = contentOf(project.database, columns);
    const damaged = project.path(`.pawl/backups/${backup}`);
    writeFileSync(damaged, readFileSync(damaged).subarray(0, 20_000));
    const other = new DatabaseSync(project.path('other.db'));
    other.exec('CREATE TABLE somebody_elses (a)');
    other.close();
    for (const [name, wanted] of [
      ['pawl-before-nothing.db', 'backup_not_found'],
      [backup, 'backup_unsound'],
      ['agent.sh', 'backup_unsound'],
      ['other.db', 'backup_unsound'],
    ] as const) {
      const { code, err } = await migrate('restore', name);
      expect(code).toBe(1);
      expect(JSON.parse(err)).toMatchObject({ data: { code: wanted } });
    }
    expect(contentOf(project.database, columns)).toEqual(before);
    const { data, code } = await migrate('verify');
    expect({ code, faults: data.faults.length }).toEqual({ code: 1, faults: 1 });
  });

  it('is refused while a run lives, its agent does, or another program has it open', async () => {
    await presentProject();
    await project.pawl('backup', 'copy.db');
    project.write('tasks.md', listOf(['A'], ['B']));
    project.hold('B');
    const run = project.run();
    await project.agentsBegun('B');
    const refused = async (said: RegExp): Promise<void> => {
      const { code, err } = await migrate('restore', 'copy.db');
      expect(code, err).toBe(3);
      expect(JSON.parse(err)).toMatchObject({
        data: { code: 'store_in_use', message: expect.stringMatching(said) },
      });
    };
    await refused(/a running Pawl \(process \d+\)/);
    await run.kill();
    await refused(/an agent still works in .*pawl stop/);
    expect((await project.pawl('stop')).code).toBe(0);

    const other = new DatabaseSync(project.database);
    other.prepare('SELECT count(*) FROM task_queue').all();
    await refused(/another program has the database open/);
    other.close();
    expect(project.statuses()).toHaveProperty('B');
    const { code, err } = await migrate('restore', 'copy.db');
    expect(code, err).toBe(0);
    expect(project.statuses()).toEqual({ A: 'completed' });
  });
});
