import { createHash } from 'node:crypto';
import { PawlError } from '../domain/errors.ts';
import type { Files, OpenFile } from '../world/files.ts';
import { contentPath, removedPath } from './artifact-paths.ts';
import { CHUNK_BYTES } from './gather-content.ts';

export interface ContentName {
  readonly artifactId: string;
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Open the content of a complete artifact, which must have the size it is said to have.
 *
 * @throws PawlError `artifact_damaged`: gone, or of another size.
 */
export async function openContent(
  files: Files,
  artifactsDir: string,
  content: ContentName,
): Promise<OpenFile> {
  const { artifactId, sha256, bytes } = content;
  const file = await firstOf(files, [
    contentPath(artifactsDir, sha256),
    removedPath(artifactsDir, sha256),
    contentPath(artifactsDir, sha256), // put back between the two looks
  ]);
  const details = { artifactId, sha256 };
  if (file === null) {
    throw new PawlError('artifact_damaged', `the content of ${artifactId} is gone`, { details });
  }
  if (file.facts.size === bytes) return file;
  await file.close();
  const message = `${artifactId} should have ${bytes} bytes and has ${file.facts.size}`;
  throw new PawlError('artifact_damaged', message, { details });
}

async function firstOf(files: Files, paths: readonly string[]): Promise<OpenFile | null> {
  for (const path of paths) {
    try {
      return await files.open(path);
    } catch (cause) {
      if ((cause as { readonly code?: unknown }).code !== 'ENOENT') throw cause;
    }
  }
  return null;
}

/**
 * Compare a content with its name, a piece at a time.
 *
 * @throws PawlError `artifact_damaged`, `aborted`.
 */
export async function verifyContent(
  file: OpenFile,
  { artifactId, sha256 }: ContentName,
  signal?: AbortSignal,
): Promise<void> {
  const hash = createHash('sha256');
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let offset = 0; ; ) {
    if (signal?.aborted === true) throw new PawlError('aborted', 'the call was cancelled');
    const read = await file.readInto(chunk, offset);
    if (read === 0) break;
    hash.update(chunk.subarray(0, read));
    offset += read;
  }
  if (hash.digest('hex') === sha256) return;
  throw new PawlError('artifact_damaged', `the content of ${artifactId} is not what was stored`, {
    details: { artifactId, sha256 },
  });
}
