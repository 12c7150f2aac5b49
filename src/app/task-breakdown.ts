import { PawlError } from '../domain/errors.ts';
import { readStatus, type TaskStatus } from '../domain/status.ts';
import type {
  SaveBreakdown,
  SavedBreakdown,
  SavedSubtask,
  SaveSubtask,
} from '../store/saved-breakdowns.ts';

/** A parent task with its subtasks, as programs load, change and save it. */
export interface TaskBreakdown {
  parentTaskId: string;
  description: string;
  /** trivial, simple, moderate, complex or very_complex. */
  complexity?: string | null;
  context?: string | null;
  createdAt?: Date;
  subtasks: Subtask[];
}

export interface Subtask {
  /** Unique in its breakdown. */
  taskId: string;
  title: string;
  description: string;
  /** A role; any name. */
  specialistType?: string | null;
  /** Task ids of the same breakdown. */
  dependencies?: string[];
  estimatedEffort?: string | null;
  /**
   * One of `TASK_STATUSES`; the words of other tools are read as ours: pending, active, done,
   * blocked ... What is loaded has ours.
   */
  status?: string;
  /** What came of it; of one that failed or waits, why. */
  results?: string | null;
  artifacts?: string[];
  createdAt?: Date;
  completedAt?: Date | null;
}

/** What a program is given: everything is there. */
export type LoadedSubtask = Required<Subtask> & { status: TaskStatus };
export type LoadedBreakdown = Required<Omit<TaskBreakdown, 'subtasks'>> & {
  subtasks: LoadedSubtask[];
};

export function loadedBreakdown(saved: SavedBreakdown): LoadedBreakdown {
  const { parentTaskId, description, complexity, context, createdAtMs } = saved;
  return {
    ...{ parentTaskId, description, complexity, context },
    createdAt: new Date(createdAtMs),
    subtasks: saved.subtasks.map(loadedSubtask),
  };
}

export function loadedSubtask(saved: SavedSubtask): LoadedSubtask {
  const { taskId, title, description, specialistType, estimatedEffort, status, results } = saved;
  return {
    ...{ taskId, title, description, specialistType, estimatedEffort, status, results },
    dependencies: [...saved.dependencies],
    artifacts: [...saved.artifacts, ...saved.contents.map(contentPath)],
    createdAt: new Date(saved.createdAtMs),
    completedAt: saved.endedAtMs === null ? null : new Date(saved.endedAtMs),
  };
}

/** As the view `subtasks` has it. */
function contentPath(sha256: string): string {
  return `.pawl/artifacts/${sha256.slice(0, 2)}/${sha256}`;
}

const CONTENT = /^\.pawl\/artifacts\/([0-9a-f]{2})\/\1[0-9a-f]{62}$/;

/**
 * What each object said when it was loaded or saved last. A save then says only what its owner
 * changed, so that it takes back nothing that others did meanwhile.
 */
export class Baselines {
  readonly #said = new WeakMap<object, Readonly<Record<string, unknown>>>();

  /** The object says from now on what is stored. */
  keep(breakdown: TaskBreakdown): void {
    this.#said.set(breakdown, copyOf(breakdownFields(breakdown)));
    for (const subtask of breakdown.subtasks) this.keepSubtask(subtask);
  }

  keepSubtask(subtask: Subtask): void {
    this.#said.set(subtask, copyOf(subtaskFields(subtask)));
  }

  /** @throws PawlError `plan_invalid` for a word that is no status. */
  breakdown(breakdown: TaskBreakdown): SaveBreakdown {
    requireText(breakdown, 'parentTaskId');
    const { parentTaskId, createdAt, subtasks } = breakdown;
    if (!Array.isArray(subtasks)) throw invalid('subtasks must be an array', 'subtasks');
    const createdAtMs = momentOf(createdAt, 'createdAt');
    return {
      ...this.#changed(breakdown, breakdownFields(breakdown)),
      ...{ parentTaskId, ...(createdAtMs === undefined ? {} : { createdAtMs }) },
      subtasks: subtasks.map((subtask) => this.#ofBreakdown(subtask)),
    };
  }

  /** What `updateSubtask` says: its status, too, unless it is as it was loaded. */
  subtask(subtask: Subtask): SaveSubtask {
    requireText(subtask, 'taskId');
    const { status, ...content } = this.#changed(subtask, subtaskFields(subtask));
    const { taskId } = subtask;
    return { ...content, taskId, ...(status === undefined ? {} : { status: statusOf(status) }) };
  }

  /** One that was never loaded says nothing of how far a stored one is: it cannot know. */
  #ofBreakdown(subtask: Subtask): SaveSubtask {
    const { status, results, ...content } = this.subtask(subtask);
    const isKnown = this.#said.has(subtask);
    const news = {
      ...(isKnown && status !== undefined ? { status } : {}),
      ...(isKnown && results !== undefined ? { results } : {}),
    };
    return {
      ...{ ...content, ...news },
      ofNew: {
        status: statusOf(subtask.status),
        results: subtask.results ?? null,
        createdAtMs: momentOf(subtask.createdAt, 'createdAt') ?? null,
        endedAtMs: momentOf(subtask.completedAt ?? undefined, 'completedAt') ?? null,
      },
    };
  }

  #changed<T extends object>(owner: object, fields: T): Partial<T> {
    const before = this.#said.get(owner);
    const changed = Object.entries(fields).filter(
      ([name, value]) =>
        value !== undefined &&
        (before === undefined || JSON.stringify(before[name]) !== JSON.stringify(value)),
    );
    return Object.fromEntries(changed) as Partial<T>;
  }
}

function copyOf(fields: object): Readonly<Record<string, unknown>> {
  return structuredClone(fields) as Readonly<Record<string, unknown>>;
}

function breakdownFields({ description, complexity, context }: TaskBreakdown) {
  return { description, complexity, context };
}

function subtaskFields(subtask: Subtask) {
  const { title, description, specialistType, dependencies, estimatedEffort } = subtask;
  const { status, results, artifacts } = subtask;
  // Content is stored by hash: its paths are shown, and nothing to be kept as said.
  const said = artifacts?.filter((one) => !CONTENT.test(one));
  return {
    ...{ title, description, specialistType, dependencies, estimatedEffort, status, results },
    ...(said === undefined ? {} : { artifacts: said }),
  };
}

function momentOf(value: Date | undefined, field: string): number | undefined {
  if (value === undefined) return undefined;
  const ms = value instanceof Date ? value.getTime() : Number.NaN;
  if (Number.isNaN(ms)) throw invalid(`${field} must be a Date`, field);
  return ms;
}

function statusOf(word: string | undefined): TaskStatus {
  if (word === undefined) return 'queued';
  const status = readStatus(String(word));
  if (status === null) throw invalid(`${word} is no status`, 'status');
  return status;
}

function requireText(owner: object, field: string): void {
  const value = (owner as Readonly<Record<string, unknown>> | null)?.[field];
  if (typeof value !== 'string' || value === '') throw invalid(`${field} is missing`, field);
}

function invalid(message: string, field: string): PawlError {
  return new PawlError('plan_invalid', message, { details: { field } });
}
