import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { declaredSchema } from '../../src/migrate/sqlite/declared-schema.ts';
import { LibraryBench } from '../support/library-bench.ts';
import { makeLibrary, schemaOf } from '../support/library-database.ts';
import { REBUILT } from '../support/library-declaration.ts';
import { testDepth } from '../support/test-depth.ts';
import { programOf } from './built-chaos.ts';
import type { Answer, Phase } from './migrator.ts';
import { SeededRandom } from './seeded-random.ts';

const ROWS = testDepth.pick({ reduced: 20_000, full: 200_000 });
const KILLS = testDepth.pick({ reduced: 6, full: 500 });
const SCRIPT = programOf('migrator');

/** The later phases are short, and would hardly be met by chance. */
const AIMS = [null, null, null, 'statements', 'checks', 'commit', 'after'] as const;

const bench = new LibraryBench();
const declared = declaredSchema(REBUILT);
const random = new SeededRandom(testDepth.seed);
const old = { path: '', schema: '' };
let made = '';
let wholeMs = 0;
let placesMade = 0;

beforeAll(async () => {
  bench.begin();
  old.path = join(bench.folder, 'old.db');
  makeLibrary(old.path, { loans: ROWS });
  old.schema = schemaOf(old.path);
  const path = freshPlace('wal');
  const migrator = await started(path);
  wholeMs = (await migrator.answer)?.ms ?? 0;
  made = essence(schemaOf(path));
  expect(made).not.toBe(old.schema);
}, 60_000);
afterAll(() => bench.clear());

/** Without the counter of the history, which says how often a change failed before. */
const essence = (schema: string): string =>
  schema.replace(/\{\s*"name": "migration_history",\s*"seq": \d+\s*\},?/, '');

