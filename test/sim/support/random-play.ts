import type { ProgramRunner } from '../../../src/agents/runner.ts';
import { isPawlError } from '../../../src/domain/errors.ts';
import type { Store } from '../../../src/store/store.ts';
import type { SimulatedProcess, SimulationNote } from '../../../src/testing.ts';
import { ListScene } from './list-scene.ts';
import { PlayRecorder } from './play-recorder.ts';
import { Dice, randomScript, randomTasks } from './play-script.ts';
import { SceneExecutor } from './scene-executor.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const CHAOS_MS = 40 * MINUTE_MS;
/** After the chaos everything must come to rest within this much simulated time. */
const CALM_MS = 72 * HOUR_MS;
const EXECUTORS = 3;
/** Points that are passed seldom, and matter most. */
const LIKELY: Readonly<Record<string, number>> = {
  'checkpoint:before-finish': 30,
  'checkpoint:after-claim': 10,
  'runner.start:before': 10,
  'runner.start:after': 10,
  'store.finishAttempt:after': 5,
};

export interface PlayOptions {
  readonly seed: number;
  /** A store or a runner without one of its guards. */
  readonly store?: (store: Store) => Store;
  readonly runner?: (runner: ProgramRunner) => ProgramRunner;
}

export interface PlayReport {
  readonly violations: readonly string[];
  readonly notes: readonly SimulationNote[];
  readonly claims: number;
  readonly kills: number;
  readonly stops: number;
}

/**
 * One play by chance: a random list, agents that do anything, three executors that die and stop at
 * any point and come again, persons with their verbs, clocks that jump. Then peace: everything must
 * come to an end, and be as it must be.
 */
export async function randomPlay(options: PlayOptions): Promise<PlayReport> {
  return await new RandomPlay(options).run();
}

class RandomPlay {
  readonly #options: PlayOptions;
  readonly #dice: Dice;
  readonly #recorder = new PlayRecorder();
  readonly #cast: SceneExecutor[] = [];
  #scene!: ListScene;
  #isChaos = true;
  #kills = 0;
  #stops = 0;

  constructor(options: PlayOptions) {
    this.#options = options;
    this.#dice = new Dice(options.seed);
  }

  async run(): Promise<PlayReport> {
    const dice = this.#dice;
    const tasks = randomTasks(dice);
    this.#scene = await ListScene.open({
      seed: this.#options.seed,
      tasks,
      script: (program) => {
        this.#recorder.started(this.#scene, program);
        return randomScript(dice, program);
      },
      options: { maxConcurrent: dice.whole(1, 4), agentLimits: { other: dice.whole(1, 2) } },
    });
    const { simulation } = this.#scene;
    simulation.atPoints((point, process) => this.#strike(point, process));
    for (let slot = 0; slot < EXECUTORS; slot += 1) this.#enter(dice.whole(0, 2_000));
    while (simulation.elapsedMs < CHAOS_MS) {
      await simulation.run(dice.spread(500, 3 * MINUTE_MS));
      await this.#intervene();
    }
    await this.#makePeace();
    await this.#recorder.judge(this.#scene, tasks);
    return {
      violations: this.#recorder.violations,
      notes: simulation.notes,
      claims: this.#recorder.claims,
      kills: this.#kills,
      stops: this.#stops,
    };
  }

  /** An executor enters, and another one in its place when it is gone. */
  #enter(afterMs: number): void {
    const { simulation } = this.#scene;
    simulation.after(afterMs, () => {
      const executor = new SceneExecutor(this.#scene, {
        store: (store) => this.#recorder.over((this.#options.store ?? same)(store)),
        runner: this.#options.runner ?? same,
      });
      this.#cast.push(executor);
      void executor.process.gated(executor.start());
      const look = (): void => {
        if (!this.#isChaos) return;
        if (executor.process.isAlive && executor.end === null) simulation.after(1_000, look);
        else this.#enter(this.#dice.spread(100, 2 * MINUTE_MS));
      };
      look();
    });
  }

  /** At any point of any executor. */
  #strike(point: string, process: SimulatedProcess): void {
    if (!this.#isChaos || process.name === 'host') return;
    const likely = LIKELY[point] ?? 1;
    if (this.#dice.chance(0.001 * likely)) {
      this.#kills += 1;
      process.kill();
    } else if (this.#dice.chance(0.002 * likely)) {
      this.#stops += 1;
      process.suspend();
      const forMs = this.#dice.spread(1_000, 10 * MINUTE_MS);
      this.#scene.simulation.after(forMs, () => process.resume());
    }
  }

  async #intervene(): Promise<void> {
    const scene = this.#scene;
    const dice = this.#dice;
    const what = dice.whole(1, 20);
    if (what <= 6) await this.#change();
    else if (what <= 8) await scene.setStatus('paused');
    else if (what === 9) await scene.setStatus('stopped');
    else if (what <= 13) await scene.setStatus('running');
    else if (what === 14) scene.simulation.jump({ wallMs: dice.whole(-1, 8) * HOUR_MS });
    else if (what === 15) scene.simulation.jump({ monotonicMs: dice.spread(1_000, HOUR_MS) });
    else if (what === 16 && dice.chance(0.3)) scene.simulation.processes.reboot();
    else if (what === 17) void dice.one(this.#cast)?.executor.leave();
    else if (what === 18) void dice.one(this.#cast)?.executor.endAgents();
    else if (what === 19) dice.one(this.#cast)?.executor.drain();
  }

  async #change(): Promise<void> {
    const { store, listId, simulation } = this.#scene;
    const dice = this.#dice;
    const task = dice.one(await simulation.settle(store.tasks({ listId })));
    const verb = dice.one(['skip', 'cancel', 'retry', 'retry', 'requeue', 'complete'] as const);
    const cascade = verb === 'requeue' && dice.chance(0.5);
    const change = { id: task.id, verb, reason: verb, by: 'person', confirmed: true } as const;
    try {
      await simulation.settle(store.changeTask({ ...change, cascade }));
    } catch (cause) {
      if (!isPawlError(cause, 'illegal_transition')) throw cause;
    }
  }

  async #makePeace(): Promise<void> {
    const scene = this.#scene;
    this.#isChaos = false;
    for (const { process } of this.#cast) process.resume();
    await scene.setStatus('running');
    this.#enter(1_000);
    await scene.simulation.run(2_000);
    const last = this.#cast.at(-1) as SceneExecutor;
    try {
      await scene.simulation.runUntil(() => last.end !== null, CALM_MS);
      if (last.end?.kind !== 'finished') {
        this.#recorder.violations.push(`the last executor ended with ${JSON.stringify(last.end)}`);
      }
      await scene.simulation.run(HOUR_MS);
    } catch (cause) {
      if (!isPawlError(cause, 'deadline_exceeded')) throw cause;
      this.#recorder.violations.push(`no end: ${cause.message}`);
    }
    for (const { end, process } of this.#cast) {
      if (process.isAlive && end === null) this.#recorder.violations.push(`${process.name} hangs`);
    }
  }
}

function same<T>(port: T): T {
  return port;
}
