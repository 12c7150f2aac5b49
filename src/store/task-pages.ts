import type { TaskStatus } from '../domain/status.ts';
import type { TaskLine } from './readings.ts';

/** Which tasks are wanted, of all lists. What is left out does not matter; all must hold. */
export interface TaskPageQuery {
  readonly listIds?: readonly string[];
  readonly statuses?: readonly TaskStatus[];
  /** Queued tasks by what is stored of whether they can start; with `statuses`: either. */
  readonly readiness?: readonly ('ready' | 'delayed' | 'blocked')[];
  readonly specialistTypes?: readonly string[];
  /** Tasks with all of these; case does not matter. */
  readonly labels?: readonly string[];
  /** Every word stands in the id, title, section or description; case does not matter. */
  readonly text?: string;
  /** Milliseconds UTC: from (included) and to (excluded). */
  readonly createdFromMs?: number;
  readonly createdToMs?: number;
  readonly updatedFromMs?: number;
  readonly updatedToMs?: number;
  /** Default: only those that are not archived. */
  readonly archived?: 'no' | 'only' | 'too';
  readonly withArtifacts?: boolean;
  /** The key of the last one of the page before. */
  readonly after?: TaskKey;
  /** At most `TASKS_OF_PAGE_MAX`, which is the default. */
  readonly limit?: number;
}

export const TASKS_OF_PAGE_MAX = 500;

/** Tasks are in the order of their lists' paths, and of their places there. */
export interface TaskKey {
  readonly list: string;
  readonly position: number;
  readonly id: string;
}

export interface TaskPage {
  readonly tasks: readonly PagedTask[];
  /** Null on the last page. */
  readonly next: TaskKey | null;
}

export interface PagedTask extends TaskLine {
  readonly resultSummary: string | null;
  readonly labels: readonly string[];
  /** As the promised columns hold them. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Empty unless they were asked for. */
  readonly artifacts: readonly TaskArtifact[];
}

export interface TaskArtifact {
  readonly artifactId: string;
  readonly name: string;
  readonly kind: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string | null;
  readonly state: 'open' | 'complete';
  readonly summary: string | null;
}
