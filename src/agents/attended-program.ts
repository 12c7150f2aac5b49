import type { ProcessIdentity } from '../world/processes.ts';
import type { Timer } from '../world/timers.ts';
import type { World } from '../world/world.ts';
import { readExit, writeRenewal } from './attempt-folder.ts';
import { readOutputTail } from './program-output.ts';
import { endRemains, signalAgent } from './remains.ts';
import type { ProgramExit, RunningProgram } from './runner.ts';

/** How late the end of an adopted program may be noticed when the watch on its folder missed it. */
const POLL_MS = 200;
/** Until it is gone, an attendant is told again: it might not have been listening yet. */
const END_REPEAT_MS = 100;
/** When an attendant has not ended its program so long after the grace, we do. */
const END_BACKSTOP_MS = 5000;

/**
 * A program seen through its attendant: a child of ours or an adopted one.
 *
 *     watching -- record is there ---------------------------------> settled (exited)
 *        |    \-- attendant gone, no record -- remains are ended --> settled (lost)
 *        |
 *        +------ leave() ---> left (nothing settles any more)
 *
 * `end()` changes no state: it makes the attendant bring about the first way.
 */
export class AttendedProgram implements RunningProgram {
  readonly folder: string;
  readonly attendant: ProcessIdentity;
  readonly exited: Promise<ProgramExit>;

  readonly #world: World;
  readonly #killGraceMs: number;
  readonly #settle: (exit: ProgramExit) => void;
  readonly #watch: { stop(): void };
  readonly #timers = new Map<'poll' | 'end', Timer>();
  #state: 'watching' | 'concluding' | 'settled' | 'left' = 'watching';
  #endingSinceMs: number | null = null;

  /** `ended` tells of the attendant's end sooner than a look at the system does. */
  constructor(
    world: World,
    attempt: {
      readonly folder: string;
      readonly attendant: ProcessIdentity;
      readonly killGraceMs: number;
      readonly ended?: Promise<unknown>;
    },
  ) {
    this.#world = world;
    this.folder = attempt.folder;
    this.attendant = attempt.attendant;
    this.#killGraceMs = attempt.killGraceMs;
    const { promise, resolve } = Promise.withResolvers<ProgramExit>();
    this.exited = promise;
    this.#settle = resolve;
    if (attempt.ended === undefined) {
      this.#watch = world.files.watch(attempt.folder, () => void this.#lookForRecord());
    } else {
      this.#watch = { stop: () => undefined };
      void attempt.ended.then(() => this.#conclude());
    }
    this.#poll();
  }

  end(): void {
    if (this.#endingSinceMs !== null || this.#state === 'settled') return;
    this.#endingSinceMs = this.#world.clock.monotonic();
    this.#tellToEnd(this.#endingSinceMs);
  }

  leave(): void {
    if (this.#state !== 'settled') this.#finish('left');
  }

  async renew(grant: string, life: string): Promise<void> {
    if (this.#state !== 'watching') return;
    await writeRenewal(this.#world.files, this.folder, [grant, life]);
  }

  outputTail(bytes: number): Promise<string> {
    return readOutputTail(this.#world.files, this.folder, bytes);
  }

  #poll(): void {
    if (this.#state !== 'watching') return;
    if (!this.#world.processes.isAlive(this.attendant)) {
      void this.#conclude();
      return;
    }
    this.#timers.set(
      'poll',
      this.#world.timers.after(POLL_MS, () => this.#poll()),
    );
  }

  /** The record is written before the attendant is gone: no need to wait for that. */
  async #lookForRecord(): Promise<void> {
    try {
      const exit = await readExit(this.#world.files, this.folder);
      if (exit !== null && this.#state === 'watching') this.#finish('settled', exit);
    } catch {
      return; // polling leads to the same record, and to a last word if it stays unreadable
    }
  }

  /** The attendant is gone. */
  async #conclude(): Promise<void> {
    if (this.#state !== 'watching') return;
    this.#state = 'concluding';
    const exit = await this.#lastWord().catch(
      (error: unknown): ProgramExit => ({
        kind: 'lost',
        reason: `what the attendant left could not be read: ${String(error)}`,
      }),
    );
    // `leave` may have come in between; the compiler does not see that.
    if ((this.#state as string) === 'concluding') this.#finish('settled', exit);
  }

  async #lastWord(): Promise<ProgramExit> {
    const { files } = this.#world;
    return (
      (await readExit(files, this.folder)) ??
      (await endRemains(this.#world, {
        folder: this.folder,
        attendant: this.attendant,
        killGraceMs: this.#killGraceMs,
      }))
    );
  }

  #tellToEnd(sinceMs: number): void {
    if (this.#state !== 'watching') return;
    const { clock, processes, timers } = this.#world;
    if (processes.isAlive(this.attendant)) {
      processes.signalGroup(this.attendant.pid, 'SIGUSR1');
      processes.signalGroup(this.attendant.pid, 'SIGCONT');
    }
    if (clock.monotonic() - sinceMs > this.#killGraceMs + END_BACKSTOP_MS) {
      void this.#endItOurselves();
    }
    this.#timers.set(
      'end',
      timers.after(END_REPEAT_MS, () => this.#tellToEnd(sinceMs)),
    );
  }

  async #endItOurselves(): Promise<void> {
    try {
      await signalAgent(this.#world, this.folder, this.attendant.bootId, ['SIGKILL']);
    } catch {
      return; // whom to end could not be read; the next turn tries again
    }
  }

  #finish(state: 'settled' | 'left', exit?: ProgramExit): void {
    this.#state = state;
    this.#watch.stop();
    for (const timer of this.#timers.values()) timer.clear();
    if (exit !== undefined) this.#settle(exit);
  }
}
