import type { Priority } from '../domain/priority.ts';
import type { TaskStatus } from '../domain/status.ts';
import type { ListSummary, TaskLine } from '../store/store.ts';

/** A task of a list, as programs see it. */
export interface ParsedTask {
  /** Unique over all lists. */
  readonly uuid: string;
  /** As the list writes it. */
  readonly id: string;
  readonly description: string;
  readonly priority: Priority;
  readonly section: string | null;
  readonly status: TaskStatus;
  /** Task ids that must complete first. */
  readonly dependencies?: readonly string[];
  /** 1-based place in the file. */
  readonly position: number;
  /** Charged tries so far. */
  readonly attempts: number;
  readonly lastError: string | null;
}

export interface TaskListSummary {
  readonly taskListPath: string;
  readonly title: string | null;
  readonly totalTasks: number;
  readonly completedTasks: number;
  readonly failedTasks: number;
  readonly skippedTasks: number;
  readonly queuedTasks: number;
}

export interface ExecutorStatusReport extends TaskListSummary {
  /** This process, or another one, executes the list now. */
  readonly running: boolean;
  readonly paused: boolean;
  readonly currentTask?: ParsedTask;
}

export interface TaskResult {
  readonly task: ParsedTask;
  readonly status: TaskStatus;
  readonly error: string | null;
}

export function parsedTask(task: TaskLine): ParsedTask {
  return {
    uuid: task.id,
    id: task.taskId,
    description: task.description,
    priority: task.priority,
    section: task.section,
    status: task.status,
    dependencies: task.dependencies,
    position: task.position,
    attempts: task.attempts,
    lastError: task.lastError,
  };
}

export function summaryOf(list: ListSummary): TaskListSummary {
  return {
    taskListPath: list.path,
    title: list.title,
    totalTasks: list.total,
    completedTasks: list.counts.completed,
    failedTasks: list.counts.failed,
    skippedTasks: list.counts.skipped,
    queuedTasks: list.counts.queued,
  };
}
