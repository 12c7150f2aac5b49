import { type ArtifactLabel, checkLabel } from '../artifacts/artifact-label.ts';
import { openPath } from '../artifacts/artifact-paths.ts';
import { endFrom } from '../artifacts/range-files.ts';
import type { Artifact } from '../store/artifacts.ts';
import { type ArtifactOptions, artifactContext } from './artifact-context.ts';
import { operation, type ProjectContext } from './operation.ts';

export interface OpenArtifact extends ArtifactOptions, ArtifactLabel {
  /** The task's `id`. */
  readonly task: string;
  /** Of the attempt that writes; null for a person or an import, whom no lease binds. */
  readonly fence: number | null;
}

export interface OpenedArtifact {
  readonly artifact: Artifact;
  /** Where the next range belongs: 0, or as far as an earlier call came. */
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
    const { world, store, artifactsDir, limits } = artifactContext(project, input);
    const { name, kind, mediaType, summary } = checkLabel(input);
    const artifact = await store.openArtifact({
      artifactId: world.ids.uuid(),
      task: input.task,
      fence: input.fence,
      ...{ name, kind, mediaType, summary },
      sourcePath: null,
      sealed: null,
      limits,
    });
    const folder = openPath(artifactsDir, artifact.artifactId);
    return { artifact, nextOffset: await endFrom(world.files, folder, artifact.bytes) };
  });
}
