import type { Caller } from '../../operations/claim-context.ts';
import { knownSession, sessionOfClient } from '../../operations/session-of-client.ts';
import { bareId } from '../rooted-id.ts';
import type { Desk } from '../tool.ts';

/**
 * Who holds what is claimed by this call: the session that it names, or that of its client.
 *
 * @throws PawlError `session_not_found`.
 */
export async function callerOf(desk: Desk, sessionId: string | undefined): Promise<Caller> {
  const { client, door, workspace, signal } = desk;
  const { clientId, name, version } = client;
  const { inside } = door;
  const session =
    sessionId === undefined
      ? await sessionOfClient(workspace, { clientId, signal })
      : (await knownSession(workspace, { sessionId: bareId(sessionId), signal })).sessionId;
  return { sessionId: session, clientId, name, version, inside };
}
