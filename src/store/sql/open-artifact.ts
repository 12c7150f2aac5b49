import { PawlError } from '../../domain/errors.ts';
import type { Artifact, OpenArtifact } from '../artifacts.ts';
import { requireWriter } from './artifact-writer.ts';
import { existingArtifact } from './read-artifacts.ts';
import { existingTask } from './task-row.ts';
import { change, row, type Verb, type VerbContext } from './verb.ts';

/** Of one attempt, or of no attempt. Needs `artifacts_of_task`. */
const SAME =
  'SELECT artifact_id AS artifactId FROM artifacts WHERE task = ? AND name = ? ' +
  'AND coalesce(fence, -1) = ?';
/** One that was being closed, too: whoever was killed at that goes on with it. */
const SAME_OPEN = `${SAME} AND state = 'open' AND artifact_id <> ?`;
const SAME_CONTENT = `${SAME} AND sha256 = ?`;
const COUNT = 'SELECT count(*) AS count FROM artifacts WHERE task = ?';
const TOTAL = 'SELECT coalesce(sum(bytes), 0) AS bytes FROM artifacts';
const INSERT =
  'INSERT INTO artifacts (artifact_id, list_id, task, fence, name, kind, media_type, sha256, ' +
  'bytes, state, summary, source_path, created_at_ms) ' +
  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, ?, ?)";

/**
 * Record a new artifact, or answer the one that an earlier call, whose answer was lost, recorded.
 *
 * @throws PawlError `task_not_found`, `stale_fence`, `artifact_too_many`, `artifact_too_large`.
 */
export function* openArtifact(ctx: VerbContext, input: OpenArtifact): Verb<Artifact> {
  const { artifactId, name, fence, sealed } = input;
  const task = yield* existingTask(input.task);
  yield* requireWriter(task, fence);
  const known = yield* sameAs(input);
  if (known !== undefined) return yield* existingArtifact(known.artifactId);
  yield* requireRoom(input);
  yield* change(
    INSERT,
    artifactId,
    task.listId,
    task.id,
    fence,
    name,
    input.kind,
    input.mediaType,
    sealed?.sha256 ?? null,
    sealed?.bytes ?? 0,
    input.summary,
    input.sourcePath,
    ctx.nowMs,
  );
  return yield* existingArtifact(artifactId);
}

function* sameAs({ task, name, fence, sealed, except }: OpenArtifact) {
  const same = [task, name, fence ?? -1] as const;
  return sealed === null
    ? yield* row<{ readonly artifactId: string }>(SAME_OPEN, ...same, except ?? '')
    : yield* row<{ readonly artifactId: string }>(SAME_CONTENT, ...same, sealed.sha256);
}

function* requireRoom({ task, sealed, limits }: OpenArtifact): Verb<void> {
  const { artifactsPerTaskMax, artifactsBytesMax } = limits;
  const count = (yield* row<{ readonly count: number }>(COUNT, task))?.count ?? 0;
  if (count >= artifactsPerTaskMax) {
    throw new PawlError('artifact_too_many', `the task has ${count} artifacts already`, {
      details: { limit: 'artifactsPerTaskMax', artifactsPerTaskMax },
    });
  }
  const total = yield* row<{ readonly bytes: number | string }>(TOTAL);
  const bytes = Number(total?.bytes ?? 0);
  if (bytes + (sealed?.bytes ?? 1) > artifactsBytesMax) {
    throw new PawlError('artifact_too_large', `all artifacts together have ${bytes} bytes`, {
      details: { limit: 'artifactsBytesMax', artifactsBytesMax, bytes },
    });
  }
}
