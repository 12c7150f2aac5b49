import { backup as copyDatabase } from 'node:sqlite';
import { PawlError } from '../../domain/errors.ts';
import type { World } from '../../world/world.ts';
import type { Call } from '../store.ts';
import { Connection } from './connection.ts';
import { surroundingsFault } from './surroundings-fault.ts';

/** A copy proceeds in steps of so many pages, and may take this long as a whole. */
const STEP_PAGES = 250;
const BACKUP_DEADLINE_MS = 600_000;

export interface Backup {
  readonly world: World;
  readonly location: string;
  /** The one connection of a store in memory; null when there is a file to open. */
  readonly memory: Connection | null;
  readonly file: string;
  readonly call: Call | undefined;
  /** May refuse the finished copy by throwing, before it has its name. */
  readonly check?: (copy: Connection) => void;
}

/**
 * Copy a database, as of one moment, to a new file that is whole once it has its name.
 *
 * @throws PawlError `usage` when the file exists, `aborted`, `deadline_exceeded`, `store_full`,
 *   `store_io`, `store_corrupt`.
 */
export async function backupDatabase(backup: Backup): Promise<void> {
  const { files } = backup.world;
  const { file } = backup;
  if ((await files.facts(file)) !== null) {
    throw new PawlError('usage', `${file} exists already: name a new file`);
  }
  const unfinished = `${file}.part`;
  await removeCopy(backup.world, unfinished);
  try {
    await reserve(unfinished, backup);
    await copyTo(unfinished, backup);
    sealCopy(unfinished, backup);
    await files.rename(unfinished, file);
  } catch (cause) {
    await removeCopy(backup.world, unfinished);
    throw surroundingsFault(cause);
  }
}

/** Whoever may not read the database may not read its copy, while it is being made neither. */
async function reserve(unfinished: string, { world, memory, location }: Backup): Promise<void> {
  const like = memory === null ? await world.files.facts(location) : null;
  if (like !== null) await world.files.replace(unfinished, '', like);
}

/**
 * From a connection of its own, whose snapshot is held throughout: otherwise every commit of
 * another connection would make the copy begin anew, and a busy store would never be copied.
 */
async function copyTo(unfinished: string, backup: Backup): Promise<void> {
  const { world, memory, location, call } = backup;
  const giveUpAt = world.clock.monotonic() + (call?.deadlineMs ?? BACKUP_DEADLINE_MS);
  const goOn = (): void => {
    if (call?.signal?.aborted === true) throw new PawlError('aborted', 'the call was cancelled');
    if (world.clock.monotonic() <= giveUpAt) return;
    throw new PawlError('deadline_exceeded', 'the backup took too long');
  };
  goOn();
  const source = memory ?? new Connection(location, { readOnly: true });
  try {
    if (memory === null) {
      source.run('BEGIN');
      source.all('SELECT count(*) FROM sqlite_schema');
    }
    await copyDatabase(source.handle, unfinished, { rate: STEP_PAGES, progress: goOn });
  } finally {
    if (memory === null) source.close();
  }
  goOn();
}

/** One file, without a log beside it, and without damage. */
function sealCopy(unfinished: string, { check: accept }: Backup): void {
  const copy = new Connection(unfinished, { readOnly: false });
  try {
    copy.all('PRAGMA journal_mode = DELETE');
    const [check] = copy.all<{ quick_check: string }>('PRAGMA quick_check');
    if (check?.quick_check !== 'ok') {
      throw new PawlError('store_corrupt', 'the copy of the database is damaged');
    }
    accept?.(copy);
  } finally {
    copy.close();
  }
}

async function removeCopy({ files }: World, unfinished: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    const part = `${unfinished}${suffix}`;
    if ((await files.facts(part)) !== null) await files.remove(part);
  }
}
