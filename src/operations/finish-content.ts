import type { GatheredContent } from '../artifacts/gather-content.ts';
import { discardRanges, placeContent } from '../artifacts/place-content.ts';
import { openContent } from '../artifacts/read-content.ts';
import { isPawlError } from '../domain/errors.ts';
import type { Artifact, HeldArtifact } from '../store/artifacts.ts';
import type { World } from '../world/world.ts';
import type { ArtifactContext } from './artifact-context.ts';

/**
 * The last steps to a complete artifact, after it was sealed: its content is put in place, then its
 * row says so, then what is no longer needed goes. Each may be repeated after a kill.
 */
export async function finishContent(
  ctx: ArtifactContext,
  { artifactId, fence, whole }: HeldArtifact & { readonly whole: GatheredContent },
): Promise<Artifact> {
  const { world, store, artifactsDir } = ctx;
  await placeContent(world, artifactsDir, whole);
  world.checkpoint('artifact-placed');
  const done = await store.completeArtifact({ artifactId, fence });
  world.checkpoint('artifact-completed');
  await discardRanges(world, artifactsDir, artifactId);
  return done;
}

/** Remove what was gathered in vain, if it is still there. */
export async function forget({ files }: World, { path }: GatheredContent): Promise<void> {
  if ((await files.facts(path)) !== null) await files.remove(path);
}

/** Sealed by a call that was killed, perhaps after its content was put in place. */
export async function isPlaced(
  { world, artifactsDir }: ArtifactContext,
  { artifactId, bytes, sha256 }: Artifact,
): Promise<boolean> {
  if (sha256 === null) return false;
  try {
    const content = { artifactId, sha256, bytes };
    await (await openContent(world.files, artifactsDir, content)).close();
    return true;
  } catch (error) {
    if (isPawlError(error, 'artifact_damaged')) return false;
    throw error;
  }
}
