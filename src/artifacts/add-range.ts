import { PawlError } from '../domain/errors.ts';
import type { World } from '../world/world.ts';
import { OPEN_DIR, openPath } from './artifact-paths.ts';
import { endFrom, rangePath, readRanges } from './range-files.ts';

export interface AddRange {
  readonly artifactId: string;
  /** Where the bytes belong; null: behind whatever is there. */
  readonly offset: number | null;
  readonly bytes: Uint8Array;
  /** The end of a range, as far as it is known; 0 will do. */
  readonly knownEnd: number;
  readonly artifactBytesMax: number;
}

export interface AddedRange {
  /** How many of the bytes were not there yet. */
  readonly added: number;
  /** Behind the last byte: where the next range belongs. */
  readonly end: number;
}

/**
 * Add bytes to an open artifact. Durable when it resolves.
 *
 * Each range becomes a file of its own, named by its offset, which appears by a link: wholly or not
 * at all, and only where there is none yet. So no lock is needed between processes, one that was
 * stopped for an hour can overwrite nothing when it wakes, and a call that is repeated, because it
 * was killed before its answer, finds its bytes there and compares them.
 *
 * @throws PawlError `artifact_gap` (`details.expected`), `artifact_conflict`,
 *   `artifact_too_large`, `store_unsupported`; the errors of the file system.
 */
export async function addRange(
  world: World,
  artifactsDir: string,
  input: AddRange,
): Promise<AddedRange> {
  const folder = openPath(artifactsDir, input.artifactId);
  let end = input.knownEnd;
  for (;;) {
    end = await endFrom(world.files, folder, end);
    const rest = await restBehind(world, folder, { ...input, end });
    if (rest.length === 0) return { added: 0, end };
    requireRoom(input, end + rest.length);
    if (end === 0) await makeFolder(world, artifactsDir, folder);
    if (await placeRange(world, folder, end, rest)) {
      return { added: rest.length, end: end + rest.length };
    }
  }
}

/** What of the bytes lies behind the end; what lies before it must be the same as there. */
async function restBehind(
  { files }: World,
  folder: string,
  { artifactId, offset, bytes, end }: AddRange & { readonly end: number },
): Promise<Uint8Array> {
  if (offset === null || offset === end) return bytes;
  if (offset > end) {
    throw new PawlError('artifact_gap', `${artifactId} ends at ${end}, before ${offset}`, {
      details: { artifactId, offset, expected: end },
    });
  }
  const length = Math.min(bytes.length, end - offset);
  const there = await readRanges(files, folder, { offset, length });
  const differs = there.findIndex((byte, index) => byte !== bytes[index]);
  if (differs >= 0 || there.length < length) {
    const at = offset + (differs >= 0 ? differs : there.length);
    throw new PawlError('artifact_conflict', `${artifactId} holds other bytes at ${at}`, {
      details: { artifactId, offset: at, expected: end },
    });
  }
  return bytes.subarray(length);
}

function requireRoom({ artifactId, artifactBytesMax }: AddRange, end: number): void {
  if (end <= artifactBytesMax) return;
  throw new PawlError(
    'artifact_too_large',
    `${artifactId} would be larger than ${artifactBytesMax} bytes`,
    { details: { artifactId, limit: 'artifactBytesMax', artifactBytesMax } },
  );
}

/** False: somebody else put a range at this offset meanwhile. */
async function placeRange(
  world: World,
  folder: string,
  offset: number,
  bytes: Uint8Array,
): Promise<boolean> {
  const { files } = world;
  const staged = `${folder}/${world.ids.uuid()}.new`;
  await files.stage(staged, bytes);
  try {
    world.checkpoint('artifact-range-staged');
    await files.link(staged, rangePath(folder, offset));
    world.checkpoint('artifact-range-linked');
    return true;
  } catch (cause) {
    const { code } = cause as { readonly code?: unknown };
    if (code === 'EEXIST') return false;
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') {
      const message = `the file system of ${folder} gives no file a second name`;
      throw new PawlError('store_unsupported', message, { cause });
    }
    throw cause;
  } finally {
    await files.remove(staged);
  }
}

/** The folder's own name is to outlive a loss of power, too. */
async function makeFolder({ files }: World, artifactsDir: string, folder: string): Promise<void> {
  if ((await files.facts(folder)) !== null) return;
  await files.makeDirectory(folder);
  await files.syncFolder(`${artifactsDir}/${OPEN_DIR}`);
  await files.syncFolder(artifactsDir);
}
