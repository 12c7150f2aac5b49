import type { Clock } from '../world/clock.ts';
import { createIds } from '../world/ids.ts';
import type { ProcessIdentity, ProgramStart } from '../world/processes.ts';
import type { Random } from '../world/random.ts';
import type { Timer } from '../world/timers.ts';
import type { Checkpoint, World } from '../world/world.ts';
import type { MemoryFiles } from './memory-files.ts';
import type { ProgramScript } from './program-script.ts';
import type { SimulatedProcesses } from './simulated-processes.ts';

/** What a process has of the simulation that it lives in. */
export interface ProcessSurroundings {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly files: MemoryFiles;
  readonly processes: SimulatedProcesses;
  readonly schedule: (delayMs: number, owner: string, task: () => void) => () => void;
  readonly scriptOf: (program: ProgramStart) => ProgramScript;
  readonly note: (text: string) => void;
  /** Called at every point of the process, before it goes on. */
  readonly atPoint: (point: string, process: SimulatedProcess) => void;
}

const MOST_TIMER_MS = 2 ** 31 - 1;
const ANSWERED_AT_ONCE = new Set(['watch', 'factsNow', 'renameNow']);

/**
 * One process of the simulated host: the World that its code runs in, and what can befall it.
 *
 * ```
 * running <──resume── stopped        stopped: no timer fires, no answer arrives; all is kept
 *    └──────suspend──────^
 *    └──kill──> dead                 dead: nothing arrives any more, and no call has an effect
 * ```
 *
 * Everything between the code and the rest of the world passes a gate: its timers, its files, and
 * every port given to it by `through`. So the code of a killed process simply never goes on, just
 * as after `kill -9`, although it runs in the same JavaScript heap as its successors.
 */
export class SimulatedProcess {
  readonly name: string;
  readonly identity: ProcessIdentity;
  readonly world: World;
  readonly #around: ProcessSurroundings;
  #state: 'running' | 'stopped' | 'dead' = 'running';
  #kept: (() => void)[] = [];

  constructor(around: ProcessSurroundings) {
    this.#around = around;
    this.name = around.name;
    this.identity = around.processes.add([around.name], (signal) => {
      if (signal === 'SIGKILL') this.kill();
    }).identity;
    const { clock, random, files, processes } = around;
    this.world = {
      clock,
      random,
      ids: createIds(clock, random),
      timers: {
        after: (delayMs, task) => this.#after(delayMs, task),
        soon: (task) => {
          around.schedule(0, this.name, () => this.deliver(task));
        },
      },
      processes: processes.seenBy(this.identity, around.scriptOf),
      files: this.through('files', files),
      checkpoint: (name: Checkpoint) => this.#reach(`checkpoint:${name}`),
    };
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get isAlive(): boolean {
    return this.#state !== 'dead';
  }

  /** As `kill -9`: nothing of it goes on. The programs it started do. */
  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#kept = [];
    this.#around.processes.remove(this.identity.pid);
    this.#around.note(`${this.name} killed`);
  }

  /** As `kill -STOP`: its time stands still until `resume`. */
  suspend(): void {
    if (this.#state !== 'running') return;
    this.#state = 'stopped';
    this.#around.note(`${this.name} stopped`);
  }

  /** As `kill -CONT`: whatever came due meanwhile happens now, in its order. */
  resume(): void {
    if (this.#state !== 'stopped') return;
    this.#state = 'running';
    this.#around.note(`${this.name} goes on`);
    for (const task of this.#kept.splice(0)) {
      this.#around.schedule(0, this.name, () => this.deliver(task));
    }
  }

  /** Do something in this process: now, when it goes on, or never. */
  deliver(task: () => void): void {
    if (this.#state === 'running') task();
    else if (this.#state === 'stopped') this.#kept.push(task);
  }

  /**
   * A port (a store, a runner, files ...) as this process sees it: each call and each answer
   * passes the gate, and is a point `<name>.<method>:before` and `:after` at which the process may
   * be killed. Callbacks given to a method pass it, too.
   */
  through<Port extends object>(name: string, port: Port): Port {
    return new Proxy(port, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function' || typeof key === 'symbol') return value;
        return (...args: readonly unknown[]) =>
          this.#call(`${name}.${key}`, () =>
            Reflect.apply(
              value,
              target,
              args.map((one) => this.#callback(one)),
            ),
          );
      },
    });
  }

  /** The answer when it may arrive here: never in a dead process. */
  gated<T>(answer: PromiseLike<T>, point?: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const arrive = (settle: () => void): void => {
        if (point !== undefined) this.#reach(point);
        this.deliver(settle);
      };
      answer.then(
        (value) => arrive(() => resolve(value)),
        (error: unknown) => arrive(() => reject(error)),
      );
    });
  }

  #call(point: string, call: () => unknown): unknown {
    this.#reach(`${point}:before`);
    const atOnce = ANSWERED_AT_ONCE.has(point.slice(point.indexOf('.') + 1));
    if (this.#state !== 'running' && !atOnce) {
      return new Promise<unknown>((resolve) => {
        this.deliver(() => resolve(this.#call(point, call)));
      });
    }
    const answer = call();
    if (!isPromiseLike(answer)) return answer;
    return this.gated(answer, `${point}:after`);
  }

  #callback(one: unknown): unknown {
    if (typeof one !== 'function') return one;
    return (...args: readonly unknown[]) => {
      this.deliver(() => void Reflect.apply(one, undefined, args));
    };
  }

  #after(delayMs: number, task: () => void): Timer {
    // As Node has it: whole milliseconds, at least one; a delay that is too long is none.
    const whole = delayMs >= 1 && delayMs <= MOST_TIMER_MS ? Math.trunc(delayMs) : 1;
    let cleared = false;
    const callOff = this.#around.schedule(whole, this.name, () => {
      this.deliver(() => {
        if (!cleared) task();
      });
    });
    return {
      clear: () => {
        cleared = true;
        callOff();
      },
    };
  }

  #reach(point: string): void {
    if (this.#state === 'running') this.#around.atPoint(point, this);
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
