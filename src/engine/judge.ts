import type { ReportedResult } from '../agents/result-file.ts';
import type { ProgramExit } from '../agents/runner.ts';
import { durationText } from '../domain/duration.ts';
import { assertNever } from '../domain/errors.ts';
import type { AttemptOutcome } from '../domain/outcome.ts';
import type { EndRequest } from '../store/store.ts';

/** Why this process ended an agent, when it did. */
export type Ending =
  | { readonly kind: 'stop' }
  | { readonly kind: 'request'; readonly request: EndRequest };

export interface Evidence {
  readonly exit: ProgramExit;
  readonly ending: Ending | null;
  readonly report: ReportedResult;
  readonly lastLine: string;
  readonly timeoutMs: number;
  /** Nobody watched over it when it ended, as was planned: what was lost then is not charged. */
  readonly wasLeftAlone: boolean;
}

/**
 * What an agent's end means. Evidence alone decides: the exit code and the report file, never a
 * phrase in the output. A success is not yet one: `verify` comes after it.
 */
export function judgeAgent(evidence: Evidence): AttemptOutcome {
  const { exit, ending, report } = evidence;
  if (ending !== null) return outcomeOfEnding(ending);
  if (exit.kind === 'not-started') {
    return { kind: 'errored', cause: 'spawn', error: exit.reason };
  }
  if (exit.kind === 'lost') return outcomeOfLost(exit.reason, evidence);
  if (exit.timedOut) {
    const limit = durationText(evidence.timeoutMs);
    return { kind: 'errored', cause: 'timeout', error: `not done within ${limit}` };
  }
  if (report.wish !== null) return report.wish;
  if (exit.code !== 0) {
    return { kind: 'errored', cause: 'exit', error: failureText(exit, evidence.lastLine) };
  }
  const summary = report.summary ?? undefined;
  return { kind: 'succeeded', ...(summary === undefined ? {} : { summary }) };
}

/** What the end of a `verify` command means for an attempt whose agent succeeded. */
export function judgeVerify(
  evidence: Omit<Evidence, 'report'>,
  agentOutcome: AttemptOutcome,
): AttemptOutcome {
  const { exit, ending } = evidence;
  if (ending !== null) return outcomeOfEnding(ending);
  switch (exit.kind) {
    case 'exited':
      if (exit.timedOut) {
        const limit = durationText(evidence.timeoutMs);
        return { kind: 'errored', cause: 'verify', error: `verify: not done within ${limit}` };
      }
      if (exit.code === 0) return agentOutcome;
      return {
        kind: 'errored',
        cause: 'verify',
        error: `verify: ${failureText(exit, evidence.lastLine)}`,
      };
    case 'not-started':
      return { kind: 'errored', cause: 'verify', error: `verify: ${exit.reason}` };
    case 'lost':
      return outcomeOfLost(`verify: ${exit.reason}`, evidence);
    default:
      return assertNever(exit);
  }
}

function outcomeOfLost(
  reason: string,
  { wasLeftAlone }: Pick<Evidence, 'wasLeftAlone'>,
): AttemptOutcome {
  return wasLeftAlone ? { kind: 'released', reason: 'drain' } : { kind: 'lost', reason };
}

function outcomeOfEnding(ending: Ending): AttemptOutcome {
  if (ending.kind === 'stop') return { kind: 'released', reason: 'stop' };
  const { verb, reason } = ending.request;
  switch (verb) {
    case 'cancel':
      return { kind: 'cancelled', reason };
    case 'skip':
      return { kind: 'skipped', reason };
    case 'requeue':
      return { kind: 'released', reason: 'requeue' };
    default:
      return assertNever(verb);
  }
}

const LINE_MAX = 300;

function failureText(
  exit: Extract<ProgramExit, { readonly kind: 'exited' }>,
  lastLine: string,
): string {
  const what = exit.signal === null ? `exit code ${exit.code}` : `ended by ${exit.signal}`;
  return lastLine === '' ? what : `${what}: ${lastLine.slice(0, LINE_MAX)}`;
}
