import type { GatheredContent } from '../artifacts/gather-content.ts';
import { discardRanges, placeContent } from '../artifacts/place-content.ts';
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
