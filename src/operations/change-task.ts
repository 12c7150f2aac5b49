import { assertNever, PawlError } from '../domain/errors.ts';
import { sessionOf } from '../domain/holder.ts';
import type { AttemptOutcome } from '../domain/outcome.ts';
import type { ChangeTask, HeldTask, TaskLine } from '../store/store.ts';
import { pause } from '../world/timers.ts';
import { explainTask } from './explain-task.ts';
import { hereOf, isSurelyGone, processText } from './liveness.ts';
import { operation, type ProjectContext } from './operation.ts';
import { type EndByFolder, endOrphanedAttempt } from './orphaned-attempt.ts';
import { type TaskView, taskView } from './task-view.ts';
import { writeListMarks } from './write-list-marks.ts';

export type PersonVerb = Exclude<ChangeTask['verb'], 'complete' | 'hold'>;

export interface ChangeTaskInput {
  readonly task: TaskLine;
  readonly verb: PersonVerb;
  /** Asked for with `skip`; the others have a standard one. */
  readonly reason: string;
  /** With `requeue`: run completed work again. */
  readonly confirmed?: boolean;
  /** With `requeue`: what depends on it goes back, too. */
  readonly cascade?: boolean;
  readonly endByFolder: EndByFolder;
  readonly killGraceMs: number;
  /** How long a living holder may take to end the agent; default 15 s. */
  readonly waitMs?: number;
  readonly version: string;
  readonly signal?: AbortSignal;
}

export interface TaskChange {
  /** `asked`: the holder was told, and has not done it yet. */
  readonly kind: 'changed' | 'asked';
  readonly task: TaskView;
  /** Who was asked. */
  readonly holder: string | null;
}

const WAIT_MS = 15_000;
const LOOK_MS = 50;

/**
 * Do a person's verb on a task. A running task's agent is ended first: by its holder when that
 * lives (normally within a second), otherwise here. Then the list's marks are brought up to date.
 *
 * @throws PawlError `illegal_transition`, `confirmation_needed`; `aborted`.
 */
export async function changeTask(ctx: ProjectContext, input: ChangeTaskInput): Promise<TaskChange> {
  const { task, verb } = input;
  const span = { operation: `${verb}-task`, task: task.taskId, list: task.list };
  return await operation(ctx, span, async () => {
    const changed = await ctx.store.changeTask(wish(input));
    const pending = changed.kind === 'changed' ? null : await untilEnded(ctx, input);
    if (pending === null) {
      ctx.log.info('task.changed', { task: task.taskId, list: task.list, verb });
      await markNow(ctx, task.list);
    }
    const now = await ctx.store.task(task.id);
    if (now === null) throw new PawlError('task_not_found', `${task.taskId} is gone`);
    return {
      kind: pending === null ? 'changed' : 'asked',
      task: taskView(now, await explainTask(ctx, now)),
      holder: pending?.holder == null ? null : processText(pending.holder, ctx.world.processes),
    };
  });
}

function wish(input: ChangeTaskInput): ChangeTask {
  const { task, verb, reason, confirmed = false, cascade = false } = input;
  return { id: task.id, verb, reason, by: 'person', confirmed, cascade };
}

/** Null when the running attempt is over; else what is still held after the wait. */
async function untilEnded(ctx: ProjectContext, input: ChangeTaskInput): Promise<HeldTask | null> {
  const { world } = ctx;
  const giveUpAt = world.clock.monotonic() + (input.waitMs ?? WAIT_MS);
  const first = await heldNow(ctx, input.task);
  for (let held = first; held !== null && held.fence === first?.fence; ) {
    if (input.signal?.aborted === true) throw new PawlError('aborted', 'the command was cancelled');
    // A client has no process of ours to end; its fence makes what it says later harmless.
    if (sessionOf(held.holderId) !== null || isSurelyGone(held.holder, hereOf(ctx))) {
      const { endByFolder, killGraceMs, version } = input;
      const outcome = outcomeOf(input);
      await endOrphanedAttempt(ctx, { held, outcome, endByFolder, killGraceMs, version });
    } else {
      if (world.clock.monotonic() > giveUpAt) return held;
      await pause(world.timers, LOOK_MS, input.signal);
    }
    held = await heldNow(ctx, input.task);
  }
  return null;
}

async function heldNow({ store }: ProjectContext, task: TaskLine): Promise<HeldTask | null> {
  const held = await store.heldTasks(task.listId);
  return held.find((one) => one.id === task.id) ?? null;
}

function outcomeOf({ verb, reason }: ChangeTaskInput): AttemptOutcome {
  switch (verb) {
    case 'cancel':
      return { kind: 'cancelled', reason };
    case 'skip':
      return { kind: 'skipped', reason };
    case 'requeue':
    case 'retry':
      return { kind: 'released', reason: 'requeue' };
    default:
      return assertNever(verb);
  }
}

/** Marks that cannot be written now stay owed, and others discharge them, too. */
async function markNow(ctx: ProjectContext, listPath: string): Promise<void> {
  try {
    await writeListMarks(ctx, listPath);
  } catch (error) {
    ctx.log.warn('marks.failed', { list: listPath }, error);
  }
}
