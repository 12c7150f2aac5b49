import { type AttemptResult, readResult } from '../domain/attempt-result.ts';
import { parentOfList } from '../domain/breakdown/list-path.ts';
import { claimText } from '../domain/claim-token.ts';
import { PawlError } from '../domain/errors.ts';
import type { Priority } from '../domain/priority.ts';
import type { Attempt, ClaimedTask, TaskDetail } from '../store/store.ts';
import type { ClaimContext } from './claim-context.ts';
import { attemptFolder, verifyFolders } from './orphaned-attempt.ts';
import { momentOf } from './task-view.ts';

/** A claim with everything that its agent needs to begin. Names are a public contract. */
export interface ClaimedWork {
  /** To be passed with every later call. */
  readonly claim: string;
  /** The caller held it already. */
  readonly again: boolean;
  readonly attempt: number;
  /** UTC; every call that names the task moves it on. */
  readonly leaseUntil: string | null;
  readonly task: WorkTask;
  /** Of a subtask: what it is a part of. */
  readonly parent: {
    readonly parentTaskId: string;
    readonly title: string;
    readonly description: string;
    readonly context: string | null;
  } | null;
  /** What was done before by others, and what came of it in short. */
  readonly dependencies: readonly {
    readonly taskId: string;
    readonly description: string;
    readonly summary: string | null;
  }[];
  /** How the attempt before this one ended, when that was no success. */
  readonly before: {
    readonly outcome: string;
    readonly error: string | null;
    readonly outputTail: string;
    /** What it had told of its work. */
    readonly result: AttemptResult | null;
  } | null;
}

export interface WorkTask {
  readonly id: string;
  readonly taskId: string;
  readonly list: string;
  readonly title: string | null;
  readonly description: string;
  readonly section: string | null;
  readonly priority: Priority;
  /** The role it is written for. */
  readonly specialistType: string | null;
  readonly estimatedEffort: string | null;
  /** Which agent the list asks for. */
  readonly agent: string | null;
  readonly steps: readonly string[];
  readonly criteria: readonly string[];
  /** Run by Pawl when the agent says that it is done. */
  readonly verify: readonly string[] | null;
  readonly labels: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
}

const DEPENDENCIES_MAX = 50;
const SUMMARY_CHARS_MAX = 2_000;
const TAIL_CHARS_MAX = 4_000;

export async function claimedWork(
  ctx: ClaimContext,
  { claimed, epoch, again }: { claimed: ClaimedTask; epoch: number; again: boolean },
): Promise<ClaimedWork> {
  const { store } = ctx;
  const [task, dependencies, attempts] = await Promise.all([
    store.task(claimed.id),
    store.dependencies(claimed.id),
    store.attempts(claimed.id),
  ]);
  if (task === null) throw new PawlError('task_not_found', `${claimed.taskId} is gone`);
  const done = dependencies.filter((dependency) => dependency.status === 'completed');
  return {
    claim: claimText({ epoch, id: claimed.id, fence: claimed.fence }),
    again,
    attempt: claimed.attempt,
    leaseUntil: momentOf(claimed.leaseUntilMs),
    task: workTask(task),
    parent: await parentOf(ctx, task),
    dependencies: done.slice(0, DEPENDENCIES_MAX).map(({ taskId, description, resultSummary }) => ({
      taskId,
      description: description ?? '',
      summary: resultSummary?.slice(0, SUMMARY_CHARS_MAX) ?? null,
    })),
    before: await beforeOf(ctx, claimed, attempts),
  };
}

function workTask(task: TaskDetail): WorkTask {
  const { id, taskId, list, title, description, section, priority, specialistType } = task;
  const { estimatedEffort, agent, steps, criteria, verify, needs, fields } = task;
  return {
    ...{ id, taskId, list, title, description, section, priority, specialistType },
    ...{ estimatedEffort, agent, steps, criteria, verify, labels: needs, fields },
  };
}

async function parentOf({ store }: ClaimContext, task: TaskDetail): Promise<ClaimedWork['parent']> {
  const parent = parentOfList(task.list);
  const breakdown = parent === null ? null : await store.breakdownRecord(parent);
  if (breakdown === null) return null;
  const { parentTaskId, title, description, context } = breakdown;
  return { parentTaskId, title, description, context };
}

async function beforeOf(
  ctx: ClaimContext,
  claimed: ClaimedTask,
  attempts: readonly Attempt[],
): Promise<ClaimedWork['before']> {
  const last = attempts.findLast((attempt) => attempt.fence < claimed.fence);
  if (last === undefined || last.outcome === null || last.outcome === 'succeeded') return null;
  const { outcome, error, resultJson } = last;
  const outputTail = await attemptTail(ctx, { id: claimed.id, fence: last.fence });
  return { outcome, error, outputTail, result: readResult(resultJson) };
}

/** The end of what an attempt's last program wrote: its verify command, or else its agent. */
export async function attemptTail(
  ctx: ClaimContext,
  attempt: { readonly id: string; readonly fence: number },
): Promise<string> {
  const folder = attemptFolder(ctx.stateDir, attempt);
  const verified = (await verifyFolders(ctx, folder)).at(-1);
  return (await ctx.claims.outputTail(verified ?? folder)).slice(-TAIL_CHARS_MAX);
}
