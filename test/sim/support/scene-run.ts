import { ListRun } from '../../../src/app/list-run.ts';
import type { Workspace } from '../../../src/app/workspace.ts';
import type { ExecutionEnd, ExecutionEvent } from '../../../src/engine/execution.ts';
import { createLauncher } from '../../../src/engine/launcher.ts';
import { silentLogger } from '../../../src/observe/logger.ts';
import type { Store } from '../../../src/store/store.ts';
import type { SimulatedProcess } from '../../../src/testing.ts';
import { ATTEMPTS_DIR, SCENE_AGENTS, type SceneParts } from './scene-options.ts';

export interface SceneRunOptions {
  /** What the run's process gets in place of the store. */
  readonly store?: (store: Store) => Store;
  /** The store is rebuilt: gives the new one, and the list's id in it. */
  readonly rebuild?: () => Promise<{ readonly store: Store; readonly listId: string }>;
}

/** One `pawl run` of the scene's list, in a process and with a workspace of its own. */
export class SceneRun {
  readonly process: SimulatedProcess;
  readonly run: ListRun;
  readonly events: ExecutionEvent[] = [];
  end: ExecutionEnd | null = null;

  constructor(scene: SceneParts, input: SceneRunOptions = {}) {
    const process = scene.simulation.startProcess();
    this.process = process;
    const { world } = process;
    let listId = scene.listId;
    const seen = (store: Store): Store =>
      process.through('store', withoutBackups((input.store ?? ((same) => same))(store)));
    let store = seen(scene.store);
    const workspace: Workspace = {
      root: '/project',
      stateDir: '/project/.pawl',
      world,
      runner: scene.programs.runnerOf(process),
      log: silentLogger,
      get store() {
        return store;
      },
      rebuildStore: async () => {
        if (input.rebuild === undefined) throw new Error('the scene rebuilds no store');
        const rebuilt = await process.gated(input.rebuild());
        store = process.through('store', withoutBackups(rebuilt.store));
        listId = rebuilt.listId;
      },
      close: () => Promise.resolve(),
    };
    const { options } = scene;
    const launcher = createLauncher({
      ...{ world, options, root: '/project', extraAgents: SCENE_AGENTS, allowance: 'edits' },
      ...{
        promptTemplate: null,
        roleContext: async (name) => `## Your role: ${name}`,
        inherited: { PATH: '/bin' },
      },
    });
    this.run = new ListRun(
      {
        workspace,
        listPath: '/project/tasks.md',
        version: 'test',
        executor: {
          ...{ launcher, options, only: null, attemptsDir: ATTEMPTS_DIR, writeMarks: null },
          onEvent: (event) => void this.events.push(event),
        },
        reload: () => Promise.resolve(listId),
      },
      listId,
    );
    void process.gated(this.run.ended).then((end) => {
      this.end = end;
    });
  }

  /** Whether it executes the list, or watches whoever does. */
  get role(): 'executes' | 'watches' {
    return this.run.watched === null ? 'executes' : 'watches';
  }

  told(taskId: string): readonly string[] {
    return this.events.flatMap((event) =>
      'taskId' in event && event.taskId === taskId ? [event.kind.slice('task:'.length)] : [],
    );
  }
}

/** Copies are made by threads of the system, which simulated time knows nothing of. */
function withoutBackups(store: Store): Store {
  return new Proxy(store, {
    get: (target, key) => {
      if (key === 'backup') return () => Promise.resolve();
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
