import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Logger } from '../../src/observe/logger.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { makeGenerationOne } from './stores/store-fixtures.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** A state folder for each test, with databases of other programs and other releases in it. */
export class UpgradeBench {
  readonly world = createRealWorld();
  folder = '';
  logged: string[] = [];
  readonly log: Logger = { info: this.#note(), warn: this.#note(), error: this.#note() };
  #open: { close(): Promise<void> }[] = [];

  get path(): string {
    return join(this.folder, 'pawl.db');
  }

  begin(): void {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-upgrade-')));
    mkdirSync(join(this.folder, 'backups'));
    this.logged = [];
  }

  async clear(): Promise<void> {
    for (const one of this.#open) await one.close();
    this.#open = [];
    rmSync(this.folder, { recursive: true });
  }

  /** Closed when the test is over. */
  keep<T extends { close(): Promise<void> }>(store: T): T {
    this.#open.push(store);
    return store;
  }

  makeGenerationOne(path = this.path): void {
    makeGenerationOne(path, { root: this.folder, host: this.world.processes.host });
  }

  rows(sql: string, file = this.path): Rows {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  }

  change(sql: string, file = this.path): void {
    const database = new DatabaseSync(file);
    try {
      database.exec(sql);
    } finally {
      database.close();
    }
  }

  #note(): Logger['info'] {
    return (event, fields = {}) => void this.logged.push(`${event} ${JSON.stringify(fields)}`);
  }
}
