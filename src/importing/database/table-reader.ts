import { DatabaseSync } from 'node:sqlite';
import type { ImportFinding } from '../../domain/importing/imported-plan.ts';
import { importFinding } from '../../domain/importing/imported-plan.ts';
import type { LooseRecord } from '../loose-value.ts';

/** A database of another program: what tables it has, and their rows as they are. */
export class TableReader {
  readonly findings: ImportFinding[] = [];
  readonly place: string;
  readonly #database: DatabaseSync;
  readonly #tables: ReadonlySet<string>;

  /** `path` is a copy: it may have to be recovered. Nothing in its schema is trusted. */
  constructor(path: string, place: string) {
    this.place = place;
    this.#database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    try {
      this.#database.exec('PRAGMA trusted_schema = OFF; PRAGMA query_only = ON;');
      const tables = this.#database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .all();
      this.#tables = new Set(tables.map(({ name }) => String(name)));
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  get tables(): readonly string[] {
    return [...this.#tables];
  }

  has(...tables: readonly string[]): boolean {
    return tables.every((table) => this.#tables.has(table));
  }

  /** Whatever columns a table has: as many rows as can be read, in the order they were made. */
  rows(table: string): readonly LooseRecord[] {
    if (!this.#tables.has(table)) return [];
    const rows: LooseRecord[] = [];
    try {
      const statement = this.#database.prepare(`SELECT * FROM "${table.replaceAll('"', '""')}"`);
      statement.setReadBigInts(true);
      for (const row of statement.iterate()) rows.push(readable(row));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#tell(`after ${rows.length} rows of ${table}: ${why}`);
    }
    return rows;
  }

  /** Rows may be missing without a word: what SQLite itself finds amiss is a finding. */
  examine(): void {
    try {
      const [first] = this.#database.prepare('PRAGMA quick_check(1)').all();
      const said = Object.values(first ?? {}).join();
      if (said !== 'ok') this.#tell(`it is damaged, and may have held more: ${said}`);
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : String(error));
    }
  }

  #tell(message: string): void {
    const line = message.replaceAll(/\s+/g, ' ');
    this.findings.push(importFinding('file_unreadable', { place: this.place }, line));
  }

  close(): void {
    this.#database.close();
  }
}

/** Numbers as numbers where they can be, and bytes as the text that they were meant to be. */
function readable(row: LooseRecord): LooseRecord {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (value instanceof Uint8Array) return [name, new TextDecoder().decode(value)];
      if (typeof value !== 'bigint') return [name, value];
      const number = Number(value);
      return [name, Number.isSafeInteger(number) ? number : value];
    }),
  );
}
