import type { DropOpenArtifacts } from '../artifacts.ts';
import { change, rows, type Verb, type VerbContext } from './verb.ts';

/** Needs `artifacts_open`. Nobody can write to these any more: their attempt is over. */
const STALE =
  'SELECT a.artifact_id AS artifactId FROM artifacts a JOIN task_queue q ON q.id = a.task ' +
  "WHERE a.state = 'open' AND a.created_at_ms < ? " +
  "AND (a.fence IS NULL OR q.fence <> a.fence OR q.status <> 'running') " +
  'ORDER BY a.created_at_ms, a.artifact_id LIMIT ? + 0';
const DROP = "DELETE FROM artifacts WHERE artifact_id = ? AND state = 'open'";

/** Of one call, so that its transaction stays short. */
const DROPPED_MAX = 500;

export function* dropOpenArtifacts(
  _ctx: VerbContext,
  input: DropOpenArtifacts,
): Verb<readonly string[]> {
  const stale = yield* rows<{ readonly artifactId: string }>(
    STALE,
    input.openedBeforeMs,
    DROPPED_MAX,
  );
  if (input.preview) return stale.map(({ artifactId }) => artifactId);
  const dropped: string[] = [];
  for (const { artifactId } of stale) {
    if ((yield* change(DROP, artifactId)) > 0) dropped.push(artifactId);
  }
  return dropped;
}
