import { PawlError } from '../../domain/errors.ts';
import {
  type EndSession,
  type OpenedSession,
  type OpenSession,
  SESSIONS_MAX,
  type Session,
  type SessionPage,
  type SessionQuery,
} from '../sessions.ts';
import { change, row, rows, type SqlValue, type Verb, type VerbContext } from './verb.ts';

const SESSION =
  'SELECT session_id AS sessionId, client_name AS clientName, client_version AS clientVersion, ' +
  'client_id AS clientId, root, created_at_ms AS createdAtMs, seen_at_ms AS seenAtMs, ' +
  'ended_at_ms AS endedAtMs, summary FROM sessions';
const ADD =
  'INSERT INTO sessions (session_id, client_name, client_version, client_id, root, ' +
  'created_at_ms, seen_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)';
const RESUME =
  'UPDATE sessions SET client_name = coalesce(?, client_name), ' +
  'client_version = coalesce(?, client_version), client_id = coalesce(?, client_id), ' +
  'seen_at_ms = ?, ended_at_ms = NULL WHERE session_id = ?';
/** The database's clock may be set back: a moment is never taken back. */
const TOUCH =
  'UPDATE sessions SET seen_at_ms = ? ' +
  'WHERE session_id = ? AND seen_at_ms < ? AND ended_at_ms IS NULL';
const END =
  'UPDATE sessions SET ended_at_ms = coalesce(ended_at_ms, ?), summary = coalesce(?, summary) ' +
  'WHERE session_id = ?';

/** Begin a session, or go on with the one that is named: it keeps what it has. */
export function* openSession(ctx: VerbContext, input: OpenSession): Verb<OpenedSession> {
  const { clientName, clientVersion, clientId, root, sessionId = null } = input;
  const known = sessionId === null ? null : yield* readSession(sessionId);
  if (known !== null) {
    const id = known.sessionId;
    yield* change(RESUME, clientName, clientVersion, clientId, ctx.nowMs, id);
    return { kind: 'resumed', session: yield* existingSession(id) };
  }
  const id = sessionId ?? ctx.uuid();
  yield* change(ADD, id, clientName, clientVersion, clientId, root, ctx.nowMs, ctx.nowMs);
  return { kind: 'opened', session: yield* existingSession(id) };
}

/** False when there is no such session, or it was ended. */
export function* touchSession(ctx: VerbContext, sessionId: string): Verb<boolean> {
  yield* change(TOUCH, ctx.nowMs, sessionId, ctx.nowMs);
  const session = yield* readSession(sessionId);
  return session !== null && session.endedAtMs === null;
}

/** Ending twice is ending once. @throws PawlError `session_not_found`. */
export function* endSession(ctx: VerbContext, input: EndSession): Verb<Session> {
  yield* change(END, ctx.nowMs, input.summary, input.sessionId);
  return yield* existingSession(input.sessionId);
}

export function* readSession(sessionId: string): Verb<Session | null> {
  return (yield* row<Session>(`${SESSION} WHERE session_id = ?`, sessionId)) ?? null;
}

/** The one seen last comes first. */
export function* readSessions(query: SessionQuery): Verb<SessionPage> {
  const where: string[] = [];
  const params: SqlValue[] = [];
  const need = (condition: string, ...values: SqlValue[]): void => {
    where.push(condition);
    params.push(...values);
  };
  const { clientId, root, open, after } = query;
  if (clientId !== undefined) need('client_id = ?', clientId);
  if (root !== undefined) need('root = ?', root);
  if (open === true) need('ended_at_ms IS NULL');
  if (after !== undefined) {
    const { seenAtMs, sessionId } = after;
    need('(seen_at_ms < ? OR (seen_at_ms = ? AND session_id < ?))', seenAtMs, seenAtMs, sessionId);
  }
  const limit = Math.max(1, Math.min(query.limit ?? SESSIONS_MAX, SESSIONS_MAX));
  const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const found = yield* rows<Session>(
    `${SESSION} ${filter} ORDER BY seen_at_ms DESC, session_id DESC LIMIT ? + 0`,
    ...params,
    limit + 1,
  );
  const sessions = found.slice(0, limit);
  const last = found.length > limit ? sessions.at(-1) : undefined;
  const { seenAtMs = 0, sessionId = '' } = last ?? {};
  return { sessions, next: last === undefined ? null : { seenAtMs, sessionId } };
}

function* existingSession(sessionId: string): Verb<Session> {
  const session = yield* readSession(sessionId);
  if (session !== null) return session;
  throw new PawlError('session_not_found', `there is no session ${sessionId}`, {
    details: { sessionId },
  });
}
