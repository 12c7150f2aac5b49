import { type ErrorCode, PawlError } from '../../domain/errors.ts';
import type { RequestKey } from '../store.ts';
import { change, row, type Verb, type VerbContext } from './verb.ts';

const READ =
  'SELECT input_hash AS hash, result_json AS result FROM requests ' +
  'WHERE scope = ? AND key = ? AND expires_at_ms > ?';
const WRITE =
  'INSERT INTO requests (scope, key, input_hash, result_json, expires_at_ms) ' +
  'VALUES (?, ?, ?, ?, ?)';
const FORGET =
  'DELETE FROM requests WHERE expires_at_ms <= ? AND ((scope, key) IN ' +
  '(SELECT scope, key FROM requests WHERE expires_at_ms <= ? LIMIT 20) ' +
  'OR (scope = ? AND key = ?))';

/** How long a repeated request is answered from the ledger. */
export const LEDGER_KEPT_MS = 86_400_000;

/**
 * Do `verb` once for a request key: its answer is written in its own transaction, and a repetition
 * gets that answer without a second effect. The same key with another input is refused.
 */
export function* once<T>(ctx: VerbContext, request: RequestKey, verb: Verb<T>): Verb<T> {
  const past = yield* row<{ hash: string; result: string }>(
    READ,
    request.scope,
    request.key,
    ctx.nowMs,
  );
  if (past !== undefined) {
    if (past.hash !== request.inputHash) {
      throw new PawlError(
        'key_reused',
        `the request key ${request.key} was used for another input`,
      );
    }
    return fromLedger(past.result) as T;
  }
  const { scope, key, inputHash } = request;
  yield* change(FORGET, ctx.nowMs, ctx.nowMs, scope, key);
  const result = yield* verb;
  const expires = ctx.nowMs + LEDGER_KEPT_MS;
  yield* change(WRITE, scope, key, inputHash, toLedger(result), expires);
  return result;
}

const ERROR_KEY = '$error';

/** JSON, in which an error that is part of an answer stays an error. Nothing is `null`. */
function toLedger(result: unknown): string {
  return JSON.stringify(result ?? null, (_key, value: unknown) => {
    if (!(value instanceof PawlError)) return value;
    const { code, message, details } = value;
    return { [ERROR_KEY]: { code, message, details } };
  });
}

function fromLedger(json: string): unknown {
  const answer = JSON.parse(json, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !(ERROR_KEY in value)) return value;
    const { code, message, details } = value[ERROR_KEY] as StoredError;
    return new PawlError(code, message, { details });
  }) as unknown;
  return answer ?? undefined;
}

interface StoredError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}
