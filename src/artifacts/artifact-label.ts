import { PawlError } from '../domain/errors.ts';

/** What an artifact is, in the words of who made it. */
export interface ArtifactLabel {
  /** A name for people, such as `report.md`; no path is made from it. */
  readonly name: string;
  /** One word: one of `ARTIFACT_KINDS`, or a word of one's own. */
  readonly kind: string;
  /** As in a Content-Type, such as `text/markdown`. */
  readonly mediaType: string;
  readonly summary: string | null;
}

/** The kinds that users of the older orchestrator know. */
export const ARTIFACT_KINDS = [
  'code',
  'documentation',
  'analysis',
  'design',
  'test',
  'config',
  'general',
] as const;

export const NAME_CHARS_MAX = 255;
export const SUMMARY_CHARS_MAX = 10_000;
const KIND = /^[a-z][a-z0-9_-]{0,39}$/;
/** RFC 6838, section 4.2, with parameters such as `; charset=utf-8`. */
const MEDIA_TYPE = /^[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}(;[ -~]{1,100})?$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** @throws PawlError `usage`, with the field that is wrong in `details.field`. */
export function checkLabel(label: ArtifactLabel): ArtifactLabel {
  const { name, kind, mediaType, summary } = label;
  if (name.trim() === '' || name.length > NAME_CHARS_MAX || CONTROL.test(name)) {
    throw wrong('name', `must be one line of 1 to ${NAME_CHARS_MAX} characters`);
  }
  if (!KIND.test(kind)) throw wrong('kind', 'must be one word in small letters, such as `report`');
  if (!MEDIA_TYPE.test(mediaType)) throw wrong('mediaType', 'must be such as `text/markdown`');
  if (summary !== null && summary.length > SUMMARY_CHARS_MAX) {
    throw wrong('summary', `must have at most ${SUMMARY_CHARS_MAX} characters`);
  }
  return label;
}

function wrong(field: keyof ArtifactLabel, message: string): PawlError {
  return new PawlError('usage', `${field} of an artifact ${message}`, { details: { field } });
}
