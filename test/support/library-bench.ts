import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { MigrationOutcome } from '../../src/migrate/migration-report.ts';
import { migrate } from '../../src/migrate/sqlite/migrate.ts';
import type { MigrateOptions } from '../../src/migrate/sqlite/migration-options.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { makeLibrary, planRebuild, rowsOf } from './library-database.ts';

export const LOANS = 300;

export interface HistoryLine {
  readonly status: string;
  readonly class: string;
  readonly backup: string | null;
  readonly [column: string]: unknown;
}

/** A populated database in a folder of its own, anew for each test. */
export class LibraryBench {
  readonly world = createRealWorld();
  folder = '';
  path = '';

  begin(): void {
    this.folder = mkdtempSync(join(tmpdir(), 'pawl-migrate-'));
    this.path = join(this.folder, 'library.db');
    makeLibrary(this.path, { loans: LOANS });
  }

  clear(): void {
    rmSync(this.folder, { recursive: true });
  }

  options(more: Partial<MigrateOptions> = {}): MigrateOptions {
    const { world, path } = this;
    return { world, path, makePlan: planRebuild, version: '2.0.0', ...more };
  }

  run(more: Partial<MigrateOptions> = {}): Promise<MigrationOutcome> {
    return migrate(this.options(more));
  }

  /** As another program does it. */
  change(sql: string): void {
    const other = new DatabaseSync(this.path);
    other.exec(sql);
    other.close();
  }

  history(): readonly HistoryLine[] {
    return rowsOf<HistoryLine>(this.path, 'SELECT * FROM migration_history ORDER BY id');
  }

  get backupFolder(): string {
    return join(dirname(this.path), 'backups');
  }

  backups(): readonly string[] {
    return existsSync(this.backupFolder) ? readdirSync(this.backupFolder) : [];
  }
}
