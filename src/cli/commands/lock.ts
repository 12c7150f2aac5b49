import { runLocked } from '../../app/run-locked.ts';
import { environment } from '../../config/environment.ts';
import { durationText, readDuration } from '../../domain/duration.ts';
import { isPawlError, PawlError } from '../../domain/errors.ts';
import { type LockView, listLocks, releaseNamedLock } from '../../operations/resource-locks.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { LockSignals } from '../lock-signals.ts';

export interface LockRunOptions {
  /** A duration; false for `--no-wait`. */
  readonly wait?: string | boolean;
  readonly ttl?: string;
}

export interface LockReleaseOptions {
  readonly fence?: string;
  readonly yes?: boolean;
}

const WAIT_MS = 10 * 60_000;
const WAIT_MAX_MS = 30 * 86_400_000;
const TTL_MS = 60_000;
const TTL_MIN_MS = 2_000;
const TTL_MAX_MS = 86_400_000;

/** `pawl lock run NAME -- COMMAND`: its exit code is that of the command. */
export async function lockRunCommand(
  invocation: Invocation,
  { name, argv }: { readonly name: string; readonly argv: readonly string[] },
  options: LockRunOptions,
): Promise<number> {
  const [program, ...rest] = argv;
  if (program === undefined) throw new PawlError('usage', 'name a command behind `--`');
  const waitMs =
    options.wait === false ? 0 : durationOf('--wait', options.wait, [WAIT_MS, 0, WAIT_MAX_MS]);
  const ttlMs = durationOf('--ttl', options.ttl, [TTL_MS, TTL_MIN_MS, TTL_MAX_MS]);
  const { terminal, json, dir } = invocation;
  const signals = new LockSignals();
  signals.listen();
  try {
    return await inProject(invocation, { anywhere: true }, async (workspace) => {
      const said = (text: string): void => {
        if (!json) terminal.err(`${terminal.paint('dim', 'pawl')}: ${text}`);
      };
      return await runLocked(workspace, {
        ...{ name, argv: [program, ...rest], cwd: dir, env: environment(), waitMs, ttlMs },
        signal: signals.beforeStart,
        waiting: ({ holder, sinceMs }) => {
          const tookMs = workspace.world.clock.now() - sinceMs;
          said(`waiting for the lock ${name}: ${holder} has had it for ${durationText(tookMs)}`);
        },
        started: (pass) => signals.passTo(pass),
        unreleased: (error) =>
          said(`the lock ${name} could not be released and expires by itself: ${error.message}`),
      });
    });
  } catch (cause) {
    if (isPawlError(cause, 'lock_held')) throw notHad(cause);
    throw cause;
  } finally {
    signals.stop();
  }
}

/** `pawl lock list`. */
export async function lockListCommand(invocation: Invocation): Promise<number> {
  return await inProject(invocation, { anywhere: true }, async (workspace) => {
    const locks = await listLocks(workspace);
    answer(invocation, 'locks', { locks }, () =>
      locks.length === 0 ? ['No locks were taken here.'] : locks.map(lockLine),
    );
    return 0;
  });
}

/** `pawl lock release NAME --fence N`. */
export async function lockReleaseCommand(
  invocation: Invocation,
  name: string,
  { fence, yes = false }: LockReleaseOptions,
): Promise<number> {
  if (fence === undefined || !/^\d{1,15}$/.test(fence)) {
    throw new PawlError('usage', 'name the acquisition by --fence N; `pawl lock list` shows it');
  }
  return await inProject(invocation, { anywhere: true }, async (workspace) => {
    const meant = { name, fence: Number(fence), confirmed: yes };
    const lock = await releaseNamedLock(workspace, meant);
    answer(invocation, 'lock', lock, () => [lockLine(lock)]);
    return 0;
  });
}

function lockLine({ name, fence, holder, since, expiresAt, state }: LockView): string {
  switch (state) {
    case 'free':
      return `${name}: free (fence ${fence})`;
    case 'gone':
      return `${name}: ${holder}, which is gone; free for whoever asks (fence ${fence})`;
    case 'expired':
      return `${name}: expired at ${expiresAt}, ${holder} had it (fence ${fence})`;
    case 'held':
      return `${name}: ${holder} since ${since} (fence ${fence})`;
  }
}

function durationOf(
  flag: string,
  written: string | boolean | undefined,
  [standard, min, max]: readonly [number, number, number],
): number {
  if (typeof written !== 'string') return standard;
  const ms = readDuration(written);
  if (ms !== null && ms >= min && ms <= max) return ms;
  const range = `from ${durationText(min)} to ${durationText(max)}`;
  throw new PawlError('usage', `${flag} ${written}: a duration such as 90s or 10m, ${range}`);
}

function notHad(cause: PawlError): PawlError {
  return new PawlError('lock_not_had', cause.message, { cause, details: cause.details });
}
