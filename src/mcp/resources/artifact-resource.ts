import { underSignal } from '../../operations/operation.ts';
import { readArtifact, readArtifactText } from '../../operations/read-artifact.ts';
import { resolveArtifact } from '../../operations/resolve-artifact.ts';
import { ANSWER_CHARS_MAX } from '../concise.ts';
import { numberOf } from './json-resource.ts';
import type { ResourceReader } from './resource-reader.ts';

/** Of what is no text: so that its base64 is no longer than an answer. */
const BYTES_MAX = 7_000;
const TEXT_TYPE = /^text\/|\b(json|xml|yaml|javascript|typescript|toml|csv|markdown)\b/;

/** `artifact://ID?offset=N&length=N`: the content, or a range of it in bytes. */
export const readArtifactResource: ResourceReader = async (workspace, wanted) => {
  const { name, query, uri, signal } = wanted;
  const { artifactId, mediaType } = await resolveArtifact(
    underSignal(workspace, signal),
    name,
    signal,
  );
  const offset = numberOf(query, 'offset') ?? 0;
  const length = numberOf(query, 'length');
  const about = { artifactId, offset, signal };
  if (TEXT_TYPE.test(mediaType) && length === null) {
    const charsMax = ANSWER_CHARS_MAX;
    const { text, artifact, nextOffset } = await readArtifactText(workspace, {
      ...about,
      charsMax,
    });
    const _meta = rangeOf(artifact.bytes, offset, nextOffset, artifactId);
    return { contents: [{ uri, mimeType: mediaType, text, _meta }] };
  }
  const bytesMax = Math.min(length ?? BYTES_MAX, BYTES_MAX);
  const { bytes, artifact, nextOffset } = await readArtifact(workspace, { ...about, bytesMax });
  const _meta = rangeOf(artifact.bytes, offset, nextOffset, artifactId);
  const blob = Buffer.from(bytes).toString('base64');
  return { contents: [{ uri, mimeType: mediaType, blob, _meta }] };
};

/** Where the range lies, and the address of what follows. */
function rangeOf(bytes: number, offset: number, nextOffset: number | null, artifactId: string) {
  const next = nextOffset === null ? {} : { next: `artifact://${artifactId}?offset=${nextOffset}` };
  return { 'pawl/range': { offset, total: bytes, ...next } };
}
