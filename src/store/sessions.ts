import type { Call } from './call.ts';

/** The verbs by which stretches of a client's work are kept. */
export interface SessionVerbs {
  openSession(input: OpenSession, call?: Call): Promise<OpenedSession>;
  /** It was seen now. False when there is no such session, or it was ended. */
  touchSession(sessionId: string, call?: Call): Promise<boolean>;
  endSession(input: EndSession, call?: Call): Promise<Session>;
  session(sessionId: string, call?: Call): Promise<Session | null>;
  sessions(query: SessionQuery, call?: Call): Promise<SessionPage>;
}

export interface OpenSession {
  /** Default: a new UUID. One that is there is opened again, with all that it has. */
  readonly sessionId?: string | null;
  readonly clientName: string | null;
  readonly clientVersion: string | null;
  /** The calling process, however often our server was restarted meanwhile. */
  readonly clientId: string | null;
  readonly root: string;
}

export interface Session {
  readonly sessionId: string;
  readonly clientName: string | null;
  readonly clientVersion: string | null;
  readonly clientId: string | null;
  readonly root: string;
  readonly createdAtMs: number;
  readonly seenAtMs: number;
  readonly endedAtMs: number | null;
  readonly summary: string | null;
}

export interface OpenedSession {
  readonly kind: 'opened' | 'resumed';
  readonly session: Session;
}

export interface EndSession {
  readonly sessionId: string;
  /** What is to be known of it later. */
  readonly summary: string | null;
}

export interface SessionQuery {
  readonly clientId?: string;
  readonly root?: string;
  /** True: only those that were not ended. */
  readonly open?: boolean;
  /** The key of the last one of the page before; the one seen last comes first. */
  readonly after?: SessionKey;
  /** Default and most: `SESSIONS_MAX`. */
  readonly limit?: number;
}

export const SESSIONS_MAX = 200;

export interface SessionKey {
  readonly seenAtMs: number;
  readonly sessionId: string;
}

export interface SessionPage {
  readonly sessions: readonly Session[];
  readonly next: SessionKey | null;
}
