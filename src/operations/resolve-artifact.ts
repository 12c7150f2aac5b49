import { PawlError } from '../domain/errors.ts';
import type { Artifact } from '../store/artifacts.ts';
import { type OperationContext, operation, underSignal } from './operation.ts';

/**
 * The artifact that is meant by `ref`: its id, or a unique end of it.
 *
 * @throws PawlError `artifact_not_found`; `artifact_ambiguous` with the ids in `details.artifacts`.
 */
export async function resolveArtifact(
  ctx: OperationContext,
  ref: string,
  signal?: AbortSignal,
): Promise<Artifact> {
  return await operation(ctx, { operation: 'resolve-artifact' }, async () => {
    const [only, ...others] = await underSignal(ctx, signal).store.findArtifacts(ref);
    if (only === undefined) throw notFound(ref);
    if (others.length === 0) return only;
    const ids = [only, ...others].map(({ artifactId }) => artifactId);
    throw new PawlError('artifact_ambiguous', `${ref} may be ${ids.join(' or ')}`, {
      details: { artifacts: ids },
    });
  });
}

/** The one with exactly this id. */
export async function existingArtifact(
  { store }: OperationContext,
  artifactId: string,
): Promise<Artifact> {
  const found = await store.artifact(artifactId);
  if (found === null) throw notFound(artifactId);
  return found;
}

function notFound(artifact: string): PawlError {
  return new PawlError('artifact_not_found', `no artifact has the id ${artifact}`, {
    details: { artifact },
  });
}
