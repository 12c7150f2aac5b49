import { invariant, PawlError } from '../../domain/errors.ts';
import type { Artifact, HeldArtifact, SealArtifact } from '../artifacts.ts';
import { closed, writableArtifact } from './artifact-writer.ts';
import { existingArtifact } from './read-artifacts.ts';
import { change, type Verb, type VerbContext } from './verb.ts';

const SEAL =
  'UPDATE artifacts SET sha256 = ?, bytes = ? ' +
  "WHERE artifact_id = ? AND state = 'open' AND sha256 IS NULL AND bytes <= ?";
const COMPLETE =
  "UPDATE artifacts SET state = 'complete', completed_at_ms = ? " +
  "WHERE artifact_id = ? AND state = 'open'";

/**
 * Fix the content of an open artifact. From here on its hash is referred to, so that nobody cleans
 * the content away that is about to be put there.
 *
 * @throws PawlError `artifact_not_found`, `stale_fence`; `artifact_gap` when more was acknowledged
 *   than this content has; `artifact_closed` when it was fixed as another one.
 */
export function* sealArtifact(_ctx: VerbContext, input: SealArtifact): Verb<Artifact> {
  const { artifactId, sha256, bytes } = input;
  const artifact = yield* writableArtifact(input);
  if (artifact.sha256 !== null) {
    if (artifact.sha256 === sha256) return artifact;
    throw closed(artifact);
  }
  if ((yield* change(SEAL, sha256, bytes, artifactId, bytes)) === 0) {
    const message = `${artifact.name} grew to ${artifact.bytes} bytes meanwhile`;
    throw new PawlError('artifact_gap', message, {
      details: { artifactId, expected: artifact.bytes },
    });
  }
  return yield* existingArtifact(artifactId);
}

/** @throws PawlError `artifact_not_found`, `stale_fence`. */
export function* completeArtifact(ctx: VerbContext, input: HeldArtifact): Verb<Artifact> {
  const known = yield* existingArtifact(input.artifactId);
  // Whoever asks again, after its attempt ended perhaps, learns that it is done.
  if (known.state === 'complete' && known.fence === input.fence) return known;
  const artifact = yield* writableArtifact(input);
  invariant(artifact.sha256 !== null, 'an artifact is sealed before it is completed');
  yield* change(COMPLETE, ctx.nowMs, artifact.artifactId);
  return yield* existingArtifact(artifact.artifactId);
}
