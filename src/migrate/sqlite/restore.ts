import { PawlError } from '../../domain/errors.ts';
import { backupDatabase } from '../../store/sqlite/backup.ts';
import { surroundingsFault } from '../../store/sqlite/surroundings-fault.ts';
import type { World } from '../../world/world.ts';
import type { Restored } from '../migrator.ts';
import { isSound, requireFree, sizeOf } from './backup.ts';
import { hasHistory, recordRestored } from './history.ts';
import type { MigrateOptions, MigrationPlace } from './migration-options.ts';
import { openForChange } from './open-for-change.ts';
import { type Replaced, takeReplaced } from './replaced.ts';

export interface RestoreOptions extends MigrationPlace, Pick<MigrateOptions, 'version' | 'signal'> {
  /** Absolute path of the database to go back to. It stays where it is. */
  readonly backup: string;
  /** Who uses the database, in words, as far as the program knows; null when nobody does. */
  readonly usedBy?: () => Promise<string | null>;
}

/**
 * Put a backup in the place of the database. What is there is kept in a folder `set-aside-...`
 * beside it. The database's name never stands for nothing, and never for half of either: a kill at
 * any moment leaves the old database or the restored one.
 *
 * ```
 *   usedBy ──> backup sound? ──> copy, checked ──> everybody out of the old one (exclusive lock)
 *                                                     │
 *     history row, what the owner makes void: in the copy, one transaction
 *                                                     │
 *     old files get a second name ──> the copy takes the name (rename) ──> lock let go
 * ```
 *
 * @throws PawlError `backup_unsound`, `store_in_use` (nothing was changed), `backup_failed` (no
 *   room for the copy), `store_full`, `store_io`, what `owner` throws.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { world, backup } = options;
  await requireUnused(options);
  await requireSound(world, backup);
  const path = await placeOf(options);
  const copy = `${path}.restoring`;
  try {
    await prepareCopy(options, { path, copy });
    const replaced = await takeReplaced(world, path);
    let inPlace = true;
    try {
      const settled = settleCopy(options, copy, replaced);
      const setAside = await setOldAside(world, path, replaced);
      await world.files.rename(copy, path);
      inPlace = false;
      return { ...settled, setAside };
    } finally {
      replaced.letGo(inPlace);
    }
  } catch (cause) {
    throw surroundingsFault(cause);
  } finally {
    await removeCopy(world, copy);
  }
}

async function requireUnused({ usedBy }: RestoreOptions): Promise<void> {
  const user = (await usedBy?.()) ?? null;
  if (user === null) return;
  throw new PawlError('store_in_use', `${user} has the database open`, { details: { user } });
}

async function requireSound({ files }: World, backup: string): Promise<void> {
  const facts = await files.facts(backup);
  if (facts?.kind !== 'file' || facts.size === 0) {
    throw new PawlError('backup_unsound', `${backup} is no file, or an empty one`);
  }
  if (isSound(backup)) return;
  throw new PawlError('backup_unsound', `${backup} is damaged, or is no database`);
}

/** A link stays one: what it stands for is replaced. */
async function placeOf({ world: { files }, path }: RestoreOptions): Promise<string> {
  return (await files.facts(path)) === null ? path : await files.realPath(path);
}

/** On the disk of the database, so that a rename is enough; whole and checked when it is done. */
async function prepareCopy(
  { world, backup, signal }: RestoreOptions,
  { path, copy }: { readonly path: string; readonly copy: string },
): Promise<void> {
  await removeCopy(world, copy);
  await requireFree(world, path.slice(0, path.lastIndexOf('/')), await sizeOf(world, backup));
  const call = signal === undefined ? undefined : { signal };
  await backupDatabase({ world, location: backup, memory: null, file: copy, call });
}

function settleCopy(
  { world, makePlan, owner, version, backup }: RestoreOptions,
  copy: string,
  { readable: old, journalMode }: Replaced,
): Omit<Restored, 'setAside'> {
  const nowMs = world.clock.now();
  const connection = openForChange(copy);
  try {
    connection.run('BEGIN IMMEDIATE');
    const fingerprint = makePlan(connection).from;
    const from = old === null ? '' : makePlan(old).from;
    const recorded = hasHistory(connection);
    const occasion = { version, startedAtMs: nowMs, nowMs };
    if (recorded) recordRestored(connection, { from, to: fingerprint, backup }, occasion);
    owner?.afterRestore?.(connection, old);
    connection.run('COMMIT');
    connection.all(`PRAGMA journal_mode = ${journalMode}`);
    return { fingerprint, recorded };
  } finally {
    connection.close();
  }
}

/**
 * A log that belongs to the old file must be gone from beside the name before the new file has it:
 * it would be played into that.
 */
async function setOldAside(
  { files, clock }: World,
  path: string,
  { isOneFile }: Replaced,
): Promise<string | null> {
  const cut = path.lastIndexOf('/');
  const folder = `${path.slice(0, cut)}/set-aside-${clock.now()}`;
  const name = path.slice(cut + 1);
  let setAside: string | null = null;
  for (const suffix of isOneFile ? [''] : ['', ...BESIDE]) {
    const file = `${path}${suffix}`;
    if ((await files.facts(file)) === null) continue;
    await files.makeDirectory(folder);
    // The name itself keeps standing for the old file until the rename gives it to the new one.
    const move = suffix === '' ? files.link : files.rename;
    await move(file, `${folder}/${name}${suffix}`);
    setAside = folder;
  }
  return setAside;
}

const BESIDE = ['-wal', '-shm', '-journal'];

async function removeCopy({ files }: World, copy: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm', '-journal', '.part', '.part-journal']) {
    if ((await files.facts(`${copy}${suffix}`)) !== null) await files.remove(`${copy}${suffix}`);
  }
}
