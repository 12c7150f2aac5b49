import { isPawlError, PawlError } from '../domain/errors.ts';
import { startHeldProgram } from '../world/held-program.ts';
import type { EndSignal, StartedProcess } from '../world/processes.ts';
import { pause } from '../world/timers.ts';
import type { World } from '../world/world.ts';
import {
  acquireResourceLock,
  type LockHolder,
  type LockPlace,
  marginOf,
  type OwnedLock,
} from './resource-lock.ts';

export interface RunLocked {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly waitMs: number;
  readonly ttlMs: number;
  /** Aborts the wait for the lock. */
  readonly signal: AbortSignal;
  readonly waiting: (holder: LockHolder) => void;
  /** Told when the program runs, how to pass a signal on to it. */
  readonly started: (pass: (signal: EndSignal) => void) => void;
  /** It could not be released: it expires by itself. */
  readonly unreleased: (error: PawlError) => void;
}

const LOOK_MS = 20;
const SIGNALLED = 128;
/** As numbered on every system that we run on. */
const NUMBERS: Readonly<Record<string, number>> = {
  ...{ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13 },
  ...{ SIGALRM: 14, SIGTERM: 15 },
};

/**
 * Run a program while holding a lock, and give its exit code. When the lock is lost the program is
 * ended, with everything it started; it is ended as well when this process is killed.
 *
 * @throws PawlError `lock_held` (with the holder, after the wait), `lock_lost`, `aborted`, `usage`.
 */
export async function runLocked(place: LockPlace, input: RunLocked): Promise<number> {
  const { name, waitMs: timeoutMs, ttlMs, signal, waiting } = input;
  const lock = await acquireResourceLock(place, name, { timeoutMs, ttlMs, signal, waiting });
  let code: number;
  try {
    code = await runUnder(place.world, lock, input);
  } finally {
    await release(lock, input);
  }
  if (lock.lost) throw lock.signal.reason;
  return code;
}

/** Its exit code; of one that was ended because the lock was lost, what that made of it. */
async function runUnder(world: World, lock: OwnedLock, input: RunLocked): Promise<number> {
  const { name, argv, cwd, env } = input;
  const graceMs = marginOf(input.ttlMs);
  const program = startHeldProgram({
    ...{ argv, cwd, graceMs, marker: lock.marker },
    env: { ...env, PAWL_LOCK_NAME: name, PAWL_LOCK_FENCE: String(lock.fence) },
  });
  input.started((given) => void world.processes.signalGroup(program.pid, given));
  const { promise: lost, resolve: lose } = Promise.withResolvers<void>();
  lock.signal.addEventListener('abort', () => lose(), { once: true });
  if (lock.lost) lose();
  await Promise.race([program.ended, lost]);
  if (program.pid !== 0) await endGroup(world, program, graceMs);
  const { code, signal, spawnError } = await program.ended;
  if (spawnError !== undefined) throw notStarted(spawnError);
  return code ?? SIGNALLED + (NUMBERS[signal ?? ''] ?? 0);
}

/** What the command did under it is done, whether or not the store can be told. */
async function release(lock: OwnedLock, { unreleased }: RunLocked): Promise<void> {
  try {
    await lock.release();
  } catch (cause) {
    if (!isPawlError(cause)) throw cause;
    unreleased(cause);
  }
}

/** What it left behind is ended, too: without the lock nothing of it may go on. */
async function endGroup(
  { processes, timers, clock }: World,
  { pid }: StartedProcess,
  graceMs: number,
): Promise<void> {
  if (!processes.isGroupAlive(pid)) return;
  processes.signalGroup(pid, 'SIGTERM');
  processes.signalGroup(pid, 'SIGCONT');
  const killAt = clock.monotonic() + graceMs;
  while (processes.isGroupAlive(pid)) {
    if (clock.monotonic() >= killAt) processes.signalGroup(pid, 'SIGKILL');
    await pause(timers, LOOK_MS);
  }
}

function notStarted(cause: Error): PawlError {
  return new PawlError('agent_spawn', `the command could not be started: ${cause.message}`, {
    cause,
  });
}
