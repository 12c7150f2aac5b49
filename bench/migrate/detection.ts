import { join } from 'node:path';
import { declaredSchema } from '../../src/migrate/sqlite/declared-schema.ts';
import { migrate } from '../../src/migrate/sqlite/migrate.ts';
import { PAWL_SCHEMA, type StoreSchema } from '../../src/schema/store-schema.ts';
import type { SchemaObject, Table } from '../../src/schema/vocabulary.ts';
import { Connection } from '../../src/store/sqlite/connection.ts';
import { schemaVersion } from '../../src/store/sqlite/schema-version.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { readMeta } from '../../src/store/sqlite/store-meta.ts';
import { standingOf } from '../../src/store/standing.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { type Figure, millis } from '../figure.ts';
import { median } from '../quantiles.ts';

const ROUNDS = 15;
const IN_SYNC_MAX_MS = 1;
const COMPARED_MAX_MS = 50;
/** The promise is about a schema of this size; a smaller one must be within it, too. */
const TABLES_PROMISED = 60;

export async function detection(folder: string, tables: number): Promise<readonly Figure[]> {
  const path = join(folder, 'pawl.db');
  const world = createRealWorld();
  const objects = schemaOf(tables);
  const schema: StoreSchema = { ...PAWL_SCHEMA, objects, fingerprint: `of ${tables} tables` };
  await (await openSqliteStore({ world, path, schema })).close();
  await migrate({ world, path, version: 'bench', ...declaredSchema({ schema: objects }) });
  const [opened, marked, declared, compared]: number[][] = [[], [], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    const connection = new Connection(path, { readOnly: true });
    connection.all('SELECT count(*) FROM store_meta');
    const open = performance.now();
    const meta = readMeta(connection);
    const isCurrent = standingOf(meta, schema) === 'current';
    if (!isCurrent || schemaVersion(connection) === 0) throw new Error('it should be in sync');
    const known = performance.now();
    connection.close();
    const closed = performance.now();
    const place = declaredSchema({ schema: objects });
    const made = performance.now();
    const outcome = await migrate({ world, path, version: 'bench', ...place });
    if (outcome.kind !== 'in_sync') throw new Error('it should be in sync');
    opened?.push(open - begun);
    marked?.push(known - open);
    declared?.push(made - closed);
    compared?.push(performance.now() - closed);
  }
  return figuresOf(tables, { opened, marked, declared, compared });
}

type Samples = Readonly<
  Record<'opened' | 'marked' | 'declared' | 'compared', readonly number[] | undefined>
>;

function figuresOf(tables: number, samples: Samples): readonly Figure[] {
  const of = (name: keyof Samples): number => median(samples[name] ?? []);
  const isPromised = tables <= TABLES_PROMISED;
  return [
    {
      what: `in sync by its mark, ${tables} tables`,
      measured: millis(of('marked')),
      beside: `opening ${millis(of('opened'))}`,
      ratio: '',
      goal: `under ${IN_SYNC_MAX_MS} ms`,
      met: of('marked') < IN_SYNC_MAX_MS,
    },
    {
      what: `whole comparison, ${tables} tables`,
      measured: millis(of('compared')),
      beside: `of it the declaration ${millis(of('declared'))}`,
      ratio: '',
      goal: isPromised ? `under ${COMPARED_MAX_MS} ms` : '',
      met: isPromised ? of('compared') < COMPARED_MAX_MS : null,
    },
  ];
}

/** The store's own schema, and other tables up to that number. */
function schemaOf(tables: number): readonly SchemaObject[] {
  const own = PAWL_SCHEMA.objects.filter(({ kind }) => kind === 'table').length;
  const more = Array.from({ length: Math.max(0, tables - own) }, (_, at) => objectsOf(at));
  return [...PAWL_SCHEMA.objects, ...more.flat()];
}

function objectsOf(at: number): readonly SchemaObject[] {
  const name = `part_${at}`;
  const text = { type: 'text', nullable: false } as const;
  const table: Table = {
    kind: 'table',
    name,
    about: '',
    columns: {
      id: { type: 'integer', nullable: false },
      ...{ title: text, state: text, note: { type: 'text', nullable: true } },
      at_ms: { type: 'integer', nullable: false, default: { value: 0 } },
    },
    primaryKey: ['id'],
    checks: [{ name: `${name}_state`, expression: "state IN ('open', 'done')" }],
    indexes: [
      { name: `${name}_title`, columns: ['title'] },
      { name: `${name}_open`, columns: ['at_ms'], where: "state = 'open'" },
    ],
  };
  if (at % 2 === 0) return [table];
  return [
    table,
    {
      ...{ kind: 'view', name: `${name}_view`, about: '' },
      select: `SELECT id, title FROM ${name} WHERE state = 'open'`,
    },
    {
      ...{ kind: 'trigger', name: `${name}_done`, about: '', on: name, event: 'after delete' },
      statements: [`UPDATE ${name} SET at_ms = 1 WHERE id = OLD.id`],
    },
  ];
}
