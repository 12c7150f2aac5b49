import type { Caller } from '../../operations/claim-context.ts';
import { sessionOfClient } from '../../operations/session-of-client.ts';
import { bareId } from '../rooted-id.ts';
import type { Desk } from '../tool.ts';

/** Who holds what is claimed by this call: the session that it names, or that of its client. */
export async function callerOf(desk: Desk, sessionId: string | undefined): Promise<Caller> {
  const { client, door, workspace, signal } = desk;
  const { clientId, name, version } = client;
  const { inside } = door;
  const session =
    sessionId === undefined
      ? await sessionOfClient(workspace, { clientId, signal })
      : bareId(sessionId);
  return { sessionId: session, clientId, name, version, inside };
}
