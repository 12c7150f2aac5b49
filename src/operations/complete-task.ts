import { NO_RESULT } from '../domain/attempt-result.ts';
import { claimText } from '../domain/claim-token.ts';
import { assertNever, PawlError } from '../domain/errors.ts';
import { DEFAULT_RETRY_POLICY } from '../domain/task.ts';
import type { ClaimEnd, FinishedClaim } from '../store/claims.ts';
import type { ClaimedTask, RequestKey, TaskLine } from '../store/store.ts';
import { pause } from '../world/timers.ts';
import { type ClaimContext, clientOf, policyOf } from './claim-context.ts';
import { attemptTail } from './claimed-work.ts';
import { explainTask } from './explain-task.ts';
import { progressOf } from './extend-claim.ts';
import { leaseOf, type MeantClaim, meantClaim, type NamedClaim } from './meant-claim.ts';
import { operation, underSignal } from './operation.ts';
import { momentOf, type TaskView, taskView } from './task-view.ts';
import { writeListMarks } from './write-list-marks.ts';

/** What is to become of the task. */
export const NEXT_ACTIONS = [
  'complete',
  'continue',
  'needs_revision',
  'blocked',
  'failed',
  'release',
] as const;
export type NextAction = (typeof NEXT_ACTIONS)[number];

export interface CompleteTask extends NamedClaim {
  readonly nextAction: NextAction;
  /** What was done, for whoever builds on it. Of another end than `complete`: why. */
  readonly summary: string;
  readonly detailedWork?: string | null;
  readonly files?: readonly string[];
  readonly artifacts?: readonly { readonly name: string; readonly path: string }[];
  readonly percent?: number | null;
  readonly leaseMs?: number;
  /** How long the answer may wait for a `verify` command; default `ANSWER_MS`. */
  readonly answerMs?: number;
  readonly request?: RequestKey;
  readonly signal?: AbortSignal;
}

/**
 * `ended`: the attempt is over, see the task. `continued`: it goes on. `proposed`: kept for the
 * executor. `verifying`: the command still runs; ask again with the same claim.
 */
export interface TaskCompletion {
  readonly kind: 'ended' | 'continued' | 'proposed' | 'verifying';
  /** It was said before; nothing happened by this call. */
  readonly again: boolean;
  readonly claim: string | null;
  readonly leaseUntil: string | null;
  /** How the attempt ended; null while it goes on. */
  readonly outcome: string | null;
  /** Why it was no success, and the end of what the verify command wrote. */
  readonly error: string | null;
  readonly outputTail: string | null;
  readonly task: TaskView;
}

export const SUMMARY_CHARS_MAX = 10_000;
/** What is longer belongs into an artifact. */
export const DETAILED_WORK_CHARS_MAX = 200_000;
export const FILES_MAX = 1_000;
const ARTIFACTS_MAX = 100;
/** Clients give up on calls that take longer than a minute, some earlier. */
export const ANSWER_MS = 20_000;
const LOOK_MS = 100;

/**
 * Say what became of a task that one holds. What is wanted is what happens, within the limits of
 * retries and revisions; with a `verify` command a success is one when that succeeds.
 *
 * @throws PawlError `stale_fence` (the result is kept, the task is another's), `claim_needed`,
 *   `claim_invalid`, `lease_held` (while it is verified), `task_not_found`, `usage`.
 */
export async function completeTask(
  given: ClaimContext,
  input: CompleteTask,
): Promise<TaskCompletion> {
  const ctx = underSignal(given, input.signal);
  return await operation(ctx, { operation: 'complete-task' }, async () => {
    checkReport(input);
    const meant = await meantClaim(ctx, input);
    const done = await finish(ctx, input, meant);
    if (done.kind === 'refused') throw done.error;
    const fence = await waitFor(given, input, { meant, done });
    return await answer(ctx, { meant, done, fence });
  });
}

async function finish(
  ctx: ClaimContext,
  input: CompleteTask,
  { ref, task }: MeantClaim,
): Promise<FinishedClaim> {
  const { claims } = ctx;
  await claims.start();
  const policy = (await policyOf(ctx, task.listId, input.caller.name)) ?? DEFAULT_RETRY_POLICY;
  const { holderId, verifierLeaseMs: leaseMs } = claims;
  return await ctx.store.finishClaim(
    {
      ref,
      client: clientOf(ctx, input.caller),
      end: endOf(input),
      resultJson: resultOf(input),
      progress: progressOf({ percent: input.percent ?? null, note: null }),
      policy,
      leaseMs: leaseOf(input.leaseMs),
      verifier: { holderId, leaseMs },
    },
    input.request === undefined ? {} : { request: input.request },
  );
}

