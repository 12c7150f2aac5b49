import { PawlError } from '../domain/errors.ts';
import { PersistenceManager } from './persistence-manager.ts';
import type { LoadedSubtask, Subtask, TaskBreakdown } from './task-breakdown.ts';
import type { CallOptions } from './task-executor.ts';

export interface StateManagerOptions {
  readonly baseDir?: string;
  /** Another database than the project's: a path or a URL, as `dbUrl` of `PersistenceManager`. */
  readonly dbPath?: string;
}

const GET_TIMEOUT_S = 10;
const STALE_LOCK_S = 120;

/**
 * Subtasks by their ids alone, as users of the older orchestrator's state manager ask for them. A
 * thin face of `PersistenceManager`, with the same promises.
 */
export class StateManager implements AsyncDisposable {
  readonly #persistence: PersistenceManager;

  constructor({ baseDir, dbPath }: StateManagerOptions = {}) {
    this.#persistence = new PersistenceManager({
      ...(baseDir === undefined ? {} : { baseDir }),
      ...(dbPath === undefined ? {} : { dbUrl: dbPath }),
    });
  }

  async storeTaskBreakdown(breakdown: TaskBreakdown, call: CallOptions = {}): Promise<void> {
    await this.#persistence.saveTaskBreakdown(breakdown, call);
  }

  /**
   * Null when no breakdown has it.
   *
   * @throws PawlError `task_ambiguous` when several have; `deadline_exceeded` after
   *   `timeoutSeconds` (10).
   */
  async getSubtask(
    taskId: string,
    timeoutSeconds: number = GET_TIMEOUT_S,
    call: CallOptions = {},
  ): Promise<LoadedSubtask | null> {
    const timed = { ...call, deadlineMs: timeoutSeconds * 1_000 };
    const parentTaskId = await this.#persistence.getParentTaskId(taskId, timed);
    if (parentTaskId === null) return null;
    const subtasks = await this.getSubtasksForParent(parentTaskId, timed);
    return subtasks.find((one) => one.taskId === taskId) ?? null;
  }

  /** @throws PawlError `task_not_found`, `task_ambiguous`, and those of saving. */
  async updateSubtask(subtask: Subtask | LoadedSubtask, call: CallOptions = {}): Promise<void> {
    const parentTaskId = await this.#persistence.getParentTaskId(subtask.taskId, call);
    if (parentTaskId === null) {
      throw new PawlError('task_not_found', `no breakdown has a subtask ${subtask.taskId}`);
    }
    await this.#persistence.updateSubtask(subtask, parentTaskId, call);
  }

  /** Empty when there is no such breakdown. */
  async getSubtasksForParent(
    parentTaskId: string,
    call: CallOptions = {},
  ): Promise<LoadedSubtask[]> {
    return (await this.#persistence.loadTaskBreakdown(parentTaskId, call))?.subtasks ?? [];
  }

  /** The subtasks of every breakdown that is not archived, as of one moment. */
  async getAllTasks(call: CallOptions = {}): Promise<LoadedSubtask[]> {
    return (await this.#persistence.getAllBreakdowns(call)).flatMap(({ subtasks }) => subtasks);
  }

  async cleanupStaleLocks(
    maxAgeSeconds: number = STALE_LOCK_S,
    call: CallOptions = {},
  ): Promise<number> {
    return await this.#persistence.cleanupStaleLocks(maxAgeSeconds, call);
  }

  async dispose(): Promise<void> {
    await this.#persistence.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}
