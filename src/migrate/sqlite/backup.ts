import { isPawlError, PawlError } from '../../domain/errors.ts';
import { backupDatabase } from '../../store/sqlite/backup.ts';
import { Connection } from '../../store/sqlite/connection.ts';
import { storeFault } from '../../store/sqlite/faults.ts';
import { surroundingsFault } from '../../store/sqlite/surroundings-fault.ts';
import type { World } from '../../world/world.ts';
import {
  backupFileName,
  backupsToRemove,
  isUnfinishedBackup,
  readBackupName,
} from '../backup-name.ts';
import { type BackupTaken, harmOf } from '../migration-report.ts';
import type { Plan } from '../plan-model.ts';
import { backupsInHistory } from './history.ts';
import { BACKUPS_KEPT, backupFolderOf, type MigrateOptions } from './migration-options.ts';
import { countRows, type Survey } from './survey.ts';

/** A copy takes one, the log of a rebuild another. */
const FREE_FACTOR = 2;

/**
 * Copy the database aside before it is changed. The caller holds the write lock, so the copy is the
 * database exactly as the change will find it, and only one process at a time makes one.
 *
 * @throws PawlError `backup_failed`, `store_corrupt` (the database itself is damaged), `aborted`.
 */
export async function takeBackup(
  options: MigrateOptions,
  work: { readonly connection: Connection; readonly plan: Plan; readonly before: Survey },
): Promise<BackupTaken> {
  const { plan, before } = work;
  if (plan.steps.length === 0) return { kind: 'none', why: 'no_steps' };
  if ([...before.rows.values()].every((count) => count === 0)) {
    return { kind: 'none', why: 'no_rows' };
  }
  const { world, path, backupBytesMax } = options;
  try {
    const bytes = await sizeOf(world, path);
    const isLarge = backupBytesMax !== undefined && bytes > backupBytesMax;
    if (isLarge && harmOf(plan.steps) === 'additive') {
      return { kind: 'none', why: 'above_bytes_max' };
    }
    return await copyAside(options, { ...work, bytes });
  } catch (cause) {
    const fault = surroundingsFault(cause);
    if (fault.code === 'store_corrupt' || fault.code === 'aborted') throw fault;
    if (isPawlError(cause, 'backup_failed')) throw cause;
    throw new PawlError('backup_failed', `no backup could be made: ${causeText(cause)}`, {
      details: { reason: fault.code },
      cause,
    });
  }
}

async function copyAside(
  options: MigrateOptions,
  work: { readonly connection: Connection; readonly plan: Plan; readonly bytes: number },
): Promise<BackupTaken> {
  const { world, path, signal } = options;
  const { connection, plan, bytes } = work;
  const folder = backupFolderOf(options);
  const startedAt = world.clock.monotonic();
  await world.files.makeDirectory(folder);
  await removeUnfinished(world, folder, path);
  await requireFree(world, folder, bytes);
  const file = backupFileName(path, plan.from, world.clock.now());
  const content = contentOf(connection);
  await backupDatabase({
    world,
    location: path,
    memory: null,
    file: `${folder}/${file}`,
    call: signal === undefined ? undefined : { signal },
    check: (copy) => {
      if (contentOf(copy) === content) return;
      throw new PawlError('backup_failed', 'the copy is not what the database is');
    },
  });
  await rotate(options, { folder, file, connection });
  const ms = Math.round(world.clock.monotonic() - startedAt);
  return { kind: 'made', path: `${folder}/${file}`, bytes, ms };
}

/** What is compared beyond the pages' own soundness: every object, every count, the two marks. */
function contentOf(connection: Connection): string {
  return JSON.stringify([
    connection.all('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid'),
    [...countRows(connection)],
    connection.all('PRAGMA user_version'),
    connection.all('PRAGMA application_id'),
  ]);
}

/** The file with its log: what a copy may take at most. */
export async function sizeOf({ files }: World, path: string): Promise<number> {
  const [file, wal] = await Promise.all([files.facts(path), files.facts(`${path}-wal`)]);
  return (file?.size ?? 0) + (wal?.size ?? 0);
}

export async function requireFree(world: World, folder: string, bytes: number): Promise<void> {
  const needed = bytes * FREE_FACTOR;
  const free = await world.files.freeBytes(folder);
  if (free >= needed) return;
  const message = `${folder} has ${free} bytes free; ${needed} are needed for a backup`;
  throw new PawlError('backup_failed', message, { details: { folder, free, needed } });
}

/** Of a run that was killed: nobody else copies while the caller holds the write lock. */
async function removeUnfinished({ files }: World, folder: string, path: string): Promise<void> {
  for (const name of await files.names(folder)) {
    if (isUnfinishedBackup(path, name)) await files.remove(`${folder}/${name}`);
  }
}

async function rotate(
  options: MigrateOptions,
  { folder, file, connection }: { folder: string; file: string; connection: Connection },
): Promise<void> {
  const made = readBackupName(options.path, file);
  if (made === null) return;
  const kept = Math.max(1, options.backupsKept ?? BACKUPS_KEPT);
  const named = backupsInHistory(connection);
  const found = await listBackups(options.world, { folder, path: options.path });
  for (const old of backupsToRemove(found, made, { kept, named })) {
    await options.world.files.remove(`${folder}/${old}`);
  }
}

export async function listBackups(
  { files }: World,
  { folder, path }: { readonly folder: string; readonly path: string },
): Promise<readonly NonNullable<ReturnType<typeof readBackupName>>[]> {
  if ((await files.facts(folder)) === null) return [];
  const names = await files.names(folder);
  return names.flatMap((name) => readBackupName(path, name) ?? []);
}

/** Whether a file is a database without damage; looks at a copy that nobody writes. */
export function isSound(path: string): boolean {
  const connection = new Connection(path, { readOnly: true });
  try {
    const [check] = connection.all<{ quick_check: string }>('PRAGMA quick_check');
    return check?.quick_check === 'ok';
  } catch (cause) {
    if (storeFault(cause).code === 'store_corrupt') return false;
    throw cause;
  } finally {
    connection.close();
  }
}

function causeText(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
