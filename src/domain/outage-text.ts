import { durationText } from './duration.ts';
import { assertNever } from './errors.ts';
import { momentText } from './moment-text.ts';

/** That a shared store does not answer, and that it does again. Milliseconds. */
export type OutageNews =
  | {
      readonly kind: 'store:away';
      /** Of the first question without an answer, by this host's clock. */
      readonly sinceMs: number;
      readonly awayMs: number;
      /** It is asked again within that. */
      readonly againWithinMs: number;
      /** What was last heard; null: nothing. */
      readonly reason: string | null;
      /** Agents that go on meanwhile. */
      readonly agents: number;
    }
  | { readonly kind: 'store:back'; readonly sinceMs: number; readonly awayMs: number };

/** For people. */
export function outageText(news: OutageNews, nowMs: number): string {
  const took = durationText(news.awayMs);
  switch (news.kind) {
    case 'store:away': {
      const { sinceMs, againWithinMs, agents, reason } = news;
      const since = momentText(sinceMs, nowMs);
      const again = `it is asked again within ${durationText(againWithinMs)}`;
      const heard = reason === null ? '' : `; last heard: ${reason}`;
      const silence = `the database has not answered for ${took}, since ${since}`;
      return `${silence}: ${agentsText(agents)}; ${again}${heard}`;
    }
    case 'store:back':
      return `the database answers again, after ${took}: what waited on disk is written now`;
    default:
      return assertNever(news);
  }
}

function agentsText(agents: number): string {
  if (agents === 0) return 'nothing runs here meanwhile';
  return agents === 1
    ? '1 agent goes on, and its result waits on disk'
    : `${agents} agents go on, and their results wait on disk`;
}
