import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import fc from 'fast-check';

/**
 * Stores of the older orchestrator with anything in them that a file or a database can hold. Each
 * task carries a tag of its own in a field that nobody knows, by which it is found again.
 */
export interface MutatedStore {
  readonly files: readonly MutatedFile[];
  readonly database: MutatedDatabase | null;
  readonly newest: MutatedNewest | null;
}

type Loose = Readonly<Record<string, unknown>>;

export interface MutatedFile {
  readonly folder: 'active' | 'archive';
  readonly subtasks: readonly Loose[];
  /** `whole`; `beside`: with half a `.tmp`; `cut`: half a file; `only`: half a `.tmp` alone. */
  readonly state: 'whole' | 'beside' | 'cut' | 'only';
  /** Of the text, from 0 to 1. */
  readonly cutAt: number;
}

export interface MutatedDatabase {
  readonly subtasks: readonly (Loose & { readonly plan: number | null })[];
  readonly archives: readonly (Loose & { readonly plan: number | null })[];
  readonly missing: readonly string[];
  readonly plans: number;
  readonly mode: 'delete' | 'wal';
  readonly damage: Damage | null;
}

export interface MutatedNewest {
  /** For each: the place of its parent among all; -1 for none, beyond them for one that is gone. */
  readonly rows: readonly (Loose & { readonly id: unknown; readonly parent: number })[];
  readonly damage: Damage | null;
}

/** What became of a file while nobody looked. */
export type Damage =
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'overwritten'; readonly at: number; readonly bytes: Uint8Array };

const OVERWRITTEN_BYTES_MAX = 64;

const STATUSES = ['pending', 'active', 'completed', 'blocked', 'failed', 'archived', 'cancelled'];
const scalar = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.integer(),
  fc.double(),
);
/** What JSON can hold where a text was meant. */
const odd = fc.oneof(scalar, fc.boolean(), fc.array(scalar, { maxLength: 2 }), fc.object());
const jsonText = fc.oneof(
  fc.json({ maxDepth: 2 }),
  fc.constantFrom('[', '"', '{"a":', '[]', '"a"'),
);
/** What a column can hold: SQLite asks for no type. */
const cell = fc.oneof(scalar, fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.uint8Array(), jsonText);
const time = fc.constantFrom('2025-05-27T05:00:00.123456', '2025-05-26 22:00:00', '2025-13-45');
const shortId = fc.constantFrom('a', 'b', 'c', 'd');

function subtask(value: fc.Arbitrary<unknown>, id: fc.Arbitrary<unknown>): fc.Arbitrary<Loose> {
  return fc.record(
    {
      ...{ task_id: id, title: value, description: value, specialist_type: value, results: value },
      dependencies: fc.oneof(fc.array(id, { maxLength: 3 }), value),
      status: fc.oneof(fc.constantFrom(...STATUSES), value),
      artifacts: fc.oneof(fc.array(value, { maxLength: 2 }), value),
      ...{ created_at: fc.oneof(time, value), completed_at: fc.oneof(time, value) },
    },
    { requiredKeys: ['title'] },
  );
}

const damage: fc.Arbitrary<Damage> = fc.oneof(
  // An empty file is an empty database: nobody could tell.
  fc.record({
    kind: fc.constant('cut' as const),
    at: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant('overwritten' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: OVERWRITTEN_BYTES_MAX }),
  }),
);

const file = (id: fc.Arbitrary<unknown>, states: readonly MutatedFile['state'][]) =>
  fc.record({
    folder: fc.constantFrom('active' as const, 'archive' as const),
    subtasks: fc.array(subtask(odd, id), { maxLength: 6 }),
    state: fc.constantFrom(...states),
    cutAt: fc.double({ min: 0, max: 0.99, noNaN: true }),
  });

const columns = ['title', 'description', 'specialist_type', 'dependencies', 'status', 'results'];

