import { isPawlError } from '../domain/errors.ts';
import { type BreakdownView, breakdownView, resolveBreakdown } from './breakdown-view.ts';
import { type ChangeTaskInput, changeTask } from './change-task.ts';
import { operation, type ProjectContext, underSignal } from './operation.ts';

export interface CancelBreakdown
  extends Pick<ChangeTaskInput, 'endByFolder' | 'killGraceMs' | 'waitMs' | 'version' | 'signal'> {
  /** Exactly. */
  readonly parentTaskId: string;
  readonly reason: string;
}

export interface BreakdownCancellation {
  /** How many subtasks were given up that did not run. */
  readonly cancelled: number;
  /** Task ids of those whose agents were ended. */
  readonly ended: readonly string[];
  /** Task ids of those whose holders were told, and have not ended them yet. */
  readonly asked: readonly string[];
  readonly breakdown: BreakdownView;
}

/**
 * Give up every subtask of a breakdown that is not over; agents are ended. What is over stays as
 * it ended, with its results and artifacts, and `retry` brings each one back.
 *
 * @throws PawlError `breakdown_not_found`, `breakdown_archived`, `aborted`.
 */
export async function cancelBreakdown(
  ctx: ProjectContext,
  input: CancelBreakdown,
): Promise<BreakdownCancellation> {
  const { parentTaskId, reason, signal, ...ending } = input;
  const span = { operation: 'cancel-breakdown', breakdown: parentTaskId };
  return await operation(ctx, span, async () => {
    const within = underSignal(ctx, signal);
    const wish = { parentTaskId, reason };
    const { cancelled, asked: running } = await within.store.cancelBreakdown(wish);
    ctx.log.info('breakdown.changed', { breakdown: parentTaskId, verb: 'cancel' });
    const ended: string[] = [];
    const asked: string[] = [];
    for (const id of running) {
      const task = await within.store.task(id);
      if (task === null) continue;
      if (task.status !== 'running') ended.push(task.taskId);
      else {
        const change = { ...ending, task, verb: 'cancel', reason } as const;
        const kind = await endOne(ctx, signal === undefined ? change : { ...change, signal });
        (kind === 'asked' ? asked : ended).push(task.taskId);
      }
    }
    const breakdown = breakdownView(await resolveBreakdown(within, parentTaskId));
    return { cancelled: cancelled.length, ended, asked, breakdown };
  });
}

/** One that ended by itself meanwhile cannot be cancelled any more: that is what was wanted. */
async function endOne(ctx: ProjectContext, input: ChangeTaskInput): Promise<'changed' | 'asked'> {
  try {
    return (await changeTask(ctx, input)).kind;
  } catch (error) {
    if (isPawlError(error, 'illegal_transition')) return 'changed';
    throw error;
  }
}
