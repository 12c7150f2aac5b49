import { relative } from 'node:path';
import { type ArtifactLabel, checkLabel } from '../artifacts/artifact-label.ts';
import { type GatheredContent, gatherFrom } from '../artifacts/gather-content.ts';
import { openProjectFile } from '../artifacts/open-project-file.ts';
import { discardRanges } from '../artifacts/place-content.ts';
import { assertNever, PawlError } from '../domain/errors.ts';
import type { Artifact } from '../store/artifacts.ts';
import {
  type ArtifactContext,
  type ArtifactOptions,
  artifactContext,
  requireTaskWriter,
} from './artifact-context.ts';
import { finishContent } from './finish-content.ts';
import { operation, type ProjectContext } from './operation.ts';

export interface StoreArtifact extends ArtifactOptions, ArtifactLabel {
  /** The task's `id`. */
  readonly task: string;
  /** Of the attempt that writes; null for a person or an import, whom no lease binds. */
  readonly fence: number | null;
  readonly content:
    | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
    | { readonly kind: 'text'; readonly text: string }
    /** A file of the project, absolute or from the project's root; it is copied as it is now. */
    | { readonly kind: 'file'; readonly path: string };
}

/**
 * Store an artifact with one call. Repeated, with the same name and content in the same attempt, it
 * answers what is stored already.
 *
 * @throws PawlError `usage`, `task_not_found`, `stale_fence`, `artifact_too_many`,
 *   `artifact_too_large`, `path_outside`, `file_unreadable`, `aborted`.
 */
export async function storeArtifact(
  project: ProjectContext,
  input: StoreArtifact,
): Promise<Artifact> {
  return await operation(project, { operation: 'store-artifact' }, async () => {
    const ctx = artifactContext(project, input);
    checkLabel(input);
    const artifactId = ctx.world.ids.uuid();
    await requireTaskWriter(ctx, input.task, input.fence);
    try {
      const gathered = await gather(ctx, artifactId, input);
      const artifact = await record(ctx, input, { artifactId, ...gathered });
      if (artifact.state === 'complete') return artifact;
      const { whole } = gathered;
      const held = { artifactId: artifact.artifactId, fence: input.fence };
      return await finishContent(ctx, { ...held, whole });
    } finally {
      await discardRanges(ctx.world, ctx.artifactsDir, artifactId);
    }
  });
}

/**
 * Refuse what storing it would, as far as that shows before. Changes nothing: for who stores
 * several, and wants all of them or none.
 *
 * @throws PawlError `usage`, `artifact_too_large`, `path_outside`, `file_unreadable`.
 */
export async function checkArtifact(
  project: ProjectContext,
  input: Omit<StoreArtifact, 'task' | 'fence'>,
): Promise<void> {
  const { content } = input;
  await operation(project, { operation: 'check-artifact' }, async () => {
    const ctx = artifactContext(project, input);
    checkLabel(input);
    const { artifactBytesMax } = ctx.limits;
    const bytes = content.kind === 'file' ? await fileBytes(ctx, content.path) : sizeOf(content);
    if (bytes <= artifactBytesMax) return;
    throw new PawlError('artifact_too_large', `an artifact has at most ${artifactBytesMax} bytes`, {
      details: { limit: 'artifactBytesMax', artifactBytesMax, bytes },
    });
  });
}

function sizeOf(content: Exclude<StoreArtifact['content'], { readonly kind: 'file' }>): number {
  return content.kind === 'text' ? Buffer.byteLength(content.text) : content.bytes.length;
}

async function fileBytes(ctx: ArtifactContext, path: string): Promise<number> {
  const file = await openProjectFile(ctx.world.files, ctx, path);
  await file.close();
  return file.facts.size;
}

interface Gathered {
  readonly whole: GatheredContent;
  readonly sourcePath: string | null;
}

async function gather(
  ctx: ArtifactContext,
  artifactId: string,
  { content, signal }: StoreArtifact,
): Promise<Gathered> {
  const { world, artifactsDir, limits, root } = ctx;
  const rest = { artifactId, bytesMax: limits.artifactBytesMax, signal };
  switch (content.kind) {
    case 'bytes':
    case 'text': {
      const source =
        content.kind === 'text' ? new TextEncoder().encode(content.text) : content.bytes;
      return {
        whole: await gatherFrom(world, artifactsDir, { ...rest, source }),
        sourcePath: null,
      };
    }
    case 'file': {
      const source = await openProjectFile(world.files, ctx, content.path);
      try {
        const whole = await gatherFrom(world, artifactsDir, { ...rest, source });
        const sourcePath = relative(await world.files.realPath(root), source.realPath);
        return { whole, sourcePath };
      } finally {
        await source.close();
      }
    }
    default:
      return assertNever(content);
  }
}

async function record(
  { store, limits }: ArtifactContext,
  { task, fence, name, kind, mediaType, summary }: StoreArtifact,
  { artifactId, whole, sourcePath }: Gathered & { readonly artifactId: string },
): Promise<Artifact> {
  const label = { name, kind, mediaType, summary };
  return await store.openArtifact({
    ...{ artifactId, task, fence, ...label, sourcePath, limits },
    sealed: { sha256: whole.sha256, bytes: whole.bytes },
  });
}
