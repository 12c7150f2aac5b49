import { PawlError } from '../domain/errors.ts';
import { sessionOf } from '../domain/holder.ts';
import type { ExecutorStatus } from '../domain/status.ts';
import type { HeldTask, ListRecord, SetExecutor } from '../store/store.ts';
import { pause } from '../world/timers.ts';
import { getStatus, type ListStatus } from './get-status.ts';
import { hereOf, isSurelyGone } from './liveness.ts';
import { operation, type ProjectContext } from './operation.ts';
import { type EndByFolder, endOrphanedAttempt } from './orphaned-attempt.ts';
import { writeListMarks } from './write-list-marks.ts';

export interface SetExecutorInput {
  readonly list: ListRecord;
  readonly verb: 'pause' | 'resume' | 'stop';
  /** Options of its executors that are in force from now on, on all hosts. */
  readonly configJson?: NonNullable<SetExecutor['configJson']>;
  readonly endByFolder: EndByFolder;
  readonly killGraceMs: number;
  /** With `stop`: how long living holders may take to end their agents; default 15 s. */
  readonly waitMs?: number;
  readonly version: string;
  readonly signal?: AbortSignal;
}

export interface ExecutorChange {
  readonly status: ListStatus;
  /** With `stop`: tasks whose holders have not ended them yet. */
  readonly stillRunning: readonly string[];
}

const DESIRED: Readonly<Record<SetExecutorInput['verb'], ExecutorStatus>> = {
  pause: 'paused',
  resume: 'running',
  stop: 'stopped',
};
const WAIT_MS = 15_000;
const LOOK_MS = 50;

/**
 * Record what a person wants of a list's executor. Pause: no new claims. Stop: the agents are ended
 * and their tasks go back to the queue uncharged, by their holder, or here when that is gone.
 */
export async function setExecutor(
  ctx: ProjectContext,
  input: SetExecutorInput,
): Promise<ExecutorChange> {
  const { list, verb } = input;
  return await operation(ctx, { operation: `${verb}-list`, list: list.path }, async () => {
    await ctx.store.setExecutor({
      ...{ listId: list.listId, status: DESIRED[verb] },
      ...(input.configJson === undefined ? {} : { configJson: input.configJson }),
    });
    ctx.log.info('executor.changed', { list: list.path, verb });
    const running = verb === 'stop' ? await untilStopped(ctx, input) : [];
    if (verb === 'stop') await writeListMarks(ctx, list.path);
    const now = await ctx.store.list(list.listId);
    const [status] = await getStatus(ctx, now);
    if (status === undefined) throw new PawlError('list_not_found', `${list.path} is gone`);
    return { status, stillRunning: running.map((task) => task.taskId) };
  });
}

async function untilStopped(
  ctx: ProjectContext,
  input: SetExecutorInput,
): Promise<readonly HeldTask[]> {
  const { store, world } = ctx;
  const giveUpAt = world.clock.monotonic() + (input.waitMs ?? WAIT_MS);
  for (;;) {
    if (input.signal?.aborted === true) throw new PawlError('aborted', 'the command was cancelled');
    // What clients hold needs no executor, and none of ours could end it.
    const held = (await store.heldTasks(input.list.listId)).filter(
      (task) => sessionOf(task.holderId) === null,
    );
    const orphans = held.filter((task) => isSurelyGone(task.holder, hereOf(ctx)));
    await Promise.all(orphans.map((task) => endOne(ctx, input, task)));
    const living = held.length - orphans.length;
    if (living === 0 && orphans.length === 0) return [];
    if (living > 0 && world.clock.monotonic() > giveUpAt) return held;
    if (living > 0) await pause(world.timers, LOOK_MS, input.signal);
  }
}

async function endOne(
  ctx: ProjectContext,
  { endByFolder, killGraceMs, version }: SetExecutorInput,
  held: HeldTask,
): Promise<void> {
  const outcome = { kind: 'released', reason: 'stop' } as const;
  await endOrphanedAttempt(ctx, { held, outcome, endByFolder, killGraceMs, version });
}
