import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SqliteOptions } from '../../../src/store/sqlite/sqlite-driver.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createSteeredWorld, type SteeredWorld } from './steered-world.ts';
import { StoreBench } from './store-bench.ts';

/** A folder with a database in it, opened by us and by another program. */
export class DiskBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'pawl-disk-'));
  readonly path = join(this.folder, 'pawl.db');
  readonly world: SteeredWorld = createSteeredWorld();
  readonly #stores: Store[] = [];
  readonly #others: DatabaseSync[] = [];

  async open(options: Partial<SqliteOptions> = {}): Promise<Store> {
    const store = await openSqliteStore({ world: this.world, path: this.path, ...options });
    this.#stores.push(store);
    return store;
  }

  async openBench(options: Partial<SqliteOptions> = {}): Promise<StoreBench> {
    const store = await this.open(options);
    return new StoreBench(this.world, { store, outside: null, dispose: () => store.close() });
  }

  /** Another connection to the same file, as another program would have. */
  other(path = this.path): DatabaseSync {
    const other = new DatabaseSync(path, { timeout: 0 });
    this.#others.push(other);
    return other;
  }

  async clear(): Promise<void> {
    for (const other of this.#others) if (other.isOpen) other.close();
    for (const store of this.#stores) await store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
