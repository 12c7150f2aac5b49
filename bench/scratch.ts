import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one section's files, on a disk; removed at the end. */
export class Scratch {
  readonly root = mkdtempSync(join(tmpdir(), 'pawl-bench-'));
  #folders = 0;

  /** A new, empty folder. */
  folder(): string {
    this.#folders += 1;
    const path = join(this.root, String(this.#folders));
    mkdirSync(path);
    return path;
  }

  /** A copy, in a folder of its own, of a database that nobody has open. */
  copyOf(database: string): string {
    if (existsSync(`${database}-wal`)) throw new Error(`${database} is still open`);
    const path = join(this.folder(), 'pawl.db');
    copyFileSync(database, path);
    return path;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