const database = (id: fc.Arbitrary<unknown>, damaged: fc.Arbitrary<Damage | null>) => {
  const plan = fc.option(fc.nat({ max: 3 }));
  const row = fc.tuple(subtask(cell, id), plan).map(([own, at]) => ({ ...own, plan: at }));
  return fc.record({
    subtasks: fc.array(row, { maxLength: 8 }),
    archives: fc.array(
      fc.record({ plan, archived_data: fc.oneof(jsonText, cell), archive_reason: cell }),
      { maxLength: 3 },
    ),
    missing: fc.subarray(columns),
    plans: fc.nat({ max: 3 }),
    mode: fc.constantFrom('delete' as const, 'wal' as const),
    damage: damaged,
  });
};

const newest = (damaged: fc.Arbitrary<Damage | null>) =>
  fc.record({
    rows: fc.array(
      fc.record({
        id: fc.oneof(shortId, cell),
        parent: fc.integer({ min: -1, max: 8 }),
        type: fc.oneof(fc.constantFrom('standard', 'testing', 'milestone'), fc.constant(null)),
        status: fc.oneof(fc.constantFrom(...STATUSES), cell),
        ...{ title: cell, description: cell, metadata: fc.oneof(jsonText, cell) },
        ...{ created_at: fc.oneof(time, cell), updated_at: time, completed_at: cell },
      }),
      { maxLength: 8 },
    ),
    damage: damaged,
  });

const none = fc.constant(null);
const anyId = fc.oneof(shortId, scalar);

/** One kind of store each time, whole, with any id there can be. */
export const wholeStores: fc.Arbitrary<MutatedStore> = fc.oneof(
  fc.record({
    files: fc.array(file(anyId, ['whole', 'beside']), { minLength: 1, maxLength: 3 }),
    ...{ database: none, newest: none },
  }),
  fc.record({
    files: fc.constant([]),
    database: database(fc.oneof(shortId, cell), none),
    newest: none,
  }),
  fc.record({ files: fc.constant([]), database: none, newest: newest(none) }),
);

/** Everything at once, torn and damaged. */
export const damagedStores: fc.Arbitrary<MutatedStore> = fc
  .record({
    files: fc.array(file(anyId, ['whole', 'beside', 'cut', 'only']), { maxLength: 3 }),
    database: fc.option(database(fc.oneof(shortId, cell), fc.option(damage))),
    newest: fc.option(newest(fc.option(damage))),
  })
  .map((store) => ({ ...store, database: store.database && planned(store.database) }));

/** What has no plan in two stores is one task by its id, and told as such: not meant here. */
function planned({ subtasks, archives, ...rest }: MutatedDatabase): MutatedDatabase {
  const inPlan = <T extends { readonly plan: number | null }>(one: T): T => ({
    ...one,
    plan: one.plan ?? 0,
  });
  return { ...rest, subtasks: subtasks.map(inPlan), archives: archives.map(inPlan) };
}

export interface WrittenStore {
  /** Of every task, each once. */
  readonly tags: readonly string[];
  /** Of those that lie in files and databases to which nothing happened. */
  readonly sound: readonly string[];
  /** A writer of the database that is still at it. */
  close(): void;
}

/** Write a store into a project. A database in WAL mode keeps its writer until it is closed. */
export function writeMutatedStore(root: string, store: MutatedStore): WrittenStore {
  const folder = join(root, '.task_orchestrator');
  const tags: string[] = [];
  const sound: string[] = [];
  const tagging = (isSound: boolean) => (): string => {
    // So long that nothing which is overwritten makes one of another.
    const tag = `tag${` ${tags.length}`.repeat(OVERWRITTEN_BYTES_MAX)}`;
    tags.push(tag);
    if (isSound) sound.push(tag);
    return tag;
  };
  mkdirSync(join(folder, 'tasks/active'), { recursive: true });
  for (const [at, one] of store.files.entries()) {
    const isSound = one.state === 'whole' || one.state === 'beside';
    writeFile(folder, `task_${at}`, one, tagging(isSound));
  }
  const open: DatabaseSync[] = [];
  const { database: older, newest: newer } = store;
  if (older !== null) {
    const tag = tagging(older.damage === null);
    open.push(...writeDatabase(join(folder, 'task_orchestrator.db'), older, tag));
  }
  if (newer !== null) {
    writeNewest(join(folder, 'tasks.sqlite'), newer, tagging(newer.damage === null));
  }
  return { tags, sound, close: () => open[0]?.close() };
}

