import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Directives } from '../../../src/migrate/directives.ts';
import type { Migrator } from '../../../src/migrate/migrator.ts';
import {
  type Declaration,
  declaredSchema,
  declaredStatements,
} from '../../../src/migrate/postgres/declared-schema.ts';
import { serverMigrator } from '../../../src/migrate/postgres/postgres-migrator.ts';
import { poolOptions } from '../../../src/store/postgres/postgres-driver.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import { type PostgresServer, startPostgresServer } from '../../support/postgres-server.ts';
import { type Release, randomRelease } from '../../support/random-change.ts';
import {
  columnOf,
  Dice,
  declare,
  type Model,
  type ModelTable,
  randomModel,
  type Words,
} from '../../support/random-schema.ts';
import { testDepth } from '../../support/test-depth.ts';

/** A quick run tries the same pairs each time; which ones are new is for the full run. */
const FIRST = testDepth.pick({ reduced: 1, full: testDepth.seed });
const PAIRS = testDepth.pick({ reduced: 8, full: 400 });
vi.setConfig({ testTimeout: testDepth.pick({ reduced: 120_000, full: 3_600_000 }) });

const world = createRealWorld();
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
let server: PostgresServer;
let url = '';
let client: Client;

beforeAll(async () => {
  server = await startPostgresServer();
  url = await server.createDatabase();
  client = new Client({ connectionString: url });
  await client.connect();
}, 60_000);
afterAll(async () => {
  await client?.end();
  await server?.stop();
});

/** How often each thing happened: a property that never met its case would prove nothing. */
const met = new Map<string, number>();
const count = (what: string): void => void met.set(what, (met.get(what) ?? 0) + 1);

const WORDS: Words = {
  checks: [
    (c) => `length(CAST(${c} AS text)) < 12`,
    (c) => `CAST(${c} AS text) <> '3'`,
    (c) => `CAST(${c} AS text) <> ''`,
  ],
  length: (c) => `length(CAST(${c} AS text))`,
  lower: (c) => `lower(CAST(${c} AS text))`,
  counted: '1 AS n',
  never: 'false',
};

describe('two random schemas on a server, with rows and with things of somebody else', () => {
  it.each([0, 1])('become each other, or it is said why not: part %i of 2', async (part) => {
    for (let at = 0; at < PAIRS / 2; at += 1) {
      const seed = FIRST * 100_003 + part * 1_000_003 + at;
      try {
        await onePair(seed);
      } catch (cause) {
        throw new Error(`seed ${seed}: ${(cause as Error).message}`, { cause });
      }
    }
  });

  afterAll(() => {
    console.info(JSON.stringify(Object.fromEntries(met)));
    const often = ['applied', 'renamed', 'rows kept', 'theirs kept'];
    for (const what of testDepth.full ? [...often, 'gated', 'retyped', 'filled'] : often) {
      expect(met.get(what) ?? 0, what).toBeGreaterThan(PAIRS / 50);
    }
  });
});

async function onePair(seed: number): Promise<void> {
  const dice = new Dice(seed);
  const before = randomModel(dice);
  const release = randomRelease(dice, before, 1 + dice.below(4));
  const schema = `pair_${seed}`;
  await client.query(`CREATE SCHEMA ${schema}; SET search_path = ${schema}`);
  try {
    const old = migratorOf(schema, { schema: onServer(before) });
    await old.migrate();
    for (const statement of theirStatements(dice, before)) await client.query(statement);
    await fill(dice, before);
    const same = await old.status();
    expect([same.plan.steps, same.obstacles], 'no change, no step').toEqual([[], []]);

    const next = migratorOf(schema, {
      schema: onServer(release.model),
      directives: inWords(release.directives, release.model),
    });
    const kept = await keptRows(before, release, 'before');
    const theirs = await theirNames();
    const { obstacles, plan } = await next.status();
    const outcome = await next.migrate().catch((cause: unknown) => cause as { code?: string });
    if ('code' in outcome) {
      noteRefusal(outcome, obstacles, { theirs, directives: release.directives });
      expect(await keptRows(before, release, 'before')).toEqual(kept);
      expect(await theirNames()).toEqual(theirs);
      const after = await old.status();
      expect(after.plan.steps, 'nothing was changed').toEqual([]);
      return;
    }
    expect(obstacles).toEqual([]);
    count('applied');
    for (const { kind } of plan.steps) {
      if (kind.startsWith('rename-')) count('renamed');
      if (kind === 'alter-type') count('retyped');
      if (kind === 'fill-column') count('filled');
    }
    const again = await next.status();
    expect([again.plan.steps, again.obstacles], 'a second plan is empty').toEqual([[], []]);
    expect(await keptRows(before, release, 'after')).toEqual(kept);
    if (JSON.stringify(kept).includes('c0')) count('rows kept');
    const gone = plan.drift
      .filter(({ fate }) => fate === 'gone')
      .map(({ object }) => object.split('.').at(-1));
    expect(await theirNames()).toEqual(theirs.filter((name) => !gone.includes(name)));
    if (theirs.length > 0) count('theirs kept');
  } finally {
    await client.query(`RESET search_path; DROP SCHEMA ${schema} CASCADE`);
  }
}

