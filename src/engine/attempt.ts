import { stripVTControlCharacters } from 'node:util';
import type { ReportedResult } from '../agents/result-file.ts';
import type { Adoption, ProgramExit, ProgramRunner, RunningProgram } from '../agents/runner.ts';
import type { AttemptResult } from '../domain/attempt-result.ts';
import { assertNever, type ErrorCode, isPawlError, PawlError } from '../domain/errors.ts';
import type { AttemptOutcome } from '../domain/outcome.ts';
import type { ClaimedTask, EndRequest, TaskDetail } from '../store/store.ts';
import type { World } from '../world/world.ts';
import type { ActiveAttempt, ExecutionOptions } from './execution.ts';
import { type Ending, judgeAgent, judgeVerify } from './judge.ts';
import type { Launcher, LaunchPlan } from './launcher.ts';
import { persist } from './persist.ts';
import { withProposal } from './proposal.ts';

export interface AttemptParts {
  readonly world: World;
  readonly runner: ProgramRunner;
  readonly launcher: Launcher;
  readonly options: ExecutionOptions;
  /** Its attendant ends it when its lease is not renewed; null: the store is this host's alone. */
  readonly leaseMs: number | null;
  /** The launch of this attempt; asked for only when something must be started. */
  readonly plan: () => Promise<LaunchPlan>;
  /** What its agent, or the client that claimed it, told the store so far. */
  readonly said: () => Promise<AttemptResult | null>;
  /** Told while its folder cannot be written. */
  readonly trouble: (error: PawlError) => void;
  /** Told that its agent cannot be started on this host: then others may do it, uncharged. */
  readonly unfit: ((error: PawlError) => void) | null;
}

/** How an attempt ended: what the store is told, and what is kept of it. */
export interface AttemptEnd {
  readonly outcome: AttemptOutcome;
  readonly exitCode: number | null;
  readonly report: ReportedResult | null;
}

const LINE_BYTES = 2_048;
/** Of how many former watchers a verify command is looked for. */
const WATCHERS_BEFORE_MAX = 8;

/**
 * One attempt under our watch, from the agent's start (or adoption) to its outcome.
 *
 * ```
 *            start / adopt            code 0, verify given
 * folder ────────────────> agent ───────────────────────────> verify ──> outcome
 *                            │ otherwise                          ^
 *                            └──────────────> outcome             └ adopt (verify had begun)
 * ```
 *
 * Everything it needs to go on lies in the attempt's folder, so that any later process can take its
 * place at any point. `verify` runs in `verify-<term>`: each process that watched over the attempt
 * has a folder of its own for it, because a folder runs one program at most.
 *
 * A client's attempt has no agent of ours: it comes to us with its work done, to be verified.
 */
export class Attempt {
  readonly claimed: ClaimedTask;
  readonly task: TaskDetail;
  readonly folder: string;
  readonly adopted: boolean;
  readonly byClient: boolean;
  readonly startedAtMs: number;
  readonly #parts: AttemptParts;
  #phase: ActiveAttempt['phase'] = 'agent';
  #program: RunningProgram | null = null;
  #ending: Ending | null = null;
  #left = false;
  readonly #afterGoodbye: boolean;
  /** It ended before we came, and those before us had left as it was planned. */
  #wasLeftAlone = false;
  readonly #leaving = Promise.withResolvers<null>();
  /** Aborted when there is nothing left to wait for before a program is started. */
  readonly #hurry = new AbortController();
  /** Aborted when we left. */
  readonly #gone = new AbortController();
  #outputTail: () => Promise<string> = () => Promise.resolve('');

  constructor(
    parts: AttemptParts,
    input: {
      readonly claimed: ClaimedTask;
      readonly task: TaskDetail;
      readonly folder: string;
      readonly adopted: boolean;
      readonly byClient: boolean;
      readonly afterGoodbye: boolean;
    },
  ) {
    this.#parts = parts;
    this.claimed = input.claimed;
    this.task = input.task;
    this.folder = input.folder;
    this.adopted = input.adopted;
    this.byClient = input.byClient;
    this.#afterGoodbye = input.afterGoodbye;
    this.startedAtMs = input.task.startedAtMs ?? parts.world.clock.now();
  }

  get view(): ActiveAttempt {
    return {
      id: this.claimed.id,
      taskId: this.claimed.taskId,
      description: this.task.description,
      attempt: this.claimed.attempt,
      agent: this.claimed.agent,
      startedAtMs: this.startedAtMs,
      phase: this.#phase,
      adopted: this.adopted,
      folder: this.folder,
    };
  }

