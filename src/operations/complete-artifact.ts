import { openPath } from '../artifacts/artifact-paths.ts';
import { gatherRanges } from '../artifacts/gather-content.ts';
import { discardRanges } from '../artifacts/place-content.ts';
import { endFrom } from '../artifacts/range-files.ts';
import { isPawlError, PawlError } from '../domain/errors.ts';
import type { Artifact } from '../store/artifacts.ts';
import {
  type ArtifactContext,
  type ArtifactOptions,
  artifactContext,
  requireWriter,
} from './artifact-context.ts';
import { finishContent, forget, isPlaced } from './finish-content.ts';
import { operation, type ProjectContext } from './operation.ts';
import { existingArtifact } from './resolve-artifact.ts';

export interface CompleteArtifact extends ArtifactOptions {
  readonly artifactId: string;
  readonly fence: number | null;
  /** What was sent, as the sender has it: compared before anything is final. */
  readonly expect?: { readonly bytes?: number; readonly sha256?: string } | undefined;
}

/** While it is closed, others may still be adding to it: so often it is looked at anew. */
const ROUNDS_MAX = 5;

/**
 * Close an artifact: its ranges become one content, named by its hash, which never changes. The
 * content is read a piece at a time, however large it is. Repeated, after a kill at any step, it
 * goes on; of one that is complete the same is answered again.
 *
 * @throws PawlError `artifact_gap` (fewer bytes than expected; `details.expected` says where to go
 *   on), `artifact_mismatch`, `artifact_not_found`, `artifact_damaged`, `stale_fence`, `aborted`.
 */
export async function completeArtifact(
  project: ProjectContext,
  input: CompleteArtifact,
): Promise<Artifact> {
  const { artifactId, fence } = input;
  return await operation(project, { operation: 'complete-artifact' }, async () => {
    const ctx = artifactContext(project, input);
    for (let round = 1; ; round += 1) {
      const artifact = await existingArtifact(ctx, artifactId);
      if (artifact.state === 'complete' && artifact.fence === fence) {
        requireExpected(artifact, input);
        return artifact;
      }
      await requireWriter(ctx, artifact, fence);
      try {
        return await close(ctx, artifact, input);
      } catch (error) {
        if (round >= ROUNDS_MAX || !(await mayPass(ctx, artifact, error))) throw error;
      }
    }
  });
}

/** Somebody else was at it: the next look may find it complete, or longer. */
async function mayPass(ctx: ArtifactContext, before: Artifact, error: unknown): Promise<boolean> {
  const isGone = (error as { readonly code?: unknown }).code === 'ENOENT';
  if (!isGone && !isPawlError(error, 'artifact_gap') && !isPawlError(error, 'artifact_damaged')) {
    return false;
  }
  const now = await existingArtifact(ctx, before.artifactId);
  return now.state !== before.state || now.bytes !== before.bytes || now.sha256 !== before.sha256;
}

async function close(
  ctx: ArtifactContext,
  artifact: Artifact,
  input: CompleteArtifact,
): Promise<Artifact> {
  const { world, artifactsDir } = ctx;
  if (await isPlaced(ctx, artifact)) {
    requireExpected(artifact, input);
    const done = await ctx.store.completeArtifact(input);
    world.checkpoint('artifact-completed');
    await discardRanges(world, artifactsDir, artifact.artifactId);
    return done;
  }
  const bytes = artifact.sha256 === null ? await endOf(ctx, artifact, input) : artifact.bytes;
  const { artifactId, signal } = input;
  const whole = await gatherRanges(world, artifactsDir, { artifactId, bytes, signal });
  world.checkpoint('artifact-assembled');
  try {
    requireExpected({ ...artifact, ...whole }, input);
    await ctx.store.sealArtifact({ ...input, sha256: whole.sha256, bytes: whole.bytes });
  } catch (error) {
    await forget(world, whole);
    throw error;
  }
  world.checkpoint('artifact-sealed');
  return await finishContent(ctx, { artifactId, fence: input.fence, whole });
}

async function endOf(
  { world, artifactsDir }: ArtifactContext,
  { artifactId, name, bytes }: Artifact,
  { expect }: CompleteArtifact,
): Promise<number> {
  const end = await endFrom(world.files, openPath(artifactsDir, artifactId), bytes);
  if (expect?.bytes === undefined || end >= expect.bytes) return end;
  throw new PawlError('artifact_gap', `${name} has ${end} of ${expect.bytes} bytes`, {
    details: { artifactId, expected: end },
  });
}

function requireExpected(
  { artifactId, name, sha256, bytes }: Artifact,
  { expect }: CompleteArtifact,
): void {
  const wrongBytes = expect?.bytes !== undefined && expect.bytes !== bytes;
  const wrongHash = expect?.sha256 !== undefined && expect.sha256.toLowerCase() !== sha256;
  if (!wrongBytes && !wrongHash) return;
  throw new PawlError('artifact_mismatch', `${name} is not what was expected`, {
    details: { artifactId, bytes, sha256, expectedBytes: expect?.bytes, expected: expect?.sha256 },
  });
}
