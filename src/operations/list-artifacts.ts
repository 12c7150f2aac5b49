import { isArtifactId } from '../artifacts/artifact-paths.ts';
import { PawlError } from '../domain/errors.ts';
import type { Artifact, ArtifactState } from '../store/artifacts.ts';
import { type OperationContext, operation, underSignal } from './operation.ts';

export interface ListArtifacts {
  /** Of this list or breakdown only. */
  readonly listId?: string | undefined;
  /** Of this task (its `id`) only. */
  readonly task?: string | undefined;
  readonly state?: ArtifactState | undefined;
  /** Where an earlier answer ended; null for the beginning. */
  readonly cursor?: string | null | undefined;
  /** At most so many; default 100, at most 1,000. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ListedArtifacts {
  readonly artifacts: readonly Artifact[];
  /** Null: there are no more. */
  readonly nextCursor: string | null;
}

const LIMIT = 100;
const LIMIT_MAX = 1_000;

/**
 * Artifacts, the oldest first, page by page. One that is added meanwhile comes at the end; none is
 * shown twice or left out.
 *
 * @throws PawlError `usage` for a cursor or a limit that cannot be.
 */
export async function listArtifacts(
  ctx: OperationContext,
  input: ListArtifacts,
): Promise<ListedArtifacts> {
  return await operation(ctx, { operation: 'list-artifacts' }, async () => {
    const { listId, task, state, cursor, limit = LIMIT, signal } = input;
    if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
      throw new PawlError('usage', `limit must be from 1 to ${LIMIT_MAX}`, { details: { limit } });
    }
    const after = cursor === undefined || cursor === null ? undefined : readCursor(cursor);
    const found = await underSignal(ctx, signal).store.artifacts({
      ...(listId === undefined ? {} : { listId }),
      ...(task === undefined ? {} : { task }),
      ...(state === undefined ? {} : { state }),
      ...(after === undefined ? {} : { after }),
      limit: limit + 1,
    });
    const artifacts = found.slice(0, limit);
    const last = artifacts.at(-1);
    const more = found.length > limit && last !== undefined;
    return { artifacts, nextCursor: more ? `${last.createdAtMs}.${last.artifactId}` : null };
  });
}

function readCursor(cursor: string): { readonly createdAtMs: number; readonly artifactId: string } {
  const [, ms = '', artifactId = ''] = /^(\d{1,16})\.(.{36})$/.exec(cursor) ?? [];
  if (isArtifactId(artifactId)) return { createdAtMs: Number(ms), artifactId };
  throw new PawlError('usage', 'this is no cursor that a list of artifacts ended with', {
    details: { cursor },
  });
}
