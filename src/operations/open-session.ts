import { type HandOverBreakdown, handOverText } from '../domain/breakdown/hand-over.ts';
import { sessionHolder } from '../domain/holder.ts';
import { timeText } from '../domain/time-text.ts';
import type { BreakdownSummary } from '../store/breakdowns.ts';
import type { Session } from '../store/sessions.ts';
import { type OperationContext, operation, type ProjectContext, underSignal } from './operation.ts';
import { cursorOf, readCursor } from './page-cursor.ts';
import { noSession } from './session-of-client.ts';
import { momentOf } from './task-view.ts';

/** Who calls. */
export interface SessionClient {
  readonly name: string | null;
  readonly version: string | null;
  /** The calling process, the same however often our server was restarted. */
  readonly clientId: string | null;
}

/** Names are a public contract. Times are UTC. */
export interface SessionView {
  readonly sessionId: string;
  readonly client: string | null;
  readonly clientVersion: string | null;
  readonly root: string;
  readonly openedAt: string;
  readonly seenAt: string;
  readonly endedAt: string | null;
  readonly summary: string | null;
}

export interface OpenSession {
  readonly client: SessionClient;
  /**
   * Take up again the session that this very process left open here, if there is one: our server
   * may have been restarted meanwhile. Default true.
   */
  readonly resume?: boolean;
  /** What a session that is begun is called; default: an id of its own. */
  readonly sessionId?: string;
  readonly signal?: AbortSignal;
}

export interface OpenedSession {
  readonly kind: 'opened' | 'resumed';
  readonly session: SessionView;
}

/** Begin a session of a client, or go on with the one that the same process has open. */
export async function openSession(
  ctx: ProjectContext,
  { client, resume = true, sessionId, signal }: OpenSession,
): Promise<OpenedSession> {
  return await operation(ctx, { operation: 'open-session' }, async () => {
    const { store } = underSignal(ctx, signal);
    const { name: clientName, version: clientVersion, clientId } = client;
    const { root } = ctx;
    const open =
      resume && clientId !== null
        ? (await store.sessions({ clientId, root, open: true, limit: 1 })).sessions[0]
        : undefined;
    const opened = await store.openSession({
      ...{ clientName, clientVersion, clientId, root },
      sessionId: open?.sessionId ?? sessionId ?? null,
    });
    ctx.log.info('session.opened', { session: opened.session.sessionId, kind: opened.kind });
    return { kind: opened.kind, session: sessionView(opened.session) };
  });
}

export interface ResumedSession extends OpenedSession {
  /** What whoever goes on must know; see `handOver`. */
  readonly handOver: string;
}

/**
 * Go on with a session by its id, from whatever client: its breakdowns stay its own. Its claims
 * stay those of whoever holds them.
 *
 * @throws PawlError `session_not_found`.
 */
export async function resumeSession(
  ctx: ProjectContext,
  input: Omit<OpenSession, 'resume' | 'sessionId'> & {
    readonly sessionId: string;
    readonly charsMax?: number;
  },
): Promise<ResumedSession> {
  const { sessionId, client, signal, charsMax } = input;
  return await operation(ctx, { operation: 'resume-session', session: sessionId }, async () => {
    const { store } = underSignal(ctx, signal);
    if ((await store.session(sessionId)) === null) throw noSession(sessionId);
    const text = await handOver(ctx, { sessionId, ...(charsMax && { charsMax }) });
    const { name: clientName, version: clientVersion, clientId } = client;
    const { session } = await store.openSession({
      ...{ sessionId, clientName, clientVersion, clientId, root: ctx.root },
    });
    ctx.log.info('session.opened', { session: sessionId, kind: 'resumed' });
    return { kind: 'resumed', session: sessionView(session), handOver: text.markdown };
  });
}

/** End a session; ending twice is ending once. @throws PawlError `session_not_found`. */
export async function endSession(
  ctx: OperationContext,
  input: { readonly sessionId: string; readonly summary?: string | null },
): Promise<SessionView> {
  const { sessionId, summary = null } = input;
  return await operation(ctx, { operation: 'end-session', session: sessionId }, async () =>
    sessionView(await ctx.store.endSession({ sessionId, summary })),
  );
}

export interface ListSessions {
  /** True: only those that were not ended. */
  readonly open?: boolean;
  /** Default 50, at most 200. */
  readonly limit?: number;
  readonly cursor?: string | null;
  readonly signal?: AbortSignal;
}

