import { addRange } from '../artifacts/add-range.ts';
import { type ArtifactLabel, checkLabel } from '../artifacts/artifact-label.ts';
import { PawlError } from '../domain/errors.ts';
import type { Artifact } from '../store/artifacts.ts';
import {
  type ArtifactContext,
  type ArtifactOptions,
  artifactContext,
  requireWriter,
} from './artifact-context.ts';
import { operation, type ProjectContext } from './operation.ts';
import { existingArtifact } from './resolve-artifact.ts';

export interface AppendArtifact extends ArtifactOptions {
  readonly artifactId: string;
  readonly fence: number | null;
  /**
   * Where the bytes belong. A range that was sent before is compared and not added again, so a call
   * may be repeated until it is answered. Null: behind whatever is there; such a call, repeated,
   * adds its bytes again.
   */
  readonly offset: number | null;
  /** A text is stored as UTF-8. */
  readonly content: Uint8Array | string;
}

export interface AppendedArtifact {
  readonly artifactId: string;
  /** How many of the bytes were not there yet. */
  readonly added: number;
  readonly nextOffset: number;
}

/**
 * Add a range to an open artifact. It is durable when this resolves.
 *
 * @throws PawlError `artifact_gap` with `details.expected`; `artifact_conflict` when other bytes
 *   stand there; `artifact_too_large` (`appendBytesMax`, `artifactBytesMax`), `artifact_closed`,
 *   `artifact_not_found`, `stale_fence`, `usage`.
 */
export async function appendArtifact(
  project: ProjectContext,
  input: AppendArtifact,
): Promise<AppendedArtifact> {
  const { artifactId, fence, offset } = input;
  return await operation(project, { operation: 'append-artifact' }, async () => {
    const ctx = artifactContext(project, input);
    const bytes = bytesOf(input);
    requireSane(ctx, bytes, offset);
    const artifact = await existingArtifact(ctx, artifactId);
    await requireWriter(ctx, artifact, fence);
    requireOpen(artifact);
    const { artifactBytesMax } = ctx.limits;
    const range = { artifactId, offset, bytes, knownEnd: artifact.bytes, artifactBytesMax };
    const { added, end } = await addRange(ctx.world, ctx.artifactsDir, range).catch((cause) =>
      explain(ctx, artifact, cause),
    );
    // What was acknowledged before needs no second acknowledgement.
    if (end > artifact.bytes) await ctx.store.extendArtifact({ artifactId, fence, bytes: end });
    return { artifactId, added, nextOffset: end };
  });
}

/**
 * Refuse a range that could not be added to an artifact of this name, as far as that shows before
 * it is opened. Changes nothing.
 *
 * @throws PawlError `usage`, `artifact_too_large`, `artifact_gap`.
 */
export async function checkAppend(
  project: ProjectContext,
  input: Omit<AppendArtifact, 'artifactId'> & ArtifactLabel & { readonly task: string },
): Promise<void> {
  await operation(project, { operation: 'check-append' }, async () => {
    const ctx = artifactContext(project, input);
    const { task, name, fence, offset } = input;
    checkLabel(input);
    requireSane(ctx, bytesOf(input), offset);
    if (offset === null || offset === 0) return;
    const open = await ctx.store.artifacts({
      task,
      state: 'open',
      limit: ctx.limits.artifactsPerTaskMax,
    });
    if (open.some((one) => one.name === name && one.fence === fence)) return;
    throw new PawlError('artifact_gap', `${name} has no bytes yet`, {
      details: { expected: 0, offset },
    });
  });
}

function bytesOf({ content }: Pick<AppendArtifact, 'content'>): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}

function requireSane({ limits }: ArtifactContext, bytes: Uint8Array, offset: number | null): void {
  if (offset !== null && (!Number.isSafeInteger(offset) || offset < 0)) {
    throw new PawlError('usage', `${offset} is no offset`, { details: { offset } });
  }
  const { appendBytesMax } = limits;
  if (bytes.length <= appendBytesMax) return;
  throw new PawlError('artifact_too_large', `one call takes at most ${appendBytesMax} bytes`, {
    details: { limit: 'appendBytesMax', appendBytesMax },
  });
}

function requireOpen({ artifactId, name, sha256, bytes }: Artifact): void {
  if (sha256 === null) return;
  throw new PawlError('artifact_closed', `${name} is complete with ${bytes} bytes`, {
    details: { artifactId, sha256, bytes },
  });
}

/** A folder that is gone was completed, or given up, meanwhile; or somebody took it away. */
async function explain(ctx: ArtifactContext, before: Artifact, cause: unknown): Promise<never> {
  if ((cause as { readonly code?: unknown }).code !== 'ENOENT') throw cause;
  requireOpen(await existingArtifact(ctx, before.artifactId));
  const { artifactId, name, bytes } = before;
  const message = `the ${bytes} bytes of ${name} that were sent are gone`;
  throw new PawlError('artifact_damaged', message, { cause, details: { artifactId, bytes } });
}
