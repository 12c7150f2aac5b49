import { invariant } from '../domain/errors.ts';

/** Where everything of artifacts lies: `.pawl/artifacts`, given as `folder`. */
export const ARTIFACTS_DIR = 'artifacts';
export const OPEN_DIR = 'open';
export const REMOVED_DIR = 'removed';

const SHA256 = /^[0-9a-f]{64}$/;
const ARTIFACT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The content of whatever has this hash. */
export function contentPath(folder: string, sha256: string): string {
  invariant(SHA256.test(sha256), 'a content is named by its hash');
  return `${folder}/${sha256.slice(0, 2)}/${sha256}`;
}

/** Where content waits that nothing seemed to refer to, until that was looked at once more. */
export function removedPath(folder: string, sha256: string): string {
  invariant(SHA256.test(sha256), 'a content is named by its hash');
  return `${folder}/${REMOVED_DIR}/${sha256}`;
}

/** The folder with the ranges of an artifact that is still open. */
export function openPath(folder: string, artifactId: string): string {
  invariant(isArtifactId(artifactId), 'an artifact is named by an id of ours');
  return `${folder}/${OPEN_DIR}/${artifactId}.part`;
}

export function isArtifactId(text: string): boolean {
  return ARTIFACT_ID.test(text);
}

export function isContentName(text: string): boolean {
  return SHA256.test(text);
}
