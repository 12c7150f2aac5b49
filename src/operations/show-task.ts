import { PawlError } from '../domain/errors.ts';
import type { TaskEvent } from '../domain/event.ts';
import type { TaskStatus } from '../domain/status.ts';
import type { Attempt, TaskLine } from '../store/store.ts';
import { explainTask } from './explain-task.ts';
import type { OlderTask } from './older-store.ts';
import { type OperationContext, operation } from './operation.ts';
import { lookUpTask } from './resolve-task.ts';
import { momentOf, type TaskView, taskView } from './task-view.ts';

/** Everything that is known of one task. */
export interface ShownTask {
  readonly task: TaskView & {
    readonly line: number;
    readonly steps: readonly string[];
    readonly criteria: readonly string[];
    readonly verify: readonly string[] | null;
    readonly timeoutMs: number | null;
    readonly fields: Readonly<Record<string, string>>;
    readonly crashCount: number;
    readonly resultSummary: string | null;
    /** It is still only in the older store of the project. */
    readonly source?: 'legacy';
  };
  readonly dependsOn: readonly {
    readonly taskId: string;
    /** Null when the list has no such task. */
    readonly status: TaskStatus | null;
    readonly satisfied: boolean;
  }[];
  readonly attempts: readonly ShownAttempt[];
  readonly events: readonly {
    readonly seq: number;
    readonly at: string | null;
    readonly event: TaskEvent;
  }[];
}

export interface ShownAttempt {
  /** As `pawl logs --attempt` takes it. */
  readonly attempt: number;
  readonly fence: number;
  readonly agent: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly outcome: string | null;
  readonly exitCode: number | null;
  readonly error: string | null;
  /** What the agent reported, as it wrote it. */
  readonly result: unknown;
}

/**
 * Everything that is known of the task that a person means, in both stores; nothing is taken over.
 *
 * @throws PawlError as `resolveTask`.
 */
export async function showMeantTask(
  ctx: OperationContext,
  ref: string,
  listId: string | null,
): Promise<ShownTask> {
  const meant = await lookUpTask(ctx, ref, listId);
  return meant.kind === 'stored' ? await showTask(ctx, meant.task) : shownOlder(meant.task);
}

/** Nothing happened with it here. */
function shownOlder({ dependsOn, ...task }: OlderTask): ShownTask {
  const none = { line: 0, steps: [], verify: null, timeoutMs: null, crashCount: 0 };
  return { task: { ...task, ...none }, dependsOn, attempts: [], events: [] };
}

export async function showTask(ctx: OperationContext, line: TaskLine): Promise<ShownTask> {
  return await operation(ctx, { operation: 'show-task', task: line.taskId }, async () => {
    const { store } = ctx;
    const explanation = await explainTask(ctx, line);
    const [detail, dependencies, attempts, events] = await Promise.all([
      store.task(line.id),
      store.dependencies(line.id),
      store.attempts(line.id),
      store.events({ task: line.id }),
    ]);
    if (detail === null) throw new PawlError('task_not_found', `${line.taskId} is gone`);
    const { steps, criteria, verify, timeoutMs, fields, crashCount, resultSummary } = detail;
    return {
      task: {
        ...taskView(detail, explanation),
        line: detail.line,
        ...{ steps, criteria, verify, timeoutMs, fields, crashCount, resultSummary },
      },
      dependsOn: dependencies.map(({ taskId, status, satisfied }) => ({
        taskId,
        status,
        satisfied,
      })),
      attempts: attempts.map(shownAttempt),
      events: events.map(({ seq, atMs, event }) => ({ seq, at: momentOf(atMs), event })),
    };
  });
}

function shownAttempt(attempt: Attempt): ShownAttempt {
  const { claimedAtMs, endedAtMs } = attempt;
  return {
    attempt: attempt.attempt,
    fence: attempt.fence,
    agent: attempt.agent,
    startedAt: momentOf(claimedAtMs),
    endedAt: momentOf(endedAtMs),
    durationMs: endedAtMs === null ? null : endedAtMs - claimedAtMs,
    outcome: attempt.outcome,
    exitCode: attempt.exitCode,
    error: attempt.error,
    result: resultOf(attempt.resultJson),
  };
}

function resultOf(json: string | null): unknown {
  try {
    return json === null ? null : JSON.parse(json);
  } catch {
    return json; // an agent wrote it: what is no JSON is shown as the text it is
  }
}
