import { Buffer } from 'node:buffer';
import { PawlError } from '../../domain/errors.ts';
import { pause } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import { DATABASE_COMPANIONS } from './older-databases.ts';

export interface DatabaseSnapshot {
  /** A copy that may be opened, recovered and written. */
  readonly path: string;
  dispose(): Promise<void>;
}

export interface SnapshotOptions {
  /** A folder that may be written; made when there is none. */
  readonly scratchDir: string;
  readonly signal?: AbortSignal;
  /** How often it is read again while somebody writes it; by default for about ten seconds. */
  readonly triesMax?: number;
}

/**
 * Copy a database that another program may be writing, without opening it: opening it even for
 * reading would make or change the files beside it. All of its files are read twice, one after the
 * other; only when each was the same both times was there a moment at which they were so together.
 * While somebody writes all the time, that is tried again for about ten seconds. What
 * SQLite keeps for itself while it is open (`-shm`) is made anew from the rest.
 *
 * @throws PawlError `import_source_busy`, `import_source_unreadable`, `aborted`.
 */
export async function snapshotDatabase(
  world: World,
  path: string,
  { scratchDir, ...patience }: SnapshotOptions,
): Promise<DatabaseSnapshot> {
  const contents = await settledContents(world, path, patience);
  const folder = `${scratchDir}/${world.ids.uuid()}`;
  await world.files.makeDirectory(folder);
  const copy = `${folder}/copy.db`;
  for (const [at, suffix] of DATABASE_COMPANIONS.entries()) {
    const bytes = contents[at] ?? null;
    if (bytes !== null) await world.files.write(`${copy}${suffix}`, bytes);
  }
  return { path: copy, dispose: () => world.files.removeTree(folder) };
}

type Contents = readonly (Uint8Array | null)[];

async function settledContents(
  world: World,
  path: string,
  { signal, triesMax = TRIES_MAX }: Omit<SnapshotOptions, 'scratchDir'>,
): Promise<Contents> {
  let before = await contentsOf(world, path);
  for (let tries = 0; tries < triesMax; tries += 1) {
    const after = await contentsOf(world, path);
    if (isSame(before, after)) return after;
    before = after;
    await pause(world.timers, 1 + world.random.next() * PAUSE_MS_MAX, signal);
    if (signal?.aborted === true) throw new PawlError('aborted', 'the call was cancelled');
  }
  const message = `${path} changed each time it was read`;
  throw new PawlError('import_source_busy', message, { details: { path } });
}

const TRIES_MAX = 400;
const PAUSE_MS_MAX = 50;

async function contentsOf({ files }: World, path: string): Promise<Contents> {
  const contents: (Uint8Array | null)[] = [];
  for (const suffix of DATABASE_COMPANIONS) {
    const name = `${path}${suffix}`;
    try {
      contents.push((await files.facts(name)) === null ? null : await files.read(name));
    } catch (cause) {
      if ((cause as { readonly code?: unknown }).code === 'ENOENT') contents.push(null);
      else {
        const details = { path: name };
        throw new PawlError('import_source_unreadable', `${name} cannot be read`, {
          cause,
          details,
        });
      }
    }
  }
  return contents;
}

function isSame(one: Contents, other: Contents): boolean {
  return one.every((bytes, at) => {
    const twin = other[at] ?? null;
    if (bytes === null || twin === null) return bytes === twin;
    return Buffer.compare(bytes, twin) === 0;
  });
}
