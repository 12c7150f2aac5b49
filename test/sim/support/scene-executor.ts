import type { ProgramRunner } from '../../../src/agents/runner.ts';
import { heededOptions } from '../../../src/app/heeded-options.ts';
import type {
  ExecutionEnd,
  ExecutionEvent,
  ExecutionOptions,
} from '../../../src/engine/execution.ts';
import { createLauncher } from '../../../src/engine/launcher.ts';
import { ListExecutor } from '../../../src/engine/list-executor.ts';
import { silentLogger } from '../../../src/observe/logger.ts';
import type { Store } from '../../../src/store/store.ts';
import type { SimulatedProcess } from '../../../src/testing.ts';
import { ATTEMPTS_DIR, SCENE_AGENTS, type SceneParts } from './scene-options.ts';

export interface SceneExecutorOptions {
  readonly options?: Partial<ExecutionOptions>;
  readonly listId?: string;
  readonly only?: string;
  readonly takenOverAt?: number;
  /** What the executor's process gets in place of the store, and of the runner. */
  readonly store?: (store: Store) => Store;
  readonly runner?: (runner: ProgramRunner) => ProgramRunner;
  readonly writeMarks?: () => Promise<boolean>;
  readonly keepRole?: () => Promise<boolean>;
}

/** A `ListExecutor` in a process of its own, with what it said. */
export class SceneExecutor {
  readonly process: SimulatedProcess;
  readonly executor: ListExecutor;
  readonly holderId: string;
  readonly events: ExecutionEvent[] = [];
  /** How it ended; null while it works (and for ever when its process was killed). */
  end: ExecutionEnd | null = null;
  readonly #scene: SceneParts;
  readonly #listId: string;

  constructor(scene: SceneParts, input: SceneExecutorOptions) {
    const process = scene.simulation.startProcess();
    const store = (input.store ?? same)(scene.store);
    const runner = (input.runner ?? same)(scene.programs.runnerOf(process));
    this.#scene = scene;
    this.#listId = input.listId ?? scene.listId;
    this.process = process;
    this.holderId = process.world.ids.uuid();
    const options = { ...scene.options, ...input.options };
    this.executor = new ListExecutor({
      world: process.world,
      store: process.through('store', store),
      runner,
      launcher: createLauncher({
        world: process.world,
        root: '/project',
        options,
        extraAgents: SCENE_AGENTS,
        allowance: 'edits',
        promptTemplate: null,
        roleContext: async (name) => `## Your role: ${name}`,
        inherited: { PATH: '/bin' },
      }),
      log: silentLogger,
      listId: this.#listId,
      holderId: this.holderId,
      ...heededOptions(options, null),
      only: input.only ?? null,
      takenOverAt: input.takenOverAt ?? null,
      attemptsDir: ATTEMPTS_DIR,
      writeMarks: input.writeMarks ?? null,
      onEvent: (event) => void this.events.push(event),
      keepRole: input.keepRole ?? (() => Promise.resolve(true)),
    });
    void process.gated(this.executor.ended).then((end) => {
      this.end = end;
      void scene.store.endInstance(this.holderId);
    });
  }

  async start(): Promise<void> {
    const { world, identity } = this.process;
    await this.#scene.store.registerInstance({
      id: this.holderId,
      kind: 'executor',
      host: world.processes.host,
      process: identity,
      version: 'test',
      listId: this.#listId,
    });
    await this.executor.start();
  }

  /** Let time pass until it ended. */
  async ended(withinMs?: number): Promise<ExecutionEnd> {
    await this.#scene.simulation.runUntil(() => this.end !== null, withinMs);
    return this.end as ExecutionEnd;
  }

  /** What it told of a task, in order: `completed`, `retry` ... */
  told(taskId: string): readonly string[] {
    return this.events.flatMap((event) =>
      'taskId' in event && event.taskId === taskId ? [event.kind.slice('task:'.length)] : [],
    );
  }
}

function same<T>(port: T): T {
  return port;
}
