import type { Artifact, ExtendArtifact } from '../artifacts.ts';
import { closed, writableArtifact } from './artifact-writer.ts';
import { existingArtifact } from './read-artifacts.ts';
import { change, type Verb, type VerbContext } from './verb.ts';

const EXTEND =
  'UPDATE artifacts SET bytes = CASE WHEN bytes < ? THEN ? ELSE bytes END ' +
  "WHERE artifact_id = ? AND state = 'open' AND sha256 IS NULL";

/** @throws PawlError `artifact_not_found`, `stale_fence`, `artifact_closed`. */
export function* extendArtifact(_ctx: VerbContext, input: ExtendArtifact): Verb<Artifact> {
  const artifact = yield* writableArtifact(input);
  if ((yield* change(EXTEND, input.bytes, input.bytes, input.artifactId)) === 0) {
    throw closed(artifact);
  }
  return yield* existingArtifact(input.artifactId);
}
