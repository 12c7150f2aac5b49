import type { PlanNote } from '../domain/breakdown/plan-model.ts';
import { assertNever, PawlError } from '../domain/errors.ts';
import { readStatus, type TaskStatus } from '../domain/status.ts';
import type { ChangeTask, TaskLine } from '../store/store.ts';
import { type ChangeTaskInput, changeTask } from './change-task.ts';
import { explainTask } from './explain-task.ts';
import { operation, type ProjectContext, underSignal } from './operation.ts';
import { changeOf, type TaskEdit } from './subtask-wish.ts';
import { type TaskView, taskView } from './task-view.ts';
import { writeListMarks } from './write-list-marks.ts';

export interface UpdateTask
  extends Pick<ChangeTaskInput, 'endByFolder' | 'killGraceMs' | 'waitMs' | 'version' | 'signal'> {
  readonly task: TaskLine;
  /** Of a subtask; what a line of a list says, its file says. */
  readonly edit?: TaskEdit;
  /** In anybody's words: completed, skipped, cancelled, waiting, or queued again. */
  readonly status?: string | null;
  readonly reason?: string | null;
  /** Completed work may be queued again. */
  readonly confirmed?: boolean;
}

export interface UpdatedTask {
  readonly task: TaskView;
  /** The fields that say something else now. */
  readonly changed: readonly string[];
  readonly notes: readonly PlanNote[];
  /** `asked`: it runs, and its holder was told to end it, but has not done so yet. */
  readonly kind: 'changed' | 'asked' | 'same';
}

/**
 * Change what a subtask says, whom it waits for, or where it stands: all of it or nothing. A
 * status is reached by the verb that leads there, under the same rules.
 *
 * @throws PawlError `plan_invalid`, `list_has_file`, `breakdown_archived`, `usage` (no such
 *   status), `illegal_transition`, `confirmation_needed`; `aborted`.
 */
export async function updateTask(ctx: ProjectContext, input: UpdateTask): Promise<UpdatedTask> {
  const { task, edit = {}, signal, confirmed = false } = input;
  const span = { operation: 'update-task', task: task.taskId, list: task.list };
  return await operation(ctx, span, async () => {
    const within = underSignal(ctx, signal);
    const verb = await verbFor(within, input);
    const reason = input.reason?.trim() || 'so said by hand';
    const also = { verb: verb ?? 'skip', reason, by: 'person', confirmed, cascade: false } as const;
    const change = changeOf(edit);
    const updated = await within.store.updateSubtask({
      ...{ id: task.id, change },
      ...(verb === null ? {} : { also }),
    });
    const { changed, notes } = updated;
    ctx.log.info('breakdown.changed', { task: task.taskId, list: task.list, changed });
    const asked = updated.also === 'asked' ? await ended(ctx, input, also) : null;
    if (verb !== null) await markNow(ctx, task.list);
    const now = await ctx.store.task(task.id);
    if (now === null) throw new PawlError('task_not_found', `${task.taskId} is gone`);
    const kind = asked ?? (verb === null && changed.length === 0 ? 'same' : 'changed');
    return { task: taskView(now, await explainTask(ctx, now)), changed, notes, kind };
  });
}

/** The verb by which a task gets to the status that is said; null when it is there. */
async function verbFor(
  { store }: ProjectContext,
  { task, status }: UpdateTask,
): Promise<ChangeTask['verb'] | null> {
  if (status === undefined || status === null) return null;
  const wanted = readStatus(status);
  if (wanted === null) throw new PawlError('usage', `${status} is no status of a task`);
  const now = (await store.task(task.id))?.status ?? task.status;
  return wanted === now ? null : verbTo(wanted, now, task);
}

function verbTo(wanted: TaskStatus, now: TaskStatus, { taskId }: TaskLine): ChangeTask['verb'] {
  switch (wanted) {
    case 'completed':
      return 'complete';
    case 'skipped':
      return 'skip';
    case 'cancelled':
      return 'cancel';
    case 'waiting':
      return 'hold';
    case 'queued':
      return now === 'running' || now === 'completed' ? 'requeue' : 'retry';
    case 'running':
      throw new PawlError('illegal_transition', `${taskId} runs when somebody claims it`);
    case 'failed':
      throw new PawlError(
        'illegal_transition',
        `${taskId} fails by an attempt of it; to give it up, cancel it`,
      );
    default:
      return assertNever(wanted);
  }
}

/** Its agent is ended as by the verb itself. */
async function ended(
  ctx: ProjectContext,
  input: UpdateTask,
  { verb, reason, confirmed }: Pick<ChangeTask, 'verb' | 'reason' | 'confirmed'>,
): Promise<'changed' | 'asked'> {
  if (verb === 'complete' || verb === 'hold') return 'changed';
  const { task, endByFolder, killGraceMs, waitMs, version, signal } = input;
  const change = await changeTask(ctx, {
    ...{ task, verb, reason, confirmed, endByFolder, killGraceMs, version },
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(signal === undefined ? {} : { signal }),
  });
  return change.kind;
}

/** Marks that cannot be written now stay owed, and others discharge them, too. */
async function markNow(ctx: ProjectContext, listPath: string): Promise<void> {
  try {
    await writeListMarks(ctx, listPath);
  } catch (error) {
    ctx.log.warn('marks.failed', { list: listPath }, error);
  }
}
