import { z } from 'zod';
import { PawlError } from '../../domain/errors.ts';
import { endSession, handOver, listSessions } from '../../operations/open-session.ts';
import { knownSession } from '../../operations/session-of-client.ts';
import { bareId } from '../rooted-id.ts';
import { type AnyTool, type Desk, defineTool, WORKING_DIRECTORY } from '../tool.ts';

const DAY_MS = 86_400_000;
const PAGE = 50;
const HAND_OVER_CHARS_MAX = 7_000;

const SESSION = z.strictObject({
  session_id: z.string(),
  working_directory: WORKING_DIRECTORY,
});

const listed = defineTool({
  name: 'orchestrator_list_sessions',
  title: 'Sessions',
  description: 'The sessions of this project, the one seen last first, in pages.',
  hints: { reads: true },
  input: z.strictObject({
    open: z.boolean().optional().describe('Only those that were not ended'),
    limit: z.number().int().min(1).max(PAGE).default(PAGE),
    cursor: z.string().optional(),
    working_directory: WORKING_DIRECTORY,
  }),
  older: ({ include_completed: withEnded, ...args }) => ({
    ...args,
    ...(withEnded === false ? { open: true } : {}),
    ...(typeof args['limit'] === 'number' && args['limit'] > PAGE ? { limit: PAGE } : {}),
  }),
  example: {},
  run: async ({ open, limit, cursor }, { workspace, signal }) => {
    const about = { ...(open === undefined ? {} : { open }), limit, cursor: cursor ?? null };
    const found = await listSessions(workspace, { ...about, signal });
    return { count: found.sessions.length, sessions: found.sessions, cursor: found.cursor };
  },
});

/** A session with the text from which somebody else can go on with it. */
async function told({ session_id: id }: z.infer<typeof SESSION>, desk: Desk): Promise<object> {
  const { workspace, signal } = desk;
  const about = { sessionId: bareId(id), charsMax: HAND_OVER_CHARS_MAX, signal };
  const { session, markdown } = await handOver(workspace, about);
  return { session, hand_over: markdown };
}

const status = defineTool({
  name: 'orchestrator_session_status',
  title: 'Session',
  description: 'One session: what it planned, what it holds, what is open, as a hand-over.',
  hints: { reads: true },
  input: SESSION,
  example: { session_id: 'SESSION' },
  run: told,
});

const resumed = defineTool({
  name: 'orchestrator_resume_session',
  title: 'Hand-over of a session',
  description:
    'What to know to go on with a session. To work in it, pass its session_id to ' +
    'orchestrator_initialize_session and to later calls.',
  hints: { reads: true },
  input: SESSION,
  example: { session_id: 'SESSION' },
  run: async (args, desk) => ({
    ...(await told(args, desk)),
    next: `orchestrator_initialize_session {"session_id":"${args.session_id}"}`,
  }),
});

const cleaned = defineTool({
  name: 'orchestrator_cleanup_sessions',
  title: 'End old sessions',
  description: 'End sessions that nobody was seen in for a while. A preview unless dry_run:false.',
  hints: { idempotent: true },
  input: z.strictObject({
    session_id: z.string().optional().describe('Only this one, whenever it was seen'),
    older_than_days: z.number().int().min(0).max(3650).default(7),
    dry_run: z.boolean().default(true),
    working_directory: WORKING_DIRECTORY,
  }),
  older: ({ cleanup_type: _type, ...args }) => args,
  example: { older_than_days: 30 },
  run: async ({ session_id: id, older_than_days: days, dry_run: dry }, desk) => {
    const wanted = id === undefined ? await idle(days, desk) : [await known(id, desk)];
    if (dry) return { preview: true, count: wanted.length, sessions: wanted };
    for (const sessionId of wanted) await endSession(desk.workspace, { sessionId });
    return { ended: wanted.length, sessions: wanted };
  },
});

async function known(id: string, { workspace, signal }: Desk): Promise<string> {
  return (await knownSession(workspace, { sessionId: bareId(id), signal })).sessionId;
}

async function idle(days: number, { workspace, signal }: Desk): Promise<readonly string[]> {
  const before = workspace.world.clock.now() - days * DAY_MS;
  const found: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await listSessions(workspace, { open: true, limit: PAGE, cursor, signal });
    const old = page.sessions.filter(({ seenAt }) => millisOf(seenAt) <= before);
    found.push(...old.map(({ sessionId }) => sessionId));
    ({ cursor } = page);
    if (cursor === null) return found;
  }
}

function millisOf(shown: string): number {
  const atMs = Date.parse(`${shown.replace(' ', 'T')}Z`);
  if (Number.isNaN(atMs)) throw new PawlError('bug', `${shown} is no moment`);
  return atMs;
}

/** Names of the older server that few need every day. */
export const SESSION_TOOLS: readonly AnyTool[] = [listed, status, resumed, cleaned];
