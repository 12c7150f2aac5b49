import { isAbsolute, resolve } from 'node:path';
import { PawlError } from '../domain/errors.ts';
import type { Restored } from '../migrate/migrator.ts';
import type { MigrationContext } from './migration-context.ts';
import { operation } from './operation.ts';

/** A file that a restore can take. */
export interface StoredBackup {
  /** Name in the folder of backups. */
  readonly file: string;
  /** Made before a change of the schema, or now and then during a run. */
  readonly madeBy: 'migration' | 'run';
  readonly bytes: number;
  readonly madeAtMs: number;
}

export interface RestoredBackup extends Restored {
  /** Absolute path of the file that was restored; it is still there. */
  readonly backup: string;
}

/** Copies that executors make: named in `app/backups`. */
const BY_RUN = /^pawl-\d+\.db$/;

/** Every backup in the project's folder of backups, the newest first. */
export async function listStoredBackups(ctx: MigrationContext): Promise<readonly StoredBackup[]> {
  return await operation(ctx, { operation: 'migrate-backups' }, async () => {
    const { world, migrator } = ctx;
    const folder = migrator.backupFolder;
    const made = await migrator.backups();
    const found: StoredBackup[] = made.map((one) => ({ ...one, madeBy: 'migration' }));
    const names = (await world.files.facts(folder)) === null ? [] : await world.files.names(folder);
    for (const file of names.filter((name) => BY_RUN.test(name))) {
      const facts = await world.files.facts(`${folder}/${file}`);
      if (facts === null) continue;
      found.push({ file, madeBy: 'run', bytes: facts.size, madeAtMs: facts.mtimeMs });
    }
    return found.toSorted((one, other) => other.madeAtMs - one.madeAtMs);
  });
}

/**
 * Put a backup in the place of the database: a name in the folder of backups, or a path (a relative
 * one from `dir`). What was claimed since the backup is void afterwards.
 *
 * @throws PawlError `backup_not_found`, `backup_unsound`, `store_in_use`, `backup_failed`; nothing
 *   was changed.
 */
export async function restoreStore(
  ctx: MigrationContext,
  { backup, dir }: { readonly backup: string; readonly dir: string },
): Promise<RestoredBackup> {
  return await operation(ctx, { operation: 'migrate-restore', backup }, async () => {
    // Who keeps none says where they are kept.
    if (!ctx.migrator.keepsBackups) await ctx.migrator.backups();
    const path = await findBackup(ctx, backup, dir);
    const restored = await ctx.migrator.restore(path);
    ctx.log.warn('store.restored', { backup: path, setAside: restored.setAside });
    return { ...restored, backup: path };
  });
}

async function findBackup(
  { world: { files }, migrator }: MigrationContext,
  backup: string,
  dir: string,
): Promise<string> {
  const places = isAbsolute(backup)
    ? [backup]
    : [`${migrator.backupFolder}/${backup}`, resolve(dir, backup)];
  for (const path of places) if ((await files.facts(path))?.kind === 'file') return path;
  const message = `there is no backup ${places.join(', nor ')}`;
  throw new PawlError('backup_not_found', message, { details: { looked: places } });
}
