import type { ClaimContext } from '../operations/claim-context.ts';
import type { listRoles } from '../operations/list-roles.ts';
import type { EndByFolder } from '../operations/orphaned-attempt.ts';
import type { ProbeHealth } from '../operations/probe-health.ts';

/** A project as tools work on it. */
export interface DoorWorkspace extends ClaimContext {
  /** How often it was opened by a restart, over all processes. */
  readonly generation: number;
  readonly runs: RunDesk;
  /** Where roles are described. */
  readonly rolePlaces: Parameters<typeof listRoles>[1];
  readonly runner: { readonly endByFolder: EndByFolder };
  /** What a health check is told that the store itself does not say. */
  healthFacts(): Promise<Pick<ProbeHealth, 'schema' | 'backups'>>;
}

/** Lets lists be executed for clients, by processes that outlive this one. */
export interface RunDesk {
  /**
   * Execute a list until nothing is left that could run.
   *
   * @throws PawlError `list_not_found`, `breakdown_archived`, `agent_unknown`, `agent_missing`,
   *   `config_invalid`, `run_failed`.
   */
  start(wish: RunWish): Promise<StartedRun>;
  /**
   * Refuse what `start` would, as far as it is known before the list is read. Changes nothing.
   *
   * @throws PawlError `agent_unknown`, `agent_missing`, `config_invalid`, `breakdown_archived`.
   */
  check(wish: RunWish): Promise<void>;
  /** A run that this process started is not over. */
  isHere(listId: string): boolean;
}

export interface RunWish {
  /** Of the list; `breakdown:ID` for a breakdown. */
  readonly path: string;
  /** One that is known by name; default: as the project's settings say. */
  readonly agent?: string | undefined;
  readonly concurrency?: number | undefined;
}

export interface StartedRun {
  /** `elsewhere`: a process executes it already. */
  readonly kind: 'started' | 'elsewhere';
  readonly process: string | null;
  /** What the agent will not be able to do, in sentences. */
  readonly notes: readonly string[];
}

/** Projects as calls use them: opened when needed, closed when nobody needs them any more. */
export interface Workspaces {
  /** Where this process was started. */
  readonly startDir: string;
  /** The project that a folder belongs to, or would be. */
  locate(dir: string): Promise<WorkspacePlace>;
  /**
   * Work in a project. It stays open while `work` goes on, unless `ended` aborts. With `looks` only
   * to look: also where there is no store yet, but that of an older orchestrator.
   *
   * @throws PawlError `store_not_found` when there is none yet and `create` is false.
   */
  use<T>(
    place: { readonly root: string; readonly create: boolean; readonly looks?: boolean },
    work: (workspace: DoorWorkspace, ended: AbortSignal) => Promise<T>,
  ): Promise<T>;
  /** `RunDesk.check` of a project that has no store yet. */
  checkRun(root: string, wish: RunWish): Promise<void>;
  /** Let the calls under way end, close the project, open it anew. Gives its generation. */
  restart(root: string, options: { readonly drainMs: number }): Promise<RestartedWorkspace>;
}

export interface WorkspacePlace {
  readonly root: string;
  /** There is a store already. */
  readonly exists: boolean;
  /** There is the store of an older orchestrator. */
  readonly older: boolean;
  /** What says so: a `.pawl` folder, a git repository, or nothing but the folder itself. */
  readonly by: 'marker' | 'git' | 'folder';
  /** A folder in which nobody keeps a project: home, the one for temporary files, `/`. */
  readonly shared: boolean;
}

export interface RestartedWorkspace {
  /** How often this project was opened by a restart, over all processes. */
  readonly generation: number;
  readonly tookMs: number;
  /** Calls that ended before it was closed. */
  readonly drained: number;
  /** Calls that were ended, because they took longer than they were given. */
  readonly ended: number;
}
