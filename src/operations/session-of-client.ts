import { createHash } from 'node:crypto';
import { PawlError } from '../domain/errors.ts';
import type { Session } from '../store/sessions.ts';
import { operation, type ProjectContext, underSignal } from './operation.ts';

const DIGITS = 16;

/**
 * The session in which a client process works here: the one that it has open, else the one that its
 * first claim opens, which has the same id whenever it is asked for. Changes nothing.
 */
export async function sessionOfClient(
  ctx: ProjectContext,
  { clientId, signal }: { readonly clientId: string; readonly signal?: AbortSignal },
): Promise<string> {
  return await operation(ctx, { operation: 'session-of-client' }, async () => {
    const { store } = underSignal(ctx, signal);
    const { root } = ctx;
    const { sessions } = await store.sessions({ clientId, root, open: true, limit: 1 });
    const hash = createHash('sha256').update(`${root}\0${clientId}`).digest('hex');
    return sessions[0]?.sessionId ?? `client_${hash.slice(0, DIGITS)}`;
  });
}

/**
 * The session that a caller names.
 *
 * @throws PawlError `session_not_found`.
 */
export async function knownSession(
  ctx: ProjectContext,
  { sessionId, signal }: { readonly sessionId: string; readonly signal?: AbortSignal },
): Promise<Session> {
  return await operation(ctx, { operation: 'known-session', session: sessionId }, async () => {
    const session = await underSignal(ctx, signal).store.session(sessionId);
    if (session === null) throw noSession(sessionId);
    return session;
  });
}

/** The refusal of a session that there is not. */
export function noSession(sessionId: string): PawlError {
  return new PawlError('session_not_found', `there is no session ${sessionId}`, {
    details: { sessionId },
  });
}
