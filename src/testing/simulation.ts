import { PawlError } from '../domain/errors.ts';
import type { ProgramStart } from '../world/processes.ts';
import type { Random } from '../world/random.ts';
import { systemTimers } from '../world/timers.ts';
import type { World } from '../world/world.ts';
import { EventQueue } from './event-queue.ts';
import { MemoryFiles } from './memory-files.ts';
import type { ProgramScript } from './program-script.ts';
import { ScriptedPrograms, type ScriptOf } from './scripted-runner.ts';
import { createSeededRandom } from './seeded-random.ts';
import { SimulatedProcess } from './simulated-process.ts';
import { SimulatedProcesses } from './simulated-processes.ts';

export interface SimulationOptions {
  /** One seed replays everything. Default 1. */
  readonly seed?: number;
  /** The wall clock at the beginning, milliseconds since the epoch. Default 2026-01-01 UTC. */
  readonly startMs?: number;
  /** What programs do that are started with `world.processes.startDetached`. */
  readonly scriptOf?: (program: ProgramStart) => ProgramScript;
}

/** A line of what happened, at a moment of simulated time. */
export interface SimulationNote {
  readonly atMs: number;
  readonly text: string;
}

const DEFAULT_START_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
/** So many events at one moment are a loop that never lets time pass. */
const EVENTS_AT_ONCE_MAX = 10_000;

/**
 * A world without chance and without waiting. Time stands still while code runs, and jumps to the
 * next timer when all is quiet, so a week passes in the time its work takes. Everything comes from
 * the seed: two simulations with the same seed and the same code note the same lines.
 *
 * ```ts
 * const simulation = simulate({ seed: 7 });
 * const { world } = simulation.startProcess();
 * const done = myRunner(world).start(spec);
 * await simulation.run(60_000);
 * ```
 *
 * Code in it may await only what the simulation answers: timers, files and processes of its world,
 * programs of `simulation.programs`, and whatever is computed at once.
 */
export class Simulation {
  /** Of the simulation itself: for what is never killed, such as a store that all share. */
  readonly world: World;
  readonly files: MemoryFiles;
  readonly processes: SimulatedProcesses;
  readonly random: Random;
  readonly #queue = new EventQueue();
  readonly #notes: SimulationNote[] = [];
  readonly #scriptOf: (program: ProgramStart) => ProgramScript;
  #elapsedMs = 0;
  #wallOffsetMs: number;
  #monotonicOffsetMs = 0;
  readonly #names = new Set<string>();
  #atPoint: (point: string, process: SimulatedProcess) => void = () => undefined;

