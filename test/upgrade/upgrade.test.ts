import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { pawlMigration } from '../../src/app/store-migration.ts';
import { migrate } from '../../src/migrate/sqlite/migrate.ts';
import { SCHEMA_FINGERPRINT } from '../../src/schema/fingerprint.ts';
import { PAWL_SCHEMA, type StoreSchema } from '../../src/schema/store-schema.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import type { CliProject } from '../e2e/cli-project.ts';
import { databaseText } from './database-text.ts';
import { columnsOf, contentOf, formerProject, isNewestFile, LANDED } from './former-project.ts';

const DECIDED_MAX_MS = 500;

let project: CliProject;
afterEach(() => project.remove());

const backups = (): readonly string[] =>
  existsSync(project.path('.pawl/backups')) ? readdirSync(project.path('.pawl/backups')) : [];

/** What `pawl status` needs no word for: the whole upgrade is that somebody looks. */
async function lookAtIt(): Promise<string> {
  const { code, out, err } = await project.pawl('status');
  expect(err).toBe('');
  expect(code).toBe(0);
  return out;
}

describe.each(LANDED)('a project of the schema %s', (fingerprint) => {
  const isOld = fingerprint !== SCHEMA_FINGERPRINT;

  it('is brought to the newest by a plain `pawl status`, with every row it had', async () => {
    project = formerProject(fingerprint);
    const columns = columnsOf(project.database);
    const before = contentOf(project.database, columns);
    const out = await lookAtIt();
    for (const name of ['tasks.md', 'release.md', 'backlog.md']) expect(out).toContain(name);
    expect(contentOf(project.database, columns)).toEqual(before);
    expect(project.rows('SELECT fingerprint, generation FROM store_meta')).toEqual([
      { fingerprint: SCHEMA_FINGERPRINT, generation: PAWL_SCHEMA.generation },
    ]);
    const history = project.rows('SELECT status, backup FROM migration_history');
    const isChanged = !isNewestFile(fingerprint);
    expect(backups()).toHaveLength(isChanged ? 1 : 0);
    const backup = isChanged ? backups()[0] : null;
    expect(history).toEqual(isOld ? [{ status: 'applied', backup }] : []);
    if (isChanged) {
      const copy = project.path(`.pawl/backups/${backups()[0]}`);
      expect(contentOf(copy, columns)).toEqual(before);
    }
    await lookAtIt();
    expect(project.rows('SELECT status, backup FROM migration_history')).toEqual(history);
  });

  it('is sound, and its list goes on where it stopped', async () => {
    project = formerProject(fingerprint);
    await lookAtIt();
    const doctor = await project.json('doctor');
    expect(doctor.data.checks.filter(isFault)).toEqual([]);
    const run = await project.start(['run', 'tasks.md']).end();
    expect(run.err).not.toMatch(/migrat|schema/i);
    expect(run.code).toBe(0);
    expect(new Set(Object.values(project.statuses()))).toEqual(new Set(['completed']));
    expect(project.runs().filter((line) => line.startsWith('start W-1 '))).toEqual([]);
    expect(project.runs()).toContain('start W-4 2');
    expect(project.statuses(project.path('release.md'))).toMatchObject({
      ...{ 'R-1': 'completed', 'R-2': 'failed', 'R-3': 'skipped', 'R-4': 'waiting' },
      ...{ 'R-5': 'cancelled', 'R-6': 'skipped', 'R-7': 'queued' },
    });
    const audit = await project.json('doctor');
    expect(audit.data.checks.filter(isFault)).toEqual([]);
  });
});

it('that nothing is to be done is decided in a moment, by comparing all of it', async () => {
  project = formerProject(SCHEMA_FINGERPRINT);
  const { database: path } = project;
  const took: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const begun = performance.now();
    const place = pawlMigration({ world: createRealWorld(), path });
    expect(await migrate({ ...place, version: '9.0.0' })).toMatchObject({ kind: 'in_sync' });
    took.push(performance.now() - begun);
  }
  expect(Math.min(...took)).toBeLessThan(DECIDED_MAX_MS);
});

const isFault = ({ severity }: { readonly severity: string }): boolean => severity === 'fault';

/** A release to come: one column more, and what it says of older ones. */
function tomorrow(floors: { readonly minReader: number; readonly minWriter: number }): StoreSchema {
  const objects = PAWL_SCHEMA.objects.map((one) => {
    if (one.kind !== 'table' || one.name !== 'task_queue') return one;
    return { ...one, columns: { ...one.columns, mood: { type: 'text', nullable: true } as const } };
  });
  const generation = PAWL_SCHEMA.generation + 1;
  return { ...PAWL_SCHEMA, objects, fingerprint: 'of tomorrow', generation, ...floors };
}

describe('this Pawl, in a project that a later one brought up', () => {
  const NEXT = PAWL_SCHEMA.generation + 1;

  async function broughtUp(floors: Parameters<typeof tomorrow>[0]): Promise<void> {
    project = formerProject(SCHEMA_FINGERPRINT);
    const { database: path } = project;
    const schema = tomorrow(floors);
    const place = pawlMigration({ world: createRealWorld(), path, schema });
    expect(await migrate({ ...place, version: '9.0.0' })).toMatchObject({ kind: 'applied' });
  }

  const run = () => project.start(['run', 'tasks.md']).end();

  it('refuses in a sentence where it may not read, and leaves every byte', async () => {
    await broughtUp({ minReader: NEXT, minWriter: NEXT });
    const before = readFileSync(project.database);
    for (const { code, out, err } of [await project.pawl('status'), await run()]) {
      expect(err).toMatch(/newer Pawl/);
      expect([code, out]).toEqual([3, '']);
    }
    expect(readFileSync(project.database).equals(before)).toBe(true);
    expect(existsSync(`${project.database}-wal`)).toBe(false);
    expect(project.runs()).toEqual([]);
  });

  it('reads, and writes nothing, where it may not write', async () => {
    await broughtUp({ minReader: 1, minWriter: NEXT });
    const before = databaseText(project.database);
    const { code, out } = await project.pawl('status');
    expect(code).toBe(0);
    expect(out).toContain('tasks.md');
    const refused = await run();
    expect(refused.err).toMatch(/newer Pawl/);
    expect(refused.code).toBe(3);
    expect(databaseText(project.database)).toBe(before);
    expect(project.runs()).toEqual([]);
  });

  it('works where it may, and leaves what is newer', async () => {
    await broughtUp({ minReader: 1, minWriter: 1 });
    expect((await run()).code).toBe(0);
    expect(new Set(Object.values(project.statuses()))).toEqual(new Set(['completed']));
    expect(project.rows('SELECT fingerprint, generation FROM store_meta')).toEqual([
      { fingerprint: 'of tomorrow', generation: NEXT },
    ]);
    expect(project.rows('SELECT mood FROM task_queue WHERE mood IS NOT NULL')).toEqual([]);
  });
});
