import { PawlError } from '../domain/errors.ts';
import type { ListRecord, LiveInstance } from '../store/store.ts';
import type { StartedProcess } from '../world/processes.ts';
import { pause } from '../world/timers.ts';
import { executorsOf, hereOf, processText } from './liveness.ts';
import { isOwnerGone, lockOwner } from './lock-owner.ts';
import { operation, type ProjectContext, underSignal } from './operation.ts';

export interface StartRun {
  readonly list: ListRecord;
  /** This Pawl, up to where its own arguments begin. */
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  /** Done before a run is started, and only then: its options are kept. */
  readonly prepare: () => Promise<void>;
  /** Default `BEGIN_MS`. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

export interface RunStarted {
  /** `already`: it was executed before this call. `over`: it began, and nothing was left to do. */
  readonly kind: 'started' | 'already' | 'over';
  readonly process: string | null;
  /** What the run says, a file. */
  readonly log: string;
  /** Resolves when the process that was started here has ended; null when none was. */
  readonly ended: Promise<unknown> | null;
}

/** How long a run may take until it is known as the list's executor. */
const BEGIN_MS = 20_000;
const LOCK_TTL_MS = 60_000;
const LOOK_MS = 50;
const TAIL_BYTES = 2_000;
/** The path of the log is an argument: nothing is spliced into the text. */
const APPENDING = 'log="$1"; shift; exec "$@" >>"$log" 2>&1';

/**
 * Let Pawl work through a list in a process of its own, which lives on when its caller dies. With
 * the options kept for the list; one run a list: whoever asks meanwhile is told of it.
 *
 * @throws PawlError `run_failed` with the end of its log; `aborted`.
 */
export async function startRun(given: ProjectContext, input: StartRun): Promise<RunStarted> {
  const ctx = underSignal(given, input.signal);
  const { list } = input;
  return await operation(ctx, { operation: 'start-run', list: list.path }, async () => {
    const log = `${ctx.stateDir}/log/run-${list.listId}.log`;
    const before = await executorOf(ctx, list);
    if (before !== null) return told(ctx, 'already', before, log);
    const lock = { name: `run:${list.listId}`, holderId: lockOwner(ctx.world) };
    const fence = await takeTurn(ctx, lock);
    if (fence === null) {
      const other = await untilExecuted(ctx, input, null);
      return told(ctx, 'already', other === 'ended' ? null : other, log);
    }
    try {
      const meanwhile = await executorOf(ctx, list);
      if (meanwhile !== null) return told(ctx, 'already', meanwhile, log);
      return await begin(ctx, input, log);
    } finally {
      await given.store.releaseLock({ ...lock, fence });
    }
  });
}

/** Null while another call is at it. */
async function takeTurn(
  { store, world }: ProjectContext,
  lock: { readonly name: string; readonly holderId: string },
): Promise<number | null> {
  const ttlMs = LOCK_TTL_MS;
  const answer = await store.acquireLock({ ...lock, ttlMs });
  if (answer.kind === 'acquired') return answer.fence;
  if (!isOwnerGone(answer.holderId, world.processes)) return null;
  const seized = await store.acquireLock({ ...lock, ttlMs, evenFrom: answer.holderId });
  return seized.kind === 'acquired' ? seized.fence : null;
}

async function begin(ctx: ProjectContext, input: StartRun, log: string): Promise<RunStarted> {
  const { list, command, environment, prepare } = input;
  const { files, processes } = ctx.world;
  await prepare();
  await files.makeDirectory(`${ctx.stateDir}/log`);
  const run = [...command, 'run', list.path, '--json', '--no-color'];
  const child = processes.startDetached({
    argv: ['/bin/sh', '-c', APPENDING, 'sh', log, ...run],
    cwd: ctx.root,
    env: environment,
  });
  const executor = await untilExecuted(ctx, input, child);
  if (executor !== 'ended') return { ...told(ctx, 'started', executor, log), ended: child.ended };
  const { code } = await child.ended;
  if (code !== 0 && code !== LEFT) {
    const tail = await tailOf(ctx, log);
    throw new PawlError('run_failed', `the run of ${list.path} ended at once (exit ${code})`, {
      details: { list: list.path, exitCode: code, log, tail },
    });
  }
  return { ...told(ctx, 'over', null, log), ended: child.ended };
}

/** The exit code of a run that leaves work: what is left waits for a person. */
const LEFT = 4;

/** Who executes the list; `ended` when the run that was started here was over before. */
async function untilExecuted(
  ctx: ProjectContext,
  { list, waitMs = BEGIN_MS, signal }: StartRun,
  child: StartedProcess | null,
): Promise<LiveInstance | 'ended' | null> {
  const { clock, timers } = ctx.world;
  let over = child?.pid === 0;
  void child?.ended.then(() => {
    over = true;
  });
  const until = clock.monotonic() + waitMs;
  for (;;) {
    const wasOver = over;
    const executor = await executorOf(ctx, list);
    if (executor !== null) return executor;
    if (wasOver) return 'ended';
    if (clock.monotonic() > until) return null;
    if (signal?.aborted === true) throw new PawlError('aborted', 'the call was cancelled');
    await pause(timers, LOOK_MS, signal);
  }
}

async function executorOf(
  ctx: ProjectContext,
  { listId }: ListRecord,
): Promise<LiveInstance | null> {
  return executorsOf(await ctx.store.instances(), hereOf(ctx)).get(listId) ?? null;
}

function told(
  { world }: ProjectContext,
  kind: RunStarted['kind'],
  executor: LiveInstance | null,
  log: string,
): RunStarted {
  const process = executor === null ? null : processText(executor, world.processes);
  return { kind, process, log, ended: null };
}

async function tailOf({ world }: ProjectContext, log: string): Promise<string> {
  const facts = await world.files.facts(log);
  if (facts === null) return '';
  const from = Math.max(0, facts.size - TAIL_BYTES);
  return new TextDecoder().decode(await world.files.readRange(log, from, TAIL_BYTES));
}
