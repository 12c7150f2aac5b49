import type { ImportedStatus } from '../domain/importing/imported-plan.ts';
import type { TaskView } from './task-view.ts';

/**
 * A task that is still only in the older store of the project, as every command shows it. It has no
 * id of its own yet: `id` is its task id.
 */
export interface OlderTask extends TaskView {
  readonly source: 'legacy';
  readonly parentTaskId: string;
  readonly dependsOn: readonly {
    readonly taskId: string;
    readonly status: ImportedStatus;
    readonly satisfied: boolean;
  }[];
  readonly labels: readonly string[];
  readonly criteria: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
  readonly resultSummary: string | null;
  readonly archived: boolean;
  /** Null where the older store does not say. */
  readonly createdAt: string | null;
}

/** A plan of the older store with those of its tasks that were not taken over. */
export interface OlderPlan {
  readonly parentTaskId: string;
  readonly title: string;
  readonly tasks: readonly OlderTask[];
}

export interface OlderLook {
  /** Those that have such tasks, in an order that stays. */
  readonly plans: readonly OlderPlan[];
  /** Why not all of it could be read; null when it was, or where there is none. */
  readonly trouble: OlderTrouble | null;
}

export interface OlderTrouble {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** What a project's older store still has, while both are in use. */
export interface OlderStore {
  /**
   * What was not taken over yet. Changes nothing, and does not fail for what it finds. Costs one
   * look at the disk where there is no such store, a few where nothing changed in it. While the
   * older server writes all the time it is tried for a second; `toChange` for ten.
   */
  look(why?: 'toChange'): Promise<OlderLook>;
  /**
   * Take over what is left of a plan, as a whole: the dependencies of its tasks come along. Two
   * that do so at once do it once. False when the older store has no such plan.
   *
   * @throws PawlError `import_source_busy`, `import_source_unreadable`, `import_not_verified`,
   *   `lock_held`.
   */
  takeOver(parentTaskId: string): Promise<boolean>;
}

export const NOTHING_OLDER: OlderLook = { plans: [], trouble: null };