  /** Null when we stopped watching: the attempt is somebody else's to finish. */
  async run(): Promise<AttemptEnd | null> {
    if (this.byClient) return await this.#verifyForClient();
    const agentExit = this.adopted ? await this.#adoptAgent() : await this.#startAgent();
    if (agentExit === null) return this.#left ? null : neverStarted(this.#ending);
    // A wish that comes from here on finds an agent that has ended by itself.
    const ending = this.#ending;
    this.#parts.world.checkpoint('after-exit');
    const file = await this.#parts.launcher.report(this.folder);
    const report = withProposal(file, await this.#parts.said());
    const exitCode = agentExit.kind === 'exited' ? agentExit.code : null;
    const outcome = judgeAgent({
      exit: agentExit,
      ending,
      report,
      lastLine: await this.lastLine(),
      timeoutMs: this.#timeoutMs,
      wasLeftAlone: this.#wasLeftAlone,
    });
    if (outcome.kind !== 'succeeded' || this.task.verify === null) {
      await this.#endFormerVerify();
      return this.#gone.signal.aborted ? null : { outcome, exitCode, report };
    }
    const verified = await this.#verify(outcome);
    return verified === null ? null : { outcome: verified, exitCode, report };
  }

  /** The success that a client claims is decided by the verify command. */
  async #verifyForClient(): Promise<AttemptEnd | null> {
    const said = await this.#parts.said();
    if (said?.proposed !== 'succeeded') {
      const outcome = { kind: 'lost', reason: 'its client is gone' } as const;
      return { outcome, exitCode: null, report: null };
    }
    const { summary } = said;
    const succeeded = { kind: 'succeeded', ...(summary === null ? {} : { summary }) } as const;
    const outcome = this.task.verify === null ? succeeded : await this.#verify(succeeded);
    return outcome === null ? null : { outcome, exitCode: null, report: null };
  }

  /** End the agent with its whole group; `run` then gives the outcome that follows. */
  end(ending: { readonly kind: 'stop' } | EndRequest): void {
    this.#ending ??= 'verb' in ending ? { kind: 'request', request: ending } : ending;
    this.#program?.end();
    this.#hurry.abort();
  }

  /** Tell its attendant that we live, and which grant of its lease stands. */
  async renew(grant: string, life: string): Promise<void> {
    await this.#program?.renew(grant, life);
  }

  /** End the agent without an outcome: the attempt is over, and not ours. */
  abandon(): void {
    this.#program?.end();
    this.leave();
  }

  /** Watch no more; agent and attendant go on. */
  leave(): void {
    this.#left = true;
    this.#program?.leave();
    this.#leaving.resolve(null);
    this.#hurry.abort();
    this.#gone.abort();
  }

  /** The last line that the program wrote, without the ends of lines and escape sequences. */
  async lastLine(): Promise<string> {
    // What cannot be read is only not shown: the exit decides.
    const tail = await this.#outputTail().catch(() => '');
    const lines = stripVTControlCharacters(tail).split(/[\r\n]+/);
    return lines.findLast((line) => line.trim() !== '')?.trim() ?? '';
  }

