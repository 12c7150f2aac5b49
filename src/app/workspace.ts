import type { ProgramRunner } from '../agents/runner.ts';
import type { Logger } from '../observe/logger.ts';
import type { OlderStore } from '../operations/older-store.ts';
import type { Store } from '../store/store.ts';
import type { World } from '../world/world.ts';

/** One project: its folder, its state, and what works on it. */
export interface Workspace {
  /** The project's root: where agents work. */
  readonly root: string;
  /** `.pawl` in it. */
  readonly stateDir: string;
  readonly world: World;
  /** Another one after `rebuildStore`: read it each time. */
  readonly store: Store;
  readonly runner: ProgramRunner;
  readonly log: Logger;
  /** What a `.task_orchestrator` in the project still has. */
  readonly older?: OlderStore;
  /** Close the store and open it anew, rebuilt as far as needed. */
  rebuildStore(): Promise<void>;
  close(): Promise<void>;
}
