import { isPawlError } from '../domain/errors.ts';
import { readBackupName, stampOf } from '../migrate/backup-name.ts';
import type { Logger } from '../observe/logger.ts';
import type { Store } from '../store/store.ts';
import type { World } from '../world/world.ts';

/** How many automatic copies are kept, and how old the newest may grow during a run. */
export const BACKUPS_KEPT = 3;
export const BACKUP_EVERY_MS = 600_000;

const NAME = /^pawl-(\d+)\.db$/;

export interface Backups {
  readonly world: World;
  readonly folder: string;
}

/** The automatic copies of a store, newest first. */
export async function listBackups({ world, folder }: Backups): Promise<readonly string[]> {
  if ((await world.files.facts(folder)) === null) return [];
  const names = (await world.files.names(folder)).filter((name) => NAME.test(name));
  return names.sort((a, b) => madeAt(b) - madeAt(a)).map((name) => `${folder}/${name}`);
}

/** Those, and the copies made before a migration; newest first. */
export async function listEveryBackup(backups: Backups): Promise<readonly string[]> {
  const { world, folder } = backups;
  if ((await world.files.facts(folder)) === null) return [];
  const found = (await world.files.names(folder)).flatMap((name) => {
    const stamp = NAME.test(name)
      ? stampOf(madeAt(name))
      : (readBackupName('pawl.db', name)?.stamp ?? null);
    return stamp === null ? [] : [{ name, stamp }];
  });
  return found
    .sort((one, other) => (one.stamp < other.stamp ? 1 : -1))
    .map(({ name }) => `${folder}/${name}`);
}

/**
 * Copy the store aside when the newest copy is older than `BACKUP_EVERY_MS`, and drop the oldest.
 * A copy that cannot be made is logged: the work matters more. A store on a server is its server's
 * to copy.
 */
export async function keepBackup(backups: Backups, store: Store, log: Logger): Promise<void> {
  const { world, folder } = backups;
  if (!store.capabilities.backup) return;
  try {
    const [newest] = await listBackups(backups);
    const now = world.clock.now();
    const age = newest === undefined ? Number.POSITIVE_INFINITY : now - madeAt(newest);
    if (age < BACKUP_EVERY_MS) return;
    await world.files.makeDirectory(folder);
    await store.backup(`${folder}/pawl-${now}.db`);
    const all = await listBackups(backups);
    for (const old of all.slice(BACKUPS_KEPT)) await world.files.remove(old);
  } catch (cause) {
    log.warn('backup.failed', { code: isPawlError(cause) ? cause.code : 'store_io' });
  }
}

function madeAt(path: string): number {
  return Number(NAME.exec(path.slice(path.lastIndexOf('/') + 1))?.[1] ?? 0);
}
