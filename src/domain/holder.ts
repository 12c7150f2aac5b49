/**
 * Who holds a running task, read from its `holder_id`: the session of a client that claimed it, or
 * (any other text) a process of ours that watches over the attempt. A session has no process of
 * ours: nobody can look whether it lives, only its lease tells.
 */
export const SESSION_HOLDER = 'session:';

export function sessionHolder(sessionId: string): string {
  return `${SESSION_HOLDER}${sessionId}`;
}

/** The session that holds it; null when a process does. */
export function sessionOf(holderId: string): string | null {
  return holderId.startsWith(SESSION_HOLDER) ? holderId.slice(SESSION_HOLDER.length) : null;
}