/** Until its verify command has decided, or the answer may wait no longer. Gives its fence. */
async function waitFor(
  ctx: ClaimContext,
  { answerMs = ANSWER_MS, signal }: CompleteTask,
  { meant, done }: { readonly meant: MeantClaim; readonly done: FinishedClaim },
): Promise<number | null> {
  if (done.kind !== 'verifying') return meant.ref.fence;
  const { claimed } = done;
  const { clock, timers } = ctx.world;
  let work: Promise<unknown> = new Promise(() => undefined);
  if (done.begun) {
    const { taskId, attempt } = claimed;
    ctx.log.info('task.verifying', { task: taskId, attempt });
    work = ctx.claims.verify(claimed);
  } else {
    await ctx.claims.sweep();
  }
  const until = clock.monotonic() + answerMs;
  while (!(await isDecided(ctx, claimed))) {
    const left = until - clock.monotonic();
    if (left <= 0) break;
    if (signal?.aborted === true) throw new PawlError('aborted', 'the call was cancelled');
    await Promise.race([pause(timers, Math.min(LOOK_MS, left), signal), work]);
    work = new Promise(() => undefined);
  }
  return claimed.fence;
}

async function isDecided({ store }: ClaimContext, { id, fence }: ClaimedTask): Promise<boolean> {
  const attempts = await store.attempts(id);
  return attempts.find((attempt) => attempt.fence === fence)?.outcome != null;
}

async function answer(
  ctx: ClaimContext,
  input: {
    readonly meant: MeantClaim;
    readonly done: FinishedClaim;
    readonly fence: number | null;
  },
): Promise<TaskCompletion> {
  const { done, meant } = input;
  const { id, list } = meant.task;
  const now = await ctx.store.task(id);
  if (now === null) throw new PawlError('task_not_found', `${meant.task.taskId} is gone`);
  const attempts = await ctx.store.attempts(id);
  const fence = input.fence ?? attempts.at(-1)?.fence ?? now.fence;
  const attempt = attempts.find((one) => one.fence === fence);
  const outcome = attempt?.outcome ?? null;
  const open = outcome === null ? openKind(done) : 'ended';
  if (open === 'ended') await markNow(ctx, list);
  const goesOn = done.kind === 'continued' || done.kind === 'verifying' ? done : null;
  const failed = outcome === 'errored' || outcome === 'lost';
  return {
    kind: open,
    again: done.kind === 'already' || (done.kind === 'verifying' && !done.begun),
    claim: goesOn === null ? null : claimText({ epoch: goesOn.epoch, id, fence }),
    leaseUntil: open === 'ended' ? null : momentOf(now.leaseUntilMs),
    outcome,
    error: attempt?.error ?? null,
    outputTail: failed ? await attemptTail(ctx, { id, fence }) : null,
    task: await view(ctx, now),
  };
}

function openKind(done: FinishedClaim): TaskCompletion['kind'] {
  const { kind } = done;
  return kind === 'continued' || kind === 'proposed' || kind === 'verifying' ? kind : 'ended';
}

async function view(ctx: ClaimContext, task: TaskLine): Promise<TaskView> {
  return taskView(task, await explainTask(ctx, task));
}

/** Marks that cannot be written now stay owed, and others discharge them, too. */
async function markNow(ctx: ClaimContext, listPath: string): Promise<void> {
  try {
    await writeListMarks(ctx, listPath);
  } catch (error) {
    ctx.log.warn('marks.failed', { list: listPath }, error);
  }
}

function endOf({ nextAction, summary }: CompleteTask): ClaimEnd {
  switch (nextAction) {
    case 'complete':
      return { kind: 'succeeded', summary };
    case 'continue':
      return { kind: 'continue' };
    case 'needs_revision':
      return { kind: 'revise', note: summary };
    case 'blocked':
      return { kind: 'blocked', reason: summary };
    case 'failed':
      return { kind: 'errored', error: summary };
    case 'release':
      return { kind: 'returned', reason: summary };
    default:
      return assertNever(nextAction);
  }
}

/** Who gives a task back says why, and nothing of the work. */
function resultOf(input: CompleteTask): string | null {
  if (input.nextAction === 'release') return null;
  const { summary, detailedWork = null, files = [], artifacts = [] } = input;
  return JSON.stringify({ ...NO_RESULT, summary, detailedWork, files, artifacts });
}

/**
 * Refuse a report for its size, before anything that it brings along is kept.
 *
 * @throws PawlError `usage`.
 */
export function checkReport({
  summary,
  detailedWork,
  files,
  artifacts,
}: Pick<CompleteTask, 'summary' | 'detailedWork' | 'files' | 'artifacts'>): void {
  const limits: readonly (readonly [string, number, number])[] = [
    ['summary, in characters', summary.length, SUMMARY_CHARS_MAX],
    ['detailed work, in characters', detailedWork?.length ?? 0, DETAILED_WORK_CHARS_MAX],
    ['count of files', files?.length ?? 0, FILES_MAX],
    ['count of artifacts', artifacts?.length ?? 0, ARTIFACTS_MAX],
  ];
  for (const [what, size, max] of limits) {
    if (size <= max) continue;
    const message = `the ${what}: at most ${max}, here ${size}; what is longer is an artifact`;
    throw new PawlError('usage', message, { details: { size, max } });
  }
}
