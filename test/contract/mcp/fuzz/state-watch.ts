import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pause, systemTimers } from '../../../../src/world/timers.ts';

type Row = Readonly<Record<string, unknown>>;

/** One row, or one file, that is another one than before; null: it is not there. */
export interface StateChange {
  /** A table, or `files`. */
  readonly table: string;
  readonly key: string;
  readonly before: Row | null;
  readonly after: Row | null;
}

type Rows = ReadonlyMap<string, Row>;

interface WatchedDatabase {
  readonly database: DatabaseSync;
  readonly keys: ReadonlyMap<string, readonly string[]>;
  version: unknown;
  tables: ReadonlyMap<string, Rows>;
}

/** Who holds what is said elsewhere; this one table tells of processes that live. */
const OF_PROCESSES = ['instances'];
const DATABASE = 'pawl.db';
const END_MS_MAX = 5_000;
const EXECUTORS = 'SELECT pid FROM instances WHERE list_id IS NOT NULL AND ended_at_ms IS NULL';
const LOOK_MS = 20;
/** The database's files; the log, which tells of refusals; copies that are made by the hour. */
const NOT_STATE = /(^|\/)(pawl\.db(-wal|-shm)?|log|backups)$/;

/** All that a folder holds: every row of every store in it, and every file. Tells what changed. */
export class StateWatch {
  readonly #folder: string;
  readonly #databases = new Map<string, WatchedDatabase>();
  #files: Rows;

  constructor(folder: string) {
    this.#folder = folder;
    this.#files = this.#readFiles();
  }

  /** Since it was last asked, or made. */
  changes(): readonly StateChange[] {
    const files = this.#readFiles();
    const found = difference('files', this.#files, files);
    this.#files = files;
    return [...found, ...[...this.#databases.values()].flatMap(rowsChanged)];
  }

  /** Ends the processes that execute lists: a run may wait for long for what a client holds. */
  async endRuns(): Promise<void> {
    const until = performance.now() + END_MS_MAX;
    const pids = [...this.#databases.values()].flatMap(({ database }) =>
      database.prepare(EXECUTORS).all(),
    );
    for (const { pid } of pids) {
      while (killed(Number(pid)) && performance.now() < until) await pause(systemTimers, LOOK_MS);
    }
  }

  /** What the databases say of themselves that is amiss. */
  damage(): readonly string[] {
    return [...this.#databases.values()].flatMap(({ database }) => [
      ...database
        .prepare('PRAGMA integrity_check')
        .all()
        .map((row) => String(Object.values(row)[0]))
        .filter((said) => said !== 'ok'),
      ...database
        .prepare('PRAGMA foreign_key_check')
        .all()
        .map((row) => JSON.stringify(row)),
    ]);
  }

  close(): void {
    for (const { database } of this.#databases.values()) database.close();
    this.#databases.clear();
  }

  #readFiles(): Rows {
    const files = new Map<string, Row>();
    const walk = (folder: string, within: string): void => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = within === '' ? entry.name : `${within}/${entry.name}`;
        if (entry.name === DATABASE) this.#watch(join(folder, entry.name));
        if (NOT_STATE.test(path)) continue;
        const { size, mtimeMs } = lstatSync(join(folder, entry.name), {
          throwIfNoEntry: false,
        }) ?? {
          ...{ size: 0, mtimeMs: 0 },
        };
        files.set(path, entry.isDirectory() ? { folder: true } : { size, mtimeMs });
        if (entry.isDirectory()) walk(join(folder, entry.name), path);
      }
    };
    walk(this.#folder, '');
    return files;
  }

  #watch(path: string): void {
    if (this.#databases.has(path)) return;
    const database = new DatabaseSync(path, { readOnly: true });
    const names = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
      .map(({ name }) => String(name))
      .filter((name) => !OF_PROCESSES.includes(name));
    const keys = new Map(
      names.map((name) => {
        const columns = database.prepare('SELECT name, pk FROM pragma_table_info(?)').all(name);
        const primary = columns.filter(({ pk }) => Number(pk) > 0);
        return [name, (primary.length > 0 ? primary : columns).map((one) => String(one['name']))];
      }),
    );
    const version = versionOf(database);
    this.#databases.set(path, { database, keys, version, tables: readTables(database, keys) });
  }
}

/** A database without a commit since then has the rows that it had. */
function rowsChanged(watched: WatchedDatabase): readonly StateChange[] {
  const version = versionOf(watched.database);
  if (version === watched.version) return [];
  const before = watched.tables;
  watched.version = version;
  watched.tables = readTables(watched.database, watched.keys);
  return [...watched.tables].flatMap(([name, rows]) =>
    difference(name, before.get(name) ?? new Map(), rows),
  );
}

function versionOf(database: DatabaseSync): unknown {
  return database.prepare('PRAGMA data_version').get()?.['data_version'];
}

function readTables(
  database: DatabaseSync,
  keys: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, Rows> {
  return new Map(
    [...keys].map(([name, columns]) => {
      const rows = database.prepare(`SELECT * FROM "${name}"`).all() as readonly Row[];
      return [
        name,
        new Map(rows.map((row) => [columns.map((key) => String(row[key])).join('/'), row])),
      ];
    }),
  );
}

function difference(table: string, before: Rows, after: Rows): readonly StateChange[] {
  const changed: StateChange[] = [];
  for (const [key, row] of after) {
    const was = before.get(key) ?? null;
    if (was === null || JSON.stringify(was) !== JSON.stringify(row)) {
      changed.push({ table, key, before: was, after: row });
    }
  }
  for (const [key, row] of before) {
    if (!after.has(key)) changed.push({ table, key, before: row, after: null });
  }
  return changed;
}

/** False when there is no such process any more. */
function killed(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false; // it is gone, and that is what is wanted
  }
}
