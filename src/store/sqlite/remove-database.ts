import type { World } from '../../world/world.ts';

/** Files that SQLite keeps beside a database, and would take for those of a new one. */
const BESIDE = ['-wal', '-shm', '-journal'];

/** Remove a database's file, if there is one, and what lies beside it. */
export async function removeDatabase({ files }: World, path: string): Promise<void> {
  for (const end of ['', ...BESIDE]) {
    if ((await files.facts(`${path}${end}`)) !== null) await files.remove(`${path}${end}`);
  }
}
