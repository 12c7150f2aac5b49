import { PawlError } from '../../domain/errors.ts';
import type { Artifact, HeldArtifact } from '../artifacts.ts';
import { existingArtifact } from './read-artifacts.ts';
import { refusalError } from './refusal.ts';
import { existingTask, type TaskRow } from './task-row.ts';
import type { Verb } from './verb.ts';

/**
 * Who writes with a fence must hold the task by it: its attempt is the present one and goes on. A
 * person, or an import, writes without one.
 */
export function* requireWriter(task: TaskRow, fence: number | null): Verb<void> {
  if (fence === null || (task.fence === fence && task.status === 'running')) return;
  const message =
    task.fence === fence
      ? `the attempt is over: the task is ${task.status}`
      : `attempt ${fence} is not the present one`;
  throw yield* refusalError({ code: 'stale_fence', message, details: { fence } }, task);
}

/** The artifact, for who may write to it: its own attempt, and only as long as that goes on. */
export function* writableArtifact({ artifactId, fence }: HeldArtifact): Verb<Artifact> {
  const artifact = yield* existingArtifact(artifactId);
  const task = yield* existingTask(artifact.task);
  if (artifact.fence !== fence) {
    const message = `${artifact.name} belongs to another attempt`;
    throw yield* refusalError({ code: 'stale_fence', message, details: { fence } }, task);
  }
  yield* requireWriter(task, fence);
  return artifact;
}

export function closed({ artifactId, name, sha256, bytes }: Artifact): PawlError {
  return new PawlError('artifact_closed', `${name} is complete with ${bytes} bytes`, {
    details: { artifactId, sha256, bytes },
  });
}
