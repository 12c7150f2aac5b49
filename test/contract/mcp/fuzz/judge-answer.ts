import { ERROR_CATALOGUE, type ErrorCode } from '../../../../src/domain/errors.ts';
import { ANSWER_CHARS_MAX } from '../../../../src/mcp/concise.ts';
import { REFUSAL } from '../../../../src/mcp/present.ts';

/** A reply to a call, as it comes from outside. */
export interface FuzzReply {
  // biome-ignore lint/suspicious/noExplicitAny: an answer from outside, looked at field by field
  readonly result?: any;
  readonly error?: { readonly code: number; readonly message: string };
}

/** `fault`: an answer that no caller should get. */
export type Judged =
  | { readonly kind: 'fault'; readonly what: string }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'accepted'; readonly answer: Readonly<Record<string, unknown>> };

const INVALID_PARAMS = -32_602;
/** Nothing is wrong with the surroundings, nobody gives up, and constraints are for bugs. */
const UNFOUNDED: readonly string[] = ['aborted', 'constraint', 'artifact_damaged'];

/**
 * What a reply is: an answer of at most ten thousand characters, the same in text and structure; a
 * refusal with a code and what to do; or invalid parameters. Anything else is a fault of ours.
 */
export function judgeAnswer({ result, error }: FuzzReply): Judged {
  if (error !== undefined) {
    if (error.code === INVALID_PARAMS) return { kind: 'refused', code: 'invalid_params' };
    return { kind: 'fault', what: `error ${error.code}: ${error.message}` };
  }
  const { structuredContent: data, content, isError } = result ?? {};
  const text = JSON.stringify(data);
  if (text === undefined) return fault(`an answer without data: ${JSON.stringify(result)}`);
  if (text.length > ANSWER_CHARS_MAX) return fault(`${text.length} characters`);
  if (JSON.stringify(content) !== JSON.stringify([{ type: 'text', text }])) {
    return fault(`the text is not the structure: ${JSON.stringify(content)}`);
  }
  if (isError !== true) return { kind: 'accepted', answer: data };
  const read = REFUSAL.safeParse(data);
  if (!read.success) return fault(`a refusal of another shape: ${text}`);
  const { code } = read.data.error;
  const isUnfounded =
    ERROR_CATALOGUE[code as ErrorCode].httpStatus >= 500 || UNFOUNDED.includes(code);
  return isUnfounded ? fault(`refused with ${text}`) : { kind: 'refused', code };
}

const fault = (what: string): Judged => ({ kind: 'fault', what });
