import { dirname } from 'node:path';
import type { World } from '../world/world.ts';
import { contentPath, openPath } from './artifact-paths.ts';
import type { GatheredContent } from './gather-content.ts';

/**
 * Give gathered content its lasting name. The same content, stored before, is replaced by the same:
 * so a copy that was damaged meanwhile is whole again, and one that is just being cleaned away is
 * no loss. Durable when it resolves.
 */
export async function placeContent(
  { files }: Pick<World, 'files'>,
  artifactsDir: string,
  { path, sha256 }: Pick<GatheredContent, 'path' | 'sha256'>,
): Promise<void> {
  const target = contentPath(artifactsDir, sha256);
  const folder = dirname(target);
  if ((await files.facts(folder)) === null) {
    await files.makeDirectory(folder);
    await files.syncFolder(artifactsDir);
  }
  await files.rename(path, target);
}

/** Take away what an artifact that is complete, or given up, no longer needs. */
export async function discardRanges(
  { files }: Pick<World, 'files'>,
  artifactsDir: string,
  artifactId: string,
): Promise<void> {
  await files.removeTree(openPath(artifactsDir, artifactId));
}
