import type { ExecutionEnd, ExecutionEvent } from '../../../src/engine/execution.ts';
import { createLauncher } from '../../../src/engine/launcher.ts';
import { WorkServer } from '../../../src/engine/work-server.ts';
import { silentLogger } from '../../../src/observe/logger.ts';
import type { Store } from '../../../src/store/store.ts';
import type { SimulatedProcess } from '../../../src/testing.ts';
import { pause } from '../../../src/world/timers.ts';
import { ATTEMPTS_DIR, SCENE_AGENTS, type SceneParts } from './scene-options.ts';

export interface SceneServerOptions {
  readonly capacity: number;
  /** What the server's process gets in place of the store. */
  readonly store?: (store: Store) => Store;
  /** How long it takes to be set up for a list. */
  readonly prepareMs?: number;
}

/** A `WorkServer` in a process of its own, with what it said. */
export class SceneServer {
  readonly process: SimulatedProcess;
  readonly server: WorkServer;
  readonly events: ExecutionEvent[] = [];
  /** How it ended; null while it works (and for ever when its process was killed). */
  end: ExecutionEnd | null = null;

  constructor(scene: SceneParts, { capacity, store, prepareMs = 0 }: SceneServerOptions) {
    const { simulation, options } = scene;
    const process = simulation.startProcess();
    const { world } = process;
    const launcher = createLauncher({
      ...{ world, root: '/project', options, extraAgents: SCENE_AGENTS, allowance: 'edits' },
      ...{ promptTemplate: null, inherited: { PATH: '/bin' } },
      roleContext: async (name) => `## Your role: ${name}`,
    });
    this.process = process;
    this.server = new WorkServer({
      ...{ world, log: silentLogger, version: 'test', attemptsDir: ATTEMPTS_DIR, options },
      store: process.through('store', store?.(scene.store) ?? scene.store),
      runner: scene.programs.runnerOf(process),
      ...{ capacity, labels: [], untilIdle: true },
      prepare: async () => {
        if (prepareMs > 0) await pause(world.timers, prepareMs);
        return { options, launcher, missingAgents: async () => new Map() };
      },
      writeMarks: async () => true,
      maintain: async () => undefined,
      onEvent: (event) => void this.events.push(event),
    });
    void process.gated(this.server.ended).then((end) => {
      this.end = end;
    });
  }
}
