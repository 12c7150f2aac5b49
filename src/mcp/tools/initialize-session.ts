import { z } from 'zod';
import { getStatus } from '../../operations/get-status.ts';
import { handOver, openSession, resumeSession } from '../../operations/open-session.ts';
import { underSignal } from '../../operations/operation.ts';
import { noSession } from '../../operations/session-of-client.ts';
import { bareId, rootedId } from '../rooted-id.ts';
import { type Desk, defineTool, WORKING_DIRECTORY } from '../tool.ts';
import { nextOf, summaryOf } from './get-status.ts';
import { olderBrief } from './older-brief.ts';
import { roleNames } from './role.ts';

const HAND_OVER_CHARS_MAX = 5_000;

const INPUT = z.strictObject({
  working_directory: WORKING_DIRECTORY.describe('Absolute path of the project'),
  session_id: z.string().optional().describe('Take up this session'),
});

export const initializeSession = defineTool({
  name: 'orchestrator_initialize_session',
  title: 'Open a session',
  description:
    'Open or resume a session in a project; makes its store. Answers session_id, where things ' +
    'stand, the roles, and a hand-over of what is open.',
  hints: { idempotent: true },
  input: INPUT,
  creates: true,
  example: {},
  check: ({ session_id: id }) => {
    if (id !== undefined) throw noSession(id);
  },
  run: async (args, desk) => {
    const { workspace, place, signal } = desk;
    const { kind, session, text } = await opened(args.session_id, desk);
    const lists = await getStatus(underSignal(workspace, signal));
    const { plans = [], trouble = null } = (await workspace.older?.look()) ?? {};
    const named = place.by === 'argument' || place.by === 'session';
    return {
      session_id: named ? rootedId(session.sessionId, place.root) : session.sessionId,
      ...{ session: kind, workspace: place.root, found_by: place.by },
      generation: workspace.generation === 0 ? null : workspace.generation,
      summary: summaryOf(lists),
      ...olderBrief({ plans, trouble }),
      specialist_types: await roleNames(desk),
      hand_over: text,
      next: nextOf(lists),
    };
  },
});

/** A session and, where it was begun before, what to know to go on with it. */
async function opened(sessionId: string | undefined, desk: Desk) {
  const { workspace, client, signal } = desk;
  const charsMax = HAND_OVER_CHARS_MAX;
  if (sessionId !== undefined) {
    const resumed = await resumeSession(workspace, {
      ...{ sessionId: bareId(sessionId), client, signal, charsMax },
    });
    return { kind: resumed.kind, session: resumed.session, text: resumed.handOver };
  }
  const { kind, session } = await openSession(workspace, { client, signal });
  if (kind === 'opened') return { kind, session, text: null };
  const { markdown } = await handOver(workspace, {
    ...{ sessionId: session.sessionId, charsMax, signal },
  });
  return { kind, session, text: markdown };
}