  get #timeoutMs(): number {
    return this.task.timeoutMs ?? this.#parts.options.executionTimeoutMs;
  }

  async #startAgent(): Promise<ProgramExit | null> {
    if (this.#isOver) return null;
    return await this.#start(this.folder, this.#parts.plan);
  }

  get #isOver(): boolean {
    return this.#ending !== null || this.#left;
  }

  /** Null when it was called off before it began, or left. */
  async #start(folder: string, launch: () => Promise<LaunchPlan>): Promise<ProgramExit | null> {
    const { runner, options, world, leaseMs } = this.#parts;
    let plan: LaunchPlan;
    try {
      plan = await launch();
    } catch (cause) {
      // What the list or the settings say wrong is this attempt's failure, and nobody else's.
      if (!isPawlError(cause) || !UNLAUNCHABLE.includes(cause.code)) throw cause;
      const { unfit } = this.#parts;
      if (unfit !== null && HOSTS_FAULTS.includes(cause.code)) {
        unfit(cause);
        return null;
      }
      return { kind: 'not-started', reason: cause.message };
    }
    if (this.#isOver) return null;
    world.checkpoint('before-spawn');
    const { killGraceMs, outputBytesMax } = options;
    const limits = { timeoutMs: this.#timeoutMs, killGraceMs, outputBytesMax, leaseMs };
    const spec = { folder, ...plan, ...limits };
    const program = await this.#patiently(() => runner.start(spec), this.#hurry);
    if (program === null) return null;
    world.checkpoint(folder === this.folder ? 'after-spawn' : 'after-verify-spawn');
    return await this.#watch(program);
  }

  /** Through a time in which the folder cannot be written; null when nobody waits any more. */
  async #patiently<T>(act: () => Promise<T>, { signal }: AbortController): Promise<T | null> {
    const { world, trouble } = this.#parts;
    try {
      return await persist(world, { signal, trouble }, () => act().catch(folderFault));
    } catch (cause) {
      if (signal.aborted && isPawlError(cause)) return null;
      throw cause;
    }
  }

  async #watch(program: RunningProgram): Promise<ProgramExit | null> {
    this.#program = program;
    this.#outputTail = () => program.outputTail(LINE_BYTES);
    if (this.#left) program.leave();
    else if (this.#ending !== null) program.end();
    return await Promise.race([program.exited, this.#leaving.promise]);
  }

  /** Null: it never started and never will, or we left. */
  async #adoptAgent(): Promise<ProgramExit | null> {
    const adoption = await this.#adopt(this.folder);
    switch (adoption.kind) {
      case 'running':
        return await this.#watch(adoption.program);
      case 'ended':
        this.#outputTail = () => this.#parts.launcher.outputTail(this.folder);
        this.#wasLeftAlone = this.#afterGoodbye;
        return adoption.exit;
      case 'never-started':
        return null;
      default:
        return assertNever(adoption);
    }
  }

  async #adopt(folder: string): Promise<Adoption> {
    const { runner, options } = this.#parts;
    const { killGraceMs } = options;
    const adoption = await this.#patiently(() => runner.adopt(folder, { killGraceMs }), this.#gone);
    return adoption ?? { kind: 'never-started' }; // we left: nobody asks
  }

  async #verify(agentOutcome: AttemptOutcome): Promise<AttemptOutcome | null> {
    this.#phase = 'verify';
    const exit = (await this.#adoptVerify()) ?? (await this.#startVerify());
    if (exit === null) return this.#left ? null : neverStarted(this.#ending).outcome;
    const lastLine = await this.lastLine();
    const seen = { lastLine, timeoutMs: this.#timeoutMs, wasLeftAlone: this.#wasLeftAlone };
    return judgeVerify({ exit, ending: this.#ending, ...seen }, agentOutcome);
  }

  /** The verify command that a former watcher began, if any; from now on none can begin one. */
  async #adoptVerify(): Promise<ProgramExit | null> {
    this.#wasLeftAlone = false;
    for (const folder of this.#formerVerifyFolders) {
      const adoption = await this.#adopt(folder);
      if (adoption.kind === 'running') return await this.#watch(adoption.program);
      if (adoption.kind === 'ended') {
        this.#outputTail = () => this.#parts.launcher.outputTail(folder);
        this.#wasLeftAlone = this.#afterGoodbye;
        return adoption.exit;
      }
    }
    return null;
  }

  /** The outcome is another one: no verify command may run on beside a later attempt. */
  async #endFormerVerify(): Promise<void> {
    const { runner, options } = this.#parts;
    if (this.task.verify === null) return;
    for (const folder of this.#formerVerifyFolders) {
      await this.#patiently(() => runner.endByFolder(folder, options.killGraceMs), this.#gone);
    }
  }

  /** Terms are counted over all attempts of a task, so only the last few can be of this one. */
  get #formerVerifyFolders(): readonly string[] {
    if (!this.adopted) return [];
    const { term } = this.claimed;
    const count = Math.min(term - 1, WATCHERS_BEFORE_MAX);
    return Array.from({ length: count }, (_, back) => `${this.folder}/verify-${term - 1 - back}`);
  }

  async #startVerify(): Promise<ProgramExit | null> {
    const [program, ...args] = this.task.verify ?? [];
    if (program === undefined || this.#isOver) return null;
    const folder = `${this.folder}/verify-${this.claimed.term}`;
    const argv = [program, ...args] as const;
    const { claimed, task } = this;
    const where = this.#parts.launcher.surroundings({ claimed, task, folder: this.folder });
    return await this.#start(folder, () => Promise.resolve({ argv, ...where, stdin: '' }));
  }
}

/** Faults of a plan that the next try of another task need not have. */
const UNLAUNCHABLE: readonly ErrorCode[] = [
  'agent_unknown',
  'agent_missing',
  'config_invalid',
  'usage',
];

/** Of these, what another host need not lack. */
const HOSTS_FAULTS: readonly ErrorCode[] = ['agent_unknown', 'agent_missing'];

/** A runner rejects only when the attempt's folder cannot be written: told in the store's words. */
function folderFault(cause: unknown): never {
  if (isPawlError(cause)) throw cause;
  const { code } = cause as { readonly code?: unknown };
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const readonly = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
  throw new PawlError(
    full ? 'store_full' : readonly ? 'store_readonly' : 'store_io',
    'the folder of an attempt cannot be written',
    { cause },
  );
}

function neverStarted(ending: Ending | null): AttemptEnd {
  const outcome: AttemptOutcome =
    ending?.kind === 'request' && ending.request.verb !== 'requeue'
      ? {
          kind: ending.request.verb === 'cancel' ? 'cancelled' : 'skipped',
          reason: ending.request.reason,
        }
      : { kind: 'released', reason: ending === null ? 'never_started' : 'stop' };
  return { outcome, exitCode: null, report: null };
}
