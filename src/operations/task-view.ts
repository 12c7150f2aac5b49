import type { Explanation, TaskState } from '../domain/explain.ts';
import type { Priority } from '../domain/priority.ts';
import type { TaskStatus } from '../domain/status.ts';
import { timeText } from '../domain/time-text.ts';
import type { TaskLine } from '../store/store.ts';

/** A task as every command shows it. Names are a public contract. Times are UTC. */
export interface TaskView {
  readonly id: string;
  readonly list: string;
  readonly taskId: string;
  readonly status: TaskStatus;
  /** The status; of a queued task whether it is ready, delayed, blocked or excluded. */
  readonly state: TaskState;
  readonly why: string;
  /** Of a blocked task: its open dependencies. */
  readonly waitsFor: readonly string[];
  readonly priority: Priority;
  readonly section: string | null;
  readonly description: string;
  /** Of a subtask: short, where its description may be long. */
  readonly title: string | null;
  /** The role that it is written for. */
  readonly specialistType: string | null;
  readonly estimatedEffort: string | null;
  readonly dependencies: readonly string[];
  readonly position: number;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly agent: string | null;
  readonly dueAt: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export function taskView(task: TaskLine, { state, why, waitsFor }: Explanation): TaskView {
  return {
    id: task.id,
    list: task.list,
    taskId: task.taskId,
    status: task.status,
    state,
    why,
    waitsFor,
    priority: task.priority,
    section: task.section,
    description: task.description,
    title: task.title,
    specialistType: task.specialistType,
    estimatedEffort: task.estimatedEffort,
    dependencies: task.dependencies,
    position: task.position,
    attempts: task.attempts,
    lastError: task.lastError,
    agent: task.assignedAgent ?? task.agent,
    dueAt: momentOf(task.dueAtMs),
    startedAt: momentOf(task.startedAtMs),
    endedAt: momentOf(task.endedAtMs),
  };
}

/** As the promised columns hold it; null for none. */
export function momentOf(ms: number | null): string | null {
  return ms === null || ms === 0 ? null : timeText(ms);
}
