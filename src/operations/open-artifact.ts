import { type ArtifactLabel, checkLabel } from '../artifacts/artifact-label.ts';
import { openPath } from '../artifacts/artifact-paths.ts';
import { endFrom, rangesUpTo } from '../artifacts/range-files.ts';
import type { Artifact } from '../store/artifacts.ts';
import { type ArtifactContext, type ArtifactOptions, artifactContext } from './artifact-context.ts';
import { isPlaced } from './finish-content.ts';
import { operation, type ProjectContext } from './operation.ts';

export interface OpenArtifact extends ArtifactOptions, ArtifactLabel {
  /** The task's `id`. */
  readonly task: string;
  /** Of the attempt that writes; null for a person or an import, whom no lease binds. */
  readonly fence: number | null;
}

export interface OpenedArtifact {
  readonly artifact: Artifact;
  /**
   * Where the next range belongs: 0, or as far as an earlier call came. Of one that was being
   * closed (`artifact.sha256` is known) its end: it only wants to be completed.
   */
  readonly nextOffset: number;
}

/**
 * Begin an artifact that is sent in ranges. Opening again under the same name, in the same attempt,
 * goes on with the one that is open: whoever was killed asks where to go on by this.
 *
 * @throws PawlError `usage`, `task_not_found`, `stale_fence`, `artifact_too_many`,
 *   `artifact_too_large` (`artifactsBytesMax`).
 */
export async function openArtifact(
  project: ProjectContext,
  input: OpenArtifact,
): Promise<OpenedArtifact> {
  return await operation(project, { operation: 'open-artifact' }, async () => {
    const ctx = artifactContext(project, input);
    const artifact = await record(ctx, input);
    if (artifact.sha256 === null) return { artifact, nextOffset: await endOf(ctx, artifact) };
    // It was being closed. What one call stored and was killed at has no ranges to close it from.
    const complete = await isComplete(ctx, artifact);
    if (complete) return { artifact, nextOffset: artifact.bytes };
    const another = await record(ctx, { ...input, except: artifact.artifactId });
    return { artifact: another, nextOffset: await endOf(ctx, another) };
  });
}

async function record(
  { world, store, limits }: ArtifactContext,
  input: OpenArtifact & { readonly except?: string },
): Promise<Artifact> {
  const { name, kind, mediaType, summary } = checkLabel(input);
  return await store.openArtifact({
    artifactId: world.ids.uuid(),
    task: input.task,
    fence: input.fence,
    ...{ name, kind, mediaType, summary, limits },
    sourcePath: null,
    sealed: null,
    ...(input.except === undefined ? {} : { except: input.except }),
  });
}

async function endOf(
  { world, artifactsDir }: ArtifactContext,
  { artifactId, bytes }: Artifact,
): Promise<number> {
  return await endFrom(world.files, openPath(artifactsDir, artifactId), bytes);
}

/** Its content is in place, or all of its ranges are there. */
async function isComplete(ctx: ArtifactContext, artifact: Artifact): Promise<boolean> {
  const { world, artifactsDir } = ctx;
  const { artifactId, bytes } = artifact;
  if (await isPlaced(ctx, artifact)) return true;
  const ranges = await rangesUpTo(world.files, openPath(artifactsDir, artifactId), bytes);
  return ranges.reduce((sum, { size }) => sum + size, 0) === bytes;
}