function writeFile(folder: string, planId: string, one: MutatedFile, tag: () => string): void {
  const path = join(folder, 'tasks', one.folder, planId);
  mkdirSync(dirname(path), { recursive: true });
  const subtasks = one.subtasks.map((own) => ({ ...own, junk: tag() }));
  const plan = { version: '1.0', parent_task_id: planId, description: 'x', subtasks };
  const text = JSON.stringify(plan);
  const half = text.slice(0, Math.floor(text.length * one.cutAt));
  if (one.state === 'whole' || one.state === 'beside') writeFileSync(`${path}.json`, text);
  if (one.state === 'cut') writeFileSync(`${path}.json`, half);
  if (one.state === 'beside' || one.state === 'only') writeFileSync(`${path}.tmp`, half);
}

/** Of what SQLite makes of a value: what has no form there is told as text. */
function bound(value: unknown): SQLInputValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'object' || value instanceof Uint8Array) return value as SQLInputValue;
  const plain = (_key: string, one: unknown): unknown => (typeof one === 'bigint' ? `${one}` : one);
  return JSON.stringify(value, plain);
}

function insert(database: DatabaseSync, table: string, row: Loose): void {
  const names = Object.keys(row);
  database
    .prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join()})`)
    .run(...names.map((name) => bound(row[name])));
}

/** Without types and constraints: what a table may hold that somebody made anew. */
function writeDatabase(
  path: string,
  { subtasks, archives, missing, plans, mode, damage: fault }: MutatedDatabase,
  tag: () => string,
): readonly DatabaseSync[] {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  const kept = [...columns, 'task_id', 'parent_task_id', 'artifacts', 'created_at', 'completed_at'];
  const has = kept.filter((name) => !missing.includes(name));
  database.exec(`PRAGMA journal_mode = ${mode};
    CREATE TABLE task_breakdowns (parent_task_id, description, complexity, context, created_at);
    CREATE TABLE subtasks (junk, ${has.join(', ')});
    CREATE TABLE task_archives (original_task_id, parent_task_id, archive_reason, archived_data);`);
  const planId = (at: number | null): string | null => (at === null ? null : `plan_${at}`);
  for (let at = 0; at < plans; at += 1) {
    insert(database, 'task_breakdowns', { parent_task_id: planId(at), description: 'x' });
  }
  for (const { plan, ...own } of subtasks) {
    const row = Object.entries({ ...own, parent_task_id: planId(plan) });
    const fits = row.filter(([name]) => has.includes(name));
    insert(database, 'subtasks', { ...Object.fromEntries(fits), junk: tag() });
  }
  for (const { plan, ...own } of archives) {
    // The reason is kept with the task, so the tag is there; what else it says, is anything.
    const row = { ...own, parent_task_id: planId(plan), archive_reason: tag() };
    insert(database, 'task_archives', row);
  }
  if (mode === 'wal' && fault === null) return [database];
  database.close();
  if (fault !== null) spoil(path, fault);
  return [];
}

function writeNewest(
  path: string,
  { rows, damage: fault }: MutatedNewest,
  tag: () => string,
): void {
  const database = new DatabaseSync(path);
  database.exec(`CREATE TABLE tasks (id, session_id, parent_task_id, type, status, title,
    description, metadata, created_at, updated_at, completed_at, junk)`);
  for (const { parent, ...own } of rows) {
    const parent_task_id = parent < 0 ? null : (rows[parent]?.id ?? 'gone');
    insert(database, 'tasks', { ...own, parent_task_id, junk: tag() });
  }
  database.close();
  if (fault !== null) spoil(path, fault);
}

function spoil(path: string, fault: Damage): void {
  const { size } = statSync(path);
  const at = Math.floor(size * fault.at);
  const file = openSync(path, 'r+');
  try {
    if (fault.kind === 'cut') ftruncateSync(file, at);
    else writeSync(file, fault.bytes, 0, fault.bytes.length, at);
  } finally {
    closeSync(file);
  }
}