  constructor(options: SimulationOptions = {}) {
    this.random = createSeededRandom(options.seed ?? 1);
    this.#wallOffsetMs = options.startMs ?? DEFAULT_START_MS;
    this.#scriptOf = options.scriptOf ?? (() => ({}));
    this.files = new MemoryFiles(this.#clock, (task) => void this.#schedule(0, HOST, task));
    this.processes = new SimulatedProcesses({
      host: 'simulated',
      after: (delayMs, task) => this.#schedule(delayMs, HOST, task),
      nowMs: () => this.#elapsedMs,
    });
    const host = this.#process(HOST);
    this.processes.remove(host.identity.pid); // so that not even a reboot ends it
    this.world = host.world;
  }

  /** Simulated milliseconds since the beginning, whatever the clocks say. */
  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** What happened so far: the same for the same seed. */
  get notes(): readonly SimulationNote[] {
    return this.#notes;
  }

  note(text: string): void {
    this.#notes.push({ atMs: this.#elapsedMs, text });
  }

  /** A new process of the simulated host. */
  startProcess(name = `process ${this.#names.size + 1}`): SimulatedProcess {
    this.#names.add(name);
    return this.#process(name);
  }

  /** Programs that do what `scriptOf` says, and a runner for each process that watches them. */
  programs(scriptOf: ScriptOf): ScriptedPrograms {
    return new ScriptedPrograms(this, scriptOf);
  }

  /**
   * Be told of every point that a process passes: `checkpoint:<name>`, `<port>.<method>:before`
   * and `:after`. The place to kill or stop it.
   */
  atPoints(tell: (point: string, process: SimulatedProcess) => void): void {
    this.#atPoint = tell;
  }

  /** Do something later, on the host's own time: nobody's death calls it off. */
  after(delayMs: number, task: () => void): () => void {
    return this.#schedule(delayMs, HOST, task);
  }

  /**
   * Let clocks jump. The wall alone: somebody set it, or the host slept. The monotonic clock alone:
   * the host was paused from outside; processes' timers are then nearer by as much.
   */
  jump(by: { readonly wallMs?: number; readonly monotonicMs?: number }): void {
    const { wallMs = 0, monotonicMs = 0 } = by;
    this.note(`clocks jump by ${wallMs} and ${monotonicMs}`);
    this.#wallOffsetMs += wallMs;
    this.#monotonicOffsetMs += monotonicMs;
    if (monotonicMs <= 0) return;
    for (const name of this.#names) {
      this.#queue.bringForward(name, monotonicMs, this.#elapsedMs);
    }
  }

  /** Let so much simulated time pass, and everything that falls into it happen. */
  async run(forMs: number): Promise<void> {
    const endMs = this.#elapsedMs + forMs;
    await this.#advance(endMs, () => false);
    this.#elapsedMs = endMs;
  }

  /**
   * Let time pass until `condition` holds, looking after every event.
   *
   * @throws PawlError `deadline_exceeded` when it does not hold within `withinMs` (default: a day).
   */
  async runUntil(condition: () => boolean, withinMs: number = DAY_MS): Promise<void> {
    const endMs = this.#elapsedMs + withinMs;
    await this.#advance(endMs, condition);
    if (condition()) return;
    const last = this.#notes.slice(-5).map((note) => `${note.atMs} ${note.text}`);
    throw new PawlError('deadline_exceeded', `in vain waited ${withinMs} ms of simulated time`, {
      details: { elapsedMs: this.#elapsedMs, pending: this.#queue.size, last },
    });
  }

  /** The value of a promise that needs simulated time to settle. */
  async settle<T>(promise: Promise<T>, withinMs: number = DAY_MS): Promise<T> {
    let over = false;
    const told = (): void => {
      over = true;
    };
    promise.then(told, told);
    await this.runUntil(() => over, withinMs);
    return await promise;
  }

  get #clock() {
    return {
      now: () => this.#elapsedMs + this.#wallOffsetMs,
      monotonic: () => this.#elapsedMs + this.#monotonicOffsetMs,
    };
  }

  #process(name: string): SimulatedProcess {
    return new SimulatedProcess({
      name,
      clock: this.#clock,
      random: this.random,
      files: this.files,
      processes: this.processes,
      schedule: (delayMs, owner, task) => this.#schedule(delayMs, owner, task),
      scriptOf: this.#scriptOf,
      note: (text) => this.note(text),
      atPoint: (point, process) => this.#atPoint(point, process),
    });
  }

  #schedule(delayMs: number, owner: string, task: () => void): () => void {
    const event = this.#queue.add(this.#elapsedMs + delayMs, owner, task);
    return () => {
      event.cancelled = true;
    };
  }

  async #advance(endMs: number, isEnough: () => boolean): Promise<void> {
    let atOnce = 0;
    await quiet();
    while (!isEnough()) {
      const next = this.#queue.peek();
      if (next === null || next.atMs > endMs) return;
      atOnce = next.atMs > this.#elapsedMs ? 0 : atOnce + 1;
      if (atOnce > EVENTS_AT_ONCE_MAX) {
        throw new PawlError('bug', 'the simulated code is busy without end, and no time passes');
      }
      this.#queue.take();
      this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs);
      next.happen();
      await quiet();
    }
  }
}

/** A new simulated world; see `Simulation`. */
export function simulate(options: SimulationOptions = {}): Simulation {
  return new Simulation(options);
}

const HOST = 'host';

/** Every promise that can settle has settled: the event loop comes round only after them. */
function quiet(): Promise<void> {
  return new Promise((resolve) => {
    systemTimers.soon(resolve);
  });
}