function freshPlace(journalMode: 'wal' | 'delete'): string {
  placesMade += 1;
  const folder = join(bench.folder, `place-${placesMade}`);
  mkdirSync(folder);
  const path = join(folder, 'library.db');
  copyFileSync(old.path, path);
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = ${journalMode}`);
  database.close();
  return path;
}

/** A process of its own that was just told to migrate; its answer is null when it is killed. */
async function started(path: string) {
  const phases = join(bench.folder, 'phases');
  rmSync(phases, { force: true });
  const child = fork(SCRIPT, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(child, 'message');
  const ended = once(child, 'exit');
  const answer = new Promise<Answer | null>((resolve) => {
    child.once('message', (message) => resolve(message as Answer));
    child.once('exit', () => resolve(null));
  });
  child.send({ path, declared: true, phases });
  return {
    answer: answer.finally(() => child.kill('SIGKILL')),
    /** Any moment of the whole, or of what follows the beginning of a phase. */
    moment: async (aim: Phase | null): Promise<void> => {
      let isOver = false;
      void answer.then(() => (isOver = true));
      while (aim !== null && !isOver && !phasesIn(phases).includes(aim)) await wait(1);
      await wait(random.next() * wholeMs * (aim === null ? 1.1 : 0.1));
    },
    /** In which phase it was; null when it was over already. */
    kill: async (): Promise<Phase | 'begin' | null> => {
      child.kill('SIGKILL');
      const over = await answer;
      await ended;
      return over === null ? (phasesIn(phases).at(-1) ?? 'begin') : null;
    },
  };
}

function phasesIn(file: string): readonly Phase[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  return text === '' ? [] : (text.split('\n') as readonly Phase[]);
}

/** Opened as anybody opens it, which is also what undoes an unfinished change. */
function inDatabase<T>(path: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path, { timeout: 10_000 });
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** Every row of the database as it was is there, with its number, and no other. */
function expectEveryRow(path: string): void {
  inDatabase(path, (database) => {
    database.exec(`ATTACH '${old.path}' AS old`);
    const countIn = (from: string): unknown => database.prepare(`SELECT count(*) n ${from}`).get();
    const columns = { author: 'id, name', book: 'id, author_id, title', loan: 'id, book_id, due' };
    for (const [table, list] of Object.entries({ ...columns, journal: 'line' })) {
      const before = countIn(`FROM old.${table}`);
      expect(countIn(`FROM main.${table}`), table).toEqual(before);
      const values = (of: string): string => list.replaceAll(/\w+/g, (name) => `${of}.${name}`);
      const same = `(${values('a')}) IS (${values('b')})`.replaceAll(/\((\w+\.\w+)\)/g, '$1');
      const joined = `FROM main.${table} AS a JOIN old.${table} AS b ON a.rowid = b.rowid`;
      expect(countIn(`${joined} WHERE ${same}`), table).toEqual(before);
    }
  });
}

/** Old or new, never between: its schema and counters, its rows, its soundness. */
function stateOf(path: string): 'old' | 'new' {
  inDatabase(path, (database) => {
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  });
  expectEveryRow(path);
  const schema = schemaOf(path);
  if (schema === old.schema) return 'old';
  expect(essence(schema)).toBe(made);
  return 'new';
}

const namesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder) : [];

/** What kills leave is bounded, however many there were: the next run puts it away. */
function expectFewLeftovers(path: string): void {
  const folder = join(path, '..');
  const others = namesIn(folder).filter((name) => !/^library\.db(-wal|-shm|-journal)?$/.test(name));
  expect(others.filter((name) => name !== 'backups')).toEqual([]);
  const backups = namesIn(join(folder, 'backups'));
  expect(backups.filter((name) => name.endsWith('.db')).length).toBeLessThanOrEqual(2);
  expect(backups.filter((name) => name.endsWith('.part')).length).toBeLessThanOrEqual(1);
}

/** The one backup that the history names is the database as it was; nothing else is left. */
function expectBackup(path: string): void {
  const named = inDatabase(path, (database) =>
    database.prepare('SELECT status, backup FROM migration_history').all(),
  );
  const [backup, ...others] = namesIn(join(path, '..', 'backups'));
  expect(others).toEqual([]);
  expect(named).toEqual([{ status: 'applied', backup }]);
  const copy = join(path, '..', 'backups', backup ?? '');
  expect(schemaOf(copy)).toBe(old.schema);
  expectEveryRow(copy);
}

/** Killed again and again until one run gets through; gives what each kill hit and what it left. */
async function untilNew(path: string, kills: number): Promise<readonly string[]> {
  const hits: string[] = [];
  while (hits.length < kills) {
    const migrator = await started(path);
    await migrator.moment(random.pick(AIMS));
    const phase = await migrator.kill();
    const state = stateOf(path);
    expectFewLeftovers(path);
    if (phase !== null) hits.push(`${phase}, ${state}`);
    if (state === 'new') break;
  }
  await bench.run({ path, ...declared });
  expect(stateOf(path)).toBe('new');
  expectBackup(path);
  rmSync(join(path, '..'), { recursive: true });
  return hits;
}

it('a rebuild that is killed at any moment, again and again, leaves old or new', async () => {
  const hits: string[] = [];
  for (let round = 0; hits.length < KILLS; round += 1) {
    const path = freshPlace(round % 2 === 0 ? 'wal' : 'delete');
    hits.push(...(await untilNew(path, KILLS - hits.length)));
  }
  const counts = new Map<string, number>();
  for (const hit of hits) counts.set(hit, (counts.get(hit) ?? 0) + 1);
  const told = [...counts].map(([hit, n]) => `${n} ${hit}`).sort();
  console.log(`${ROWS} rows, ${wholeMs.toFixed(0)} ms; ${hits.length} kills: ${told.join('; ')}`);
  expect(hits.some((hit) => hit.endsWith('old'))).toBe(true);
  if (!testDepth.full) return;
  for (const phase of ['backup', 'statements', 'checks']) {
    expect(hits.filter((hit) => hit.startsWith(phase)).length, phase).toBeGreaterThan(0);
  }
});

it.each([
  'DELETE FROM loan WHERE id = 5',
  "UPDATE author SET name = 'Cy' WHERE id = 1",
  "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'book'",
  'DROP TRIGGER book_added',
  'PRAGMA foreign_keys = OFF; DELETE FROM author WHERE id = 2',
])('a database between old and new would be seen: %s', (harm) => {
  const path = freshPlace('wal');
  expect(stateOf(path)).toBe('old');
  inDatabase(path, (database) => database.exec(harm));
  expect(() => stateOf(path)).toThrow();
});
