import { openPath } from '../artifacts/artifact-paths.ts';
import { decodeText } from '../artifacts/decode-text.ts';
import { readRanges } from '../artifacts/range-files.ts';
import { openContent, verifyContent } from '../artifacts/read-content.ts';
import { PawlError } from '../domain/errors.ts';
import type { Artifact } from '../store/artifacts.ts';
import { type ArtifactContext, type ArtifactOptions, artifactContext } from './artifact-context.ts';
import { operation, type ProjectContext } from './operation.ts';
import { existingArtifact } from './resolve-artifact.ts';

export interface ReadArtifact extends ArtifactOptions {
  readonly artifactId: string;
  /** In bytes; default 0. */
  readonly offset?: number | undefined;
  /** At most so many; default and most: `rangeBytesMax`. */
  readonly bytesMax?: number | undefined;
  /** Compare the whole content with its hash before anything is given. */
  readonly verify?: boolean | undefined;
}

export interface ReadRange {
  readonly artifact: Artifact;
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Null at the end. Of an open artifact: the end as of now. */
  readonly nextOffset: number | null;
}

export interface ReadText {
  readonly artifact: Artifact;
  readonly offset: number;
  /** UTF-8; what is none became U+FFFD. */
  readonly text: string;
  readonly nextOffset: number | null;
}

const CHARS_MIN = 2;
const CHARS_MAX = 1_000_000;
const UTF8_BYTES_MAX = 4;

/**
 * Bytes of an artifact; of an open one, what was acknowledged.
 *
 * @throws PawlError `artifact_not_found`, `artifact_damaged`, `usage`, `aborted`.
 */
export async function readArtifact(
  project: ProjectContext,
  input: ReadArtifact,
): Promise<ReadRange> {
  return await operation(project, { operation: 'read-artifact' }, async () => {
    const ctx = artifactContext(project, input);
    const artifact = await existingArtifact(ctx, input.artifactId);
    const { rangeBytesMax } = ctx.limits;
    const offset = count('offset', input.offset ?? 0, artifact.bytes);
    const wanted = Math.min(count('bytesMax', input.bytesMax ?? rangeBytesMax), rangeBytesMax);
    const length = Math.min(wanted, artifact.bytes - offset);
    const bytes = await bytesOf(ctx, artifact, { offset, length, verify: input.verify ?? false });
    const end = offset + bytes.length;
    return { artifact, offset, bytes, nextOffset: end < artifact.bytes ? end : null };
  });
}

/**
 * Text of an artifact, at most `charsMax` characters (UTF-16 units, at least 2, at most a million),
 * never half of one. `nextOffset` counts bytes and is where the next call goes on.
 *
 * @throws PawlError those of `readArtifact`.
 */
export async function readArtifactText(
  project: ProjectContext,
  { charsMax, ...input }: Omit<ReadArtifact, 'bytesMax'> & { readonly charsMax: number },
): Promise<ReadText> {
  if (!Number.isInteger(charsMax) || charsMax < CHARS_MIN || charsMax > CHARS_MAX) {
    const message = `charsMax must be from ${CHARS_MIN} to ${CHARS_MAX}`;
    throw new PawlError('usage', message, { details: { charsMax } });
  }
  // Behind a text that fits may stand one character more, of which the start is wanted.
  const bytesMax = (charsMax + 1) * UTF8_BYTES_MAX;
  const { artifact, offset, bytes, nextOffset } = await readArtifact(project, {
    ...input,
    bytesMax,
  });
  const isLast = nextOffset === null;
  const { text, consumed } = decodeText(bytes, { charsMax, isLast });
  const end = offset + consumed;
  return { artifact, offset, text, nextOffset: end < artifact.bytes ? end : null };
}

async function bytesOf(
  { world, artifactsDir, signal }: ArtifactContext,
  artifact: Artifact,
  range: { readonly offset: number; readonly length: number; readonly verify: boolean },
): Promise<Uint8Array> {
  const { artifactId, sha256, bytes, state } = artifact;
  const { offset, length, verify } = range;
  if (state === 'open' || sha256 === null) {
    if (length === 0) return new Uint8Array();
    const read = await readRanges(world.files, openPath(artifactsDir, artifactId), range);
    return requireAll(artifact, read, length);
  }
  const file = await openContent(world.files, artifactsDir, { artifactId, sha256, bytes });
  try {
    if (verify) await verifyContent(file, { artifactId, sha256, bytes }, signal);
    return requireAll(artifact, await file.readRange(offset, length), length);
  } finally {
    await file.close();
  }
}

function requireAll(artifact: Artifact, read: Uint8Array, length: number): Uint8Array {
  if (read.length === length) return read;
  const { artifactId, name } = artifact;
  throw new PawlError('artifact_damaged', `${name} ends before it should`, {
    details: { artifactId },
  });
}

function count(name: string, value: number, max = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= 0 && value <= max) return value;
  throw new PawlError('usage', `${name} must be from 0 to ${max}`, { details: { [name]: value } });
}