/** Rows in the way, values that no engine converts, or what DESIGN.md says is not served. */
function noteRefusal(
  outcome: { readonly code?: string; readonly message?: string; readonly details?: unknown },
  obstacles: readonly Stop[],
  given: { readonly theirs: readonly string[]; readonly directives: Directives },
): void {
  const said = `${outcome.message} ${JSON.stringify(outcome.details)}`;
  if (outcome.code === 'migration_failed') {
    // What a change makes of values is judged by the engine: classes 22 and 23.
    expect(said, 'fails although no gate is closed').toMatch(/"sqlState":"2[23]/);
    count('judged by the engine');
    return;
  }
  expect(outcome.code, said).toBe('migration_refused');
  const others = obstacles.filter(({ code, message }) => {
    const isServed = !NOT_SERVED.test(message) && !isTheirs(message, given);
    return code !== 'rows_in_the_way' && isServed;
  });
  expect(others, 'nothing else is refused').toEqual([]);
  count(obstacles.some(({ code }) => code === 'rows_in_the_way') ? 'gated' : 'not served');
}

interface Stop {
  readonly code: string;
  readonly message: string;
}

/**
 * A view of somebody else reads what a directive drops, or an index of theirs does not take the new
 * type of its column: it is theirs to change first.
 */
function isTheirs(
  message: string,
  { theirs, directives }: { readonly theirs: readonly string[]; readonly directives: Directives },
): boolean {
  const { droppedTables = [], droppedColumns = [] } = directives;
  if (/function lower\(.*\) does not exist/.test(message)) return theirs.includes('their_index');
  const gone = [...droppedTables.map(({ table }) => table), ...droppedColumns.map((c) => c.column)];
  const lost = /(?:relation|column) "?(.*?)"? does not exist \(CREATE VIEW their_view/.exec(
    message,
  );
  return lost !== null && gone.includes((lost[1] ?? '').replaceAll('""', '"'));
}

const NOT_SERVED = /their_table, which is not declared|generated column|depend/;

function migratorOf(schema: string, declaration: Declaration): Migrator {
  const within = Object.assign(new URL(url), {});
  within.searchParams.set('options', `-c search_path=${schema}`);
  return serverMigrator({
    ...declaredSchema(declaration),
    ...{ world, version: '1', location: schema },
    pool: poolOptions({ url: within.href }),
    declared: declaredStatements(declaration.schema),
    isBegun: () => Promise.resolve(true),
  });
}

/** A file takes any default for any type; here one that does not fit is none. */
function onServer(model: Model): Declaration['schema'] {
  return declare(model, WORDS).map((object) => {
    if (object.kind !== 'table') return object;
    const columns = Object.entries(object.columns).map(([name, column]) => {
      const { default: given, ...bare } = column;
      const isNumber = given !== undefined && 'value' in given && typeof given.value === 'number';
      const fits = ['integer', 'real'].includes(column.type) ? isNumber : column.type !== 'blob';
      return [name, given === undefined || fits ? column : bare] as const;
    });
    return { ...object, columns: Object.fromEntries(columns) };
  });
}

/** What a new column is filled with must be of the type that it has in the end. */
function inWords(directives: Directives, model: Model): Directives {
  const value = ({
    table,
    column,
  }: {
    readonly table: string;
    readonly column: string;
  }): string => {
    const type = model.tables
      .find(({ name }) => name === table)
      ?.columns.find(({ name }) => name === column)?.type;
    if (type === 'blob') return "decode('05', 'hex')";
    return type === 'text' || type === 'any' ? "'filled'" : '5';
  };
  const { backfills = [], conversions = [] } = directives;
  return {
    ...directives,
    backfills: backfills.map((one) => ({ ...one, expression: value(one) })),
    conversions: conversions.map((one) => ({ ...one, expression: value(one) })),
  };
}

const VALUES: Readonly<Record<string, readonly (string | number | Buffer)[]>> = {
  text: ['a', '12', 'B', '', 'long enough', '1.5', "it's"],
  integer: [1, 2, 3, -7, 0, 12_345],
  real: [1.5, 2, -0.25, 1e300],
  blob: [Buffer.from([1, 2]), Buffer.from([])],
  any: ['x', '5', '2.5'],
};

/** Rows that the engine takes; those that break a constraint of the model are left out. */
async function fill(dice: Dice, model: Model): Promise<void> {
  for (const table of model.tables) {
    const columns = table.columns.filter(({ generated }) => generated === null);
    const names = columns.map(({ name }) => quoted(name)).join(', ');
    const marks = columns.map((_, at) => `$${at + 1}`).join(', ');
    for (let row = dice.below(9); row > 0; row -= 1) {
      const values: unknown[] = [];
      for (const { id, type, nullable } of columns) {
        const link = table.links.find(({ column }) => column === id);
        const parents = link === undefined ? [] : await keysOf(model, link.table);
        if (parents.length > 0 && dice.chance(80)) values.push(dice.pick(parents));
        else if (table.key.includes(id)) values.push(type === 'text' ? 'k' : dice.below(50));
        else values.push(nullable && dice.chance(30) ? null : dice.pick(VALUES[type] ?? []));
      }
      const insert = `INSERT INTO ${quoted(table.name)} (${names}) VALUES (${marks})`;
      await client.query(insert, values).catch((cause: { code?: string }) => {
        expect(cause.code).toMatch(/^23/);
      });
    }
  }
}

async function keysOf(model: Model, id: number): Promise<readonly unknown[]> {
  const parent = model.tables.find((one) => one.id === id) as ModelTable;
  const key = quoted(columnOf(parent, parent.key[0] ?? 0)?.name ?? '');
  const { rows } = await client.query(`SELECT ${key} AS key FROM ${quoted(parent.name)}`);
  return rows.map((row) => row.key);
}

/** What must be the same afterwards: the values of every column that no change was to touch. */
async function keptRows(
  before: Model,
  { model: after, rewritten }: Release,
  side: 'before' | 'after',
): Promise<unknown> {
  const kept: unknown[] = [];
  for (const was of before.tables) {
    const is = after.tables.find(({ id }) => id === was.id);
    if (is === undefined) continue;
    const table = side === 'before' ? was : is;
    const columns = was.columns.filter(({ id, type }) => {
      const now = columnOf(is, id);
      return now !== undefined && now.type === type && !rewritten.has(id);
    });
    const terms = columns.map(
      ({ id }, at) => `${quoted(columnOf(table, id)?.name ?? '')}::text AS c${at}`,
    );
    const list = [...terms, '1 AS one'].join(', ');
    const { rows } = await client.query(`SELECT ${list} FROM ${quoted(table.name)}`);
    kept.push([was.id, rows.map((row) => JSON.stringify(row)).toSorted()]);
  }
  return kept;
}

/** What somebody else puts beside the schema; every name begins with `their`. */
function theirStatements(dice: Dice, model: Model): readonly string[] {
  const table = dice.pick(model.tables);
  const column = quoted(dice.pick(table.columns).name);
  const on = quoted(table.name);
  const statements = [
    `ALTER TABLE ${on} ADD COLUMN their_note text DEFAULT 'n'`,
    `CREATE INDEX their_index ON ${on} (lower(CAST(${column} AS text)))`,
    `CREATE VIEW their_view AS SELECT * FROM ${on}`,
    'CREATE FUNCTION their_function() RETURNS trigger LANGUAGE plpgsql AS ' +
      `'BEGIN RETURN OLD; END'; CREATE TRIGGER their_trigger AFTER DELETE ON ${on} ` +
      'FOR EACH ROW EXECUTE FUNCTION their_function()',
    table.key.length === 1
      ? `CREATE TABLE their_table (a text REFERENCES ${on} ON DELETE CASCADE)`
      : 'CREATE TABLE their_table (a text)',
  ];
  const key = columnOf(table, table.key[0] ?? 0)?.type;
  return statements
    .map((one) => (key === 'integer' ? one.replace('(a text REF', '(a bigint REF') : one))
    .filter(() => dice.chance(35));
}

async function theirNames(): Promise<readonly string[]> {
  const { rows } = await client.query(
    'SELECT relname AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace ' +
      "AND relname LIKE 'their%' AND relkind IN ('r', 'i', 'v') UNION ALL " +
      'SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid ' +
      "WHERE tgname LIKE 'their%' AND c.relnamespace = current_schema()::regnamespace UNION ALL " +
      'SELECT attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid ' +
      "WHERE c.relkind = 'r' AND attname = 'their_note' " +
      'AND c.relnamespace = current_schema()::regnamespace ORDER BY 1',
  );
  return rows.map(({ name }) => String(name));
}