/** Sessions of this store, the one seen last first. @throws PawlError `cursor_invalid`. */
export async function listSessions(
  ctx: OperationContext,
  input: ListSessions = {},
): Promise<{ readonly sessions: readonly SessionView[]; readonly cursor: string | null }> {
  return await operation(ctx, { operation: 'list-sessions' }, async () => {
    const { cursor, limit = 50, signal, ...about } = input;
    const after = readCursor(about, cursor, { seenAtMs: 0, sessionId: '' });
    const { store } = underSignal(ctx, signal);
    const page = await store.sessions({ ...about, limit, ...(after && { after }) });
    const next = page.next === null ? null : { ...page.next };
    return { sessions: page.sessions.map(sessionView), cursor: cursorOf(about, next) };
  });
}

export interface HandOver {
  readonly sessionId: string;
  /** Default 8,000, at least 1,000. */
  readonly charsMax?: number;
  readonly signal?: AbortSignal;
}

const CHARS = 8_000;
const CHARS_MIN = 1_000;
const BREAKDOWNS_TOLD = 10;
const TASKS_TOLD = 10;

/**
 * A text from which somebody else can go on with what a session planned and holds: made from what
 * is stored, so that it is right after a crash, too.
 *
 * @throws PawlError `session_not_found`.
 */
export async function handOver(
  ctx: ProjectContext,
  { sessionId, charsMax = CHARS, signal }: HandOver,
): Promise<{ readonly session: SessionView; readonly markdown: string }> {
  return await operation(ctx, { operation: 'hand-over', session: sessionId }, async () => {
    const within = underSignal(ctx, signal);
    const { store } = within;
    const stored = await store.session(sessionId);
    if (stored === null) throw noSession(sessionId);
    const session = sessionView(stored);
    const page = await store.breakdowns({ sessionId, limit: BREAKDOWNS_TOLD });
    const held = (await store.heldTasks(null)).filter(
      ({ holderId }) => holderId === sessionHolder(sessionId),
    );
    const facts = {
      session,
      root: stored.root,
      breakdowns: await Promise.all(page.breakdowns.map((one) => breakdownFacts(within, one))),
      held: await Promise.all(
        held.map(async ({ id, taskId, leaseUntilMs }) => {
          const task = await store.task(id);
          return {
            taskId,
            title: task?.title ?? task?.description ?? '',
            list: task?.list ?? '',
            leaseUntil: timeText(leaseUntilMs),
            progress: noteOf(task?.progressJson ?? null),
          };
        }),
      ),
    };
    return { session, markdown: handOverText(facts, Math.max(CHARS_MIN, charsMax)) };
  });
}

async function breakdownFacts(
  { store }: OperationContext,
  summary: BreakdownSummary,
): Promise<HandOverBreakdown> {
  const { listId, parentTaskId, title, description, context, total, counts } = summary;
  const { ready, delayed, blocked } = summary;
  const of = { listIds: [listId], limit: TASKS_TOLD };
  const outlook = await store.outlook({ listId, minPriority: 'P4', limit: TASKS_TOLD });
  const amiss = await store.taskPage({ ...of, statuses: ['failed', 'waiting'] });
  const completed = await store.tasks({ listId, statuses: ['completed'] });
  const last = completed
    .toSorted((a, b) => (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0))
    .slice(0, TASKS_TOLD);
  const named = ({ taskId, title: short, description: long }: (typeof completed)[number]) => ({
    taskId,
    title: short ?? long,
  });
  return {
    ...{ parentTaskId, title, description, context, total, counts, ready, delayed, blocked },
    archived: summary.archivedAtMs !== null,
    attention: amiss.tasks.map((task) => ({
      ...named(task),
      status: task.status,
      why: task.statusReason ?? task.lastError ?? task.status,
    })),
    next: outlook.next.map(named),
    done: await Promise.all(
      last.map(async (task) => ({
        ...named(task),
        result: (await store.task(task.id))?.resultSummary ?? null,
      })),
    ),
  };
}

function sessionView(session: Session): SessionView {
  const { sessionId, clientName: client, clientVersion, root, summary } = session;
  return {
    ...{ sessionId, client, clientVersion, root },
    openedAt: timeText(session.createdAtMs),
    seenAt: timeText(session.seenAtMs),
    endedAt: momentOf(session.endedAtMs),
    summary,
  };
}

/** What a holder said last of how far it is. */
function noteOf(json: string | null): string | null {
  if (json === null) return null;
  const { percent = null, note = null } = JSON.parse(json) as {
    readonly percent?: number | null;
    readonly note?: string | null;
  };
  const parts = [percent === null ? null : `${percent} %`, note];
  return parts.filter((part) => part !== null).join(', ') || null;
}
