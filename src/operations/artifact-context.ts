import { ARTIFACT_LIMITS, type ArtifactLimits } from '../artifacts/artifact-limits.ts';
import { ARTIFACTS_DIR } from '../artifacts/artifact-paths.ts';
import { PawlError } from '../domain/errors.ts';
import type { Artifact } from '../store/artifacts.ts';
import { type OperationContext, type ProjectContext, underSignal } from './operation.ts';

/** What every operation on artifacts may be given besides its input. */
export interface ArtifactOptions {
  /** Those that differ from `ARTIFACT_LIMITS`. */
  readonly limits?: Partial<ArtifactLimits> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A project, under the caller's signal, with where its artifacts are and how large they may be. */
export interface ArtifactContext extends ProjectContext {
  readonly artifactsDir: string;
  readonly limits: ArtifactLimits;
  readonly signal: AbortSignal | undefined;
}

export function artifactContext(
  ctx: ProjectContext,
  { limits, signal }: ArtifactOptions,
): ArtifactContext {
  return Object.assign(Object.create(underSignal(ctx, signal)) as ProjectContext, {
    artifactsDir: `${ctx.stateDir}/${ARTIFACTS_DIR}`,
    limits: { ...ARTIFACT_LIMITS, ...limits },
    signal,
  });
}

/**
 * Refuse a stale holder before anything is written to the disk. It is looked at again, and then for
 * good, in the transaction that acknowledges.
 *
 * @throws PawlError `task_not_found`, `stale_fence`.
 */
export async function requireTaskWriter(
  { store }: OperationContext,
  id: string,
  fence: number | null,
): Promise<void> {
  const task = await store.task(id);
  if (task === null) throw new PawlError('task_not_found', `no task has the id ${id}`);
  if (fence === null || (task.fence === fence && task.status === 'running')) return;
  const { taskId, status, holderId, startedAtMs } = task;
  const message =
    task.fence === fence
      ? `${taskId}: the attempt is over: the task is ${status}`
      : `${taskId}: attempt ${fence} is not the present one`;
  throw new PawlError('stale_fence', message, {
    details: { fence, id, taskId, status, holder: holderId, sinceMs: startedAtMs },
  });
}

/** The same for an artifact, which belongs to one attempt. */
export async function requireWriter(
  ctx: OperationContext,
  artifact: Artifact,
  fence: number | null,
): Promise<void> {
  await requireTaskWriter(ctx, artifact.task, fence);
  if (artifact.fence === fence) return;
  const { artifactId, name } = artifact;
  throw new PawlError('stale_fence', `${name} belongs to another attempt`, {
    details: { fence, artifactId, ownFence: artifact.fence },
  });
}
