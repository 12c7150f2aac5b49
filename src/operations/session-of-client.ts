import { createHash } from 'node:crypto';
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
