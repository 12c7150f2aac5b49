import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LibraryBench, LOANS } from '../../../test/support/library-bench.ts';
import { contentOf, rowsOf, schemaOf } from '../../../test/support/library-database.ts';
import { ADDED, FIRST, REBUILT, RENAMED } from '../../../test/support/library-declaration.ts';
import { SCHEMA } from '../../schema/schema.ts';
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts';
import type { MigrationOutcome } from '../migration-report.ts';
import { UNATTENDED } from '../policy.ts';
import { type Declaration, declaredSchema } from './declared-schema.ts';
import { dryRunMigration } from './dry-run.ts';
import { restoreBackup } from './restore.ts';
import { migrationStatus } from './status.ts';
import { verifyMigrations } from './verify.ts';

const bench = new LibraryBench();
beforeEach(() => bench.begin());
afterEach(() => bench.clear());

const to = (declaration: Declaration): Promise<MigrationOutcome> =>
  bench.run(declaredSchema(declaration));
const stepsOf = (outcome: MigrationOutcome): readonly string[] =>
  outcome.kind === 'applied' ? outcome.report.steps.map((step) => step.kind) : [];

describe('a declared schema', () => {
  it('is taken up by a database that has it already: only its history is added', async () => {
    const content = contentOf(bench.path);
    expect(stepsOf(await to(FIRST))).toEqual(['create-table']);
    expect(await to(FIRST)).toMatchObject({ kind: 'in_sync', drift: [] });
    expect(contentOf(bench.path)).toBe(content);
    expect(await verifyMigrations(bench.options(declaredSchema(FIRST)))).toEqual([]);
  });

  it('is reached by an addition in place', async () => {
    await to(FIRST);
    const outcome = await to(ADDED);
    expect(outcome).toMatchObject({ report: { class: 'additive', backup: { kind: 'made' } } });
    expect(rowsOf(bench.path, "SELECT id FROM loan WHERE note = ''")).toHaveLength(LOANS - 1);
    expect(await migrationStatus(bench.options(declaredSchema(ADDED)))).toMatchObject({
      state: 'in_sync',
    });
  });

  it('is reached by a rebuild: no row is lost, no view, no trigger, no number', async () => {
    await to(FIRST);
    const content = contentOf(bench.path);
    const dry = await dryRunMigration(bench.options(declaredSchema(REBUILT)));
    expect(dry).toMatchObject({ kind: 'would_apply', report: { class: 'rebuild' } });
    const outcome = await to(REBUILT);
    expect(stepsOf(outcome)).toContain('rebuild-table');
    expect(contentOf(bench.path)).toBe(content);
    expect(schemaOf(bench.path)).toMatch(/book_added.*book_title.*borrowed/s);
    expect(rowsOf(bench.path, "SELECT seq FROM sqlite_sequence WHERE name = 'book'")).toMatchObject(
      [{ seq: LOANS }],
    );
    expect(await to(REBUILT)).toMatchObject({ kind: 'in_sync' });
    expect(await verifyMigrations(bench.options(declaredSchema(REBUILT)))).toEqual([]);
  });

  it('is reached by a rename that is declared, with the values', async () => {
    await to(FIRST);
    const titles = rowsOf<{ t: string }>(bench.path, 'SELECT title AS t FROM book ORDER BY id');
    const outcome = await to(RENAMED);
    expect(outcome).toMatchObject({ kind: 'applied' });
    expect(rowsOf(bench.path, 'SELECT name AS t FROM book ORDER BY id')).toEqual(titles);
    expect(await to(RENAMED)).toMatchObject({ kind: 'in_sync' });
  });

  it('is not reached by guessing: what is no longer declared is a refusal', async () => {
    await to(FIRST);
    const schema = schemaOf(bench.path);
    const { schema: without } = RENAMED;
    await expect(to({ schema: without })).rejects.toMatchObject({
      code: 'migration_refused',
      details: { obstacles: [{ remedy: expect.stringMatching(/\S/) }] },
    });
    expect(schemaOf(bench.path)).toBe(schema);
    const place = bench.options(declaredSchema({ schema: without }));
    expect(await migrationStatus(place)).toMatchObject({ state: 'refused' });
    expect(await dryRunMigration(place)).toMatchObject({ kind: 'refused' });
  });

  it('does not leave a table behind in silence that was declared once', async () => {
    await to(FIRST);
    const schema = FIRST.schema.filter((one) => !String(one).includes('journal'));
    const place = bench.options(declaredSchema({ schema }));
    await expect(bench.run(place)).rejects.toMatchObject({
      code: 'migration_refused',
      details: {
        obstacles: expect.arrayContaining([expect.objectContaining({ object: 'journal' })]),
      },
    });
  });

  it('is not reached while rows stand in the way, and is when they are corrected', async () => {
    await to(FIRST);
    bench.change('UPDATE book SET title = (SELECT title FROM book WHERE id = 1) WHERE id < 4');
    await expect(to(REBUILT)).rejects.toMatchObject({
      code: 'migration_refused',
      details: { obstacles: [{ code: 'rows_in_the_way' }] },
    });
    bench.change("UPDATE book SET title = 'another ' || id WHERE id < 4");
    expect(await to(REBUILT)).toMatchObject({ kind: 'applied' });
  });

  it('is not reached by more than the policy allows', async () => {
    await to(FIRST);
    const policy = { classes: ['additive'] as const, emptied: false };
    const place = { ...declaredSchema(REBUILT), policy };
    await expect(bench.run(place)).rejects.toMatchObject({
      code: 'migration_refused',
      details: { obstacles: [{ code: 'class_not_allowed', object: 'book' }] },
    });
    expect(await bench.run({ ...declaredSchema(ADDED), policy })).toMatchObject({
      kind: 'applied',
    });
  });

  it('is not reached by making anew, empty, what somebody removed, unless allowed', async () => {
    await to(FIRST);
    bench.change('DROP TRIGGER book_added; DROP TABLE journal');
    await expect(to(FIRST)).rejects.toMatchObject({
      code: 'migration_refused',
      details: { obstacles: [{ code: 'rows_lost', object: 'journal' }] },
    });
    const policy = { ...UNATTENDED, emptied: true };
    expect(await bench.run({ ...declaredSchema(FIRST), policy })).toMatchObject({
      kind: 'applied',
      drift: expect.arrayContaining([expect.objectContaining({ fate: 'emptied' })]),
    });
  });

  it('leaves alone what somebody else put there', async () => {
    await to(FIRST);
    bench.change('CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)');
    const outcome = await to(REBUILT);
    expect(outcome.drift).toMatchObject([{ object: 'theirs', fate: 'kept' }]);
    expect(rowsOf(bench.path, 'SELECT a FROM theirs')).toHaveLength(1);
    expect(await migrationStatus(bench.options(declaredSchema(REBUILT)))).toMatchObject({
      state: 'drift',
    });
  });

  it('is left again by a restore, after which the same change is made once more', async () => {
    await to(FIRST);
    const content = contentOf(bench.path);
    const schema = schemaOf(bench.path);
    await to(REBUILT);
    const backup = join(bench.backupFolder, String(bench.history()[1]?.backup));
    await restoreBackup({ ...bench.options(declaredSchema(REBUILT)), backup });
    expect(contentOf(bench.path)).toBe(content);
    expect(schemaOf(bench.path).replace(/"seq": \d+/g, '')).toBe(schema.replace(/"seq": \d+/g, ''));
    expect(await to(REBUILT)).toMatchObject({ kind: 'applied' });
    expect(contentOf(bench.path)).toBe(content);
    expect(bench.history().map(({ status }) => status)).toEqual(['applied', 'restored', 'applied']);
  });

  it.each([
    ['no database takes', 'CREATE TABLE a (b REFERENCES', /incomplete/],
    ['makes nothing', 'CREATE TEMP TABLE a (b)', /makes nothing that stays/],
    ['makes a virtual table', 'CREATE VIRTUAL TABLE a USING fts5(b)', /a is a virtual table/],
  ])('that %s is a fault of the declaration', (_what, statement, message) => {
    const fault = { code: 'schema_invalid', message: expect.stringMatching(message) };
    const declare = () => declaredSchema({ schema: ['CREATE TABLE c (d)', statement] });
    expect(declare).toThrow(expect.objectContaining({ ...fault, details: { statement } }));
  });

  it('with a rename from one name instead of a list is a fault of the declaration', () => {
    const renamedFrom = 'a' as unknown as readonly string[];
    const directives = { renamedTables: [{ table: 'b', renamedFrom }] };
    expect(() => declaredSchema({ schema: ['CREATE TABLE b (c)'], directives })).toThrow(
      expect.objectContaining({ code: 'schema_invalid' }),
    );
  });

  it('is taken whole when one text declares several objects', () => {
    const { record } = declaredSchema({ schema: ['CREATE TABLE e (f); CREATE TABLE g (h)'] });
    const { tables } = JSON.parse(record) as { readonly tables: readonly { name: string }[] };
    expect(tables.map(({ name }) => name)).toEqual(['e', 'g', 'migration_history']);
  });
});

describe('a store of Pawl', () => {
  it('is migrated while it is open, and goes on', async () => {
    const path = join(bench.folder, 'pawl.db');
    const store = await openSqliteStore({ world: bench.world, path });
    const lock = { holderId: 'h', ttlMs: 60_000 };
    await store.acquireLock({ name: 'before', ...lock });
    const declared = declaredSchema({ schema: [...SCHEMA, 'CREATE TABLE later (a TEXT) STRICT'] });
    expect(stepsOf(await bench.run({ path, ...declared }))).toContain('create-table');
    expect(await store.acquireLock({ name: 'after', ...lock })).toBeDefined();
    expect(await store.audit()).toEqual([]);
    await store.close();
    expect(await bench.run({ path, ...declared })).toMatchObject({ kind: 'in_sync', drift: [] });
    expect(rowsOf(path, 'SELECT name FROM locks')).toHaveLength(2);
  });
});
