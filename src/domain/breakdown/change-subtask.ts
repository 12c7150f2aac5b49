import { findCycle } from '../graph.ts';
import { isTerminal, type TaskStatus } from '../status.ts';
import { nearestIds } from '../tasklist/nearest-ids.ts';
import { checkContent } from './check-content.ts';
import { cycleOf } from './check-subtasks.ts';
import type { PlanFault } from './plan-faults.ts';
import { PLAN_LIMITS } from './plan-limits.ts';
import type { PlanNote, SubtaskContent, SubtaskPlan } from './plan-model.ts';
import { PlanTexts } from './plan-texts.ts';

export interface StoredSubtask extends SubtaskContent {
  readonly taskId: string;
  readonly status: TaskStatus;
  readonly dependencies: readonly string[];
}

/** What the breakdown looks like around it. */
export interface SubtaskSurroundings {
  /** Those that it may depend on. */
  readonly taskIds: ReadonlySet<string>;
  /** Every task id that was ever given. */
  readonly taken: ReadonlySet<string>;
  /** Whom each subtask waits for, or waited for. */
  readonly edges: ReadonlyMap<string, readonly string[]>;
}

export interface ChangedSubtask {
  readonly subtask: StoredSubtask;
  /** The fields that say something else than before. */
  readonly changed: readonly SubtaskField[];
  readonly faults: readonly PlanFault[];
  readonly notes: readonly PlanNote[];
}

export type SubtaskField = keyof SubtaskContent | 'dependencies';

const FIELDS = [
  ...(['title', 'description', 'specialistType', 'estimatedEffort', 'acceptance'] as const),
  ...(['verify', 'priority', 'labels', 'agent', 'timeoutMs', 'onDepFailure'] as const),
  'dependencies' as const,
] satisfies readonly SubtaskField[];

/**
 * A stored subtask with what a change says of it. What the change leaves out stays as it is, and is
 * not looked at again; null takes away what may be missing.
 */
export function changeSubtask(
  stored: StoredSubtask,
  change: { readonly [K in keyof Omit<SubtaskPlan, 'key' | 'taskId'>]?: SubtaskPlan[K] | null },
  around: SubtaskSurroundings,
): ChangedSubtask {
  const { taskId, status } = stored;
  const texts = new PlanTexts({ index: null, key: taskId }, []);
  const notes: PlanNote[] = [];
  const said = Object.fromEntries(
    Object.entries(change).filter(([, value]) => value !== undefined),
  ) as Partial<SubtaskPlan>;
  const content = checkContent({ ...stored, ...said }, texts, notes);
  const isSaid = (field: string): boolean => field in said;
  const dependencies = isSaid('dependencies')
    ? dependenciesOf(said.dependencies, stored, { texts, around })
    : stored.dependencies;
  const faults = texts.faults.filter(({ field }) => field === null || isSaid(field));
  const subtask = { ...stored, ...content, dependencies };
  const before: Readonly<Record<string, unknown>> = { ...stored };
  const changed = FIELDS.filter(
    (field) =>
      isSaid(field) && JSON.stringify(subtask[field]) !== JSON.stringify(before[field] ?? null),
  );
  if (changed.length > 0 && status === 'running') {
    const message = 'the attempt that runs goes by the old words; the new ones hold from the next';
    notes.push({ index: null, key: taskId, message });
  } else if (changed.length > 0 && isTerminal(status)) {
    const message = `it is ${status}: the new words hold if it is queued again`;
    notes.push({ index: null, key: taskId, message });
  }
  return { subtask, changed, faults, notes };
}

function dependenciesOf(
  written: unknown,
  { taskId }: StoredSubtask,
  { texts, around }: { readonly texts: PlanTexts; readonly around: SubtaskSurroundings },
): readonly string[] {
  const { dependenciesMax: countMax, idLengthMax: lengthMax } = PLAN_LIMITS;
  const names = texts.several('dependencies', written, { countMax, lengthMax });
  for (const name of names) {
    if (name === taskId) {
      const remedy = 'Leave it out of its own dependencies.';
      texts.fault('dependency_on_self', 'dependencies', `${name} is the subtask itself`, remedy);
    } else if (!around.taskIds.has(name)) {
      const near = nearestIds(name, around.taskIds);
      const isArchived = around.taken.has(name);
      const message = isArchived ? `${name} is archived` : `there is no subtask ${name}`;
      const remedy =
        isArchived || near.length === 0
          ? 'Name a task id of the breakdown.'
          : `Did you mean ${near.join(' or ')}?`;
      texts.fault('dependency_unknown', 'dependencies', message, remedy);
    }
  }
  const cycle = findCycle(new Map([...around.edges, [taskId, names]]));
  if (cycle !== null && cycle.length > 2) texts.faults.push(cycleOf(cycle, texts.place));
  return names;
}
