import { findCycle } from '../graph.ts';
import { nearestIds } from '../tasklist/nearest-ids.ts';
import { checkContent } from './check-content.ts';
import type { PlanFault } from './plan-faults.ts';
import { PLAN_LIMITS } from './plan-limits.ts';
import type { CheckedSubtask, PlanNote, SubtaskPlan } from './plan-model.ts';
import { PlanTexts } from './plan-texts.ts';

/** What the breakdown has already. */
export interface KnownSubtasks {
  /** Task ids that a new subtask may depend on. */
  readonly taskIds: ReadonlySet<string>;
  /** Task ids that are given, those of archived subtasks included. */
  readonly taken: ReadonlySet<string>;
}

export interface CheckedSubtasks {
  readonly subtasks: readonly CheckedSubtask[];
  readonly faults: readonly PlanFault[];
  readonly notes: readonly PlanNote[];
}

/**
 * Look at everything that is to be added to a breakdown. All faults are found at once; without any
 * the subtasks can be stored as they are.
 */
export function checkSubtasks(
  plans: readonly SubtaskPlan[],
  known: KnownSubtasks,
): CheckedSubtasks {
  const faults: PlanFault[] = [];
  const notes: PlanNote[] = [];
  const counted = countFault(plans, known);
  if (counted !== null) return { subtasks: [], faults: [counted], notes };
  const named = plans.map((plan, index) => nameOf(plan ?? {}, index, faults));
  const names = namesOf(named, known, faults);
  const subtasks = plans.map((plan, index): CheckedSubtask => {
    const { key, taskId } = named[index] as Named;
    const texts = new PlanTexts({ index, key: key ?? taskId }, faults);
    return {
      key,
      taskId,
      ...checkContent(plan ?? {}, texts, notes),
      dependencies: dependenciesOf(plan ?? {}, index, { texts, names, known }),
    };
  });
  const cycle = cycleFault(subtasks);
  if (cycle !== null) faults.push(cycle);
  return { subtasks, faults, notes };
}

/** How people know a subtask: its key, else its id, else its place. */
export function labelOf(
  { key, taskId }: Pick<CheckedSubtask, 'key' | 'taskId'>,
  index: number,
): string {
  return key ?? taskId ?? `subtask ${index + 1}`;
}

function countFault(plans: readonly SubtaskPlan[], known: KnownSubtasks): PlanFault | null {
  const about = { index: null, key: null, field: 'subtasks' } as const;
  if (!Array.isArray(plans) || plans.length === 0) {
    const remedy = 'Give at least one subtask, with a title.';
    return { code: 'plan_empty', ...about, message: 'there is no subtask', remedy };
  }
  const { subtasksMax, breakdownTasksMax } = PLAN_LIMITS;
  if (plans.length > subtasksMax) {
    const message = `${plans.length} subtasks; ${subtasksMax} are the most in one call`;
    return { code: 'too_many', ...about, message, remedy: 'Make more breakdowns of them.' };
  }
  const total = plans.length + known.taken.size;
  if (total <= breakdownTasksMax) return null;
  const message = `the breakdown would have ${total} subtasks; ${breakdownTasksMax} are the most`;
  return { code: 'too_many', ...about, message, remedy: 'Make a breakdown of its own of them.' };
}

interface Named {
  readonly key: string | null;
  readonly taskId: string | null;
}

function nameOf(plan: Partial<SubtaskPlan>, index: number, faults: PlanFault[]): Named {
  const said = typeof plan.key === 'string' ? plan.key : null;
  const texts = new PlanTexts({ index, key: said }, faults);
  const { idLengthMax } = PLAN_LIMITS;
  return {
    key: texts.id('key', plan.key, idLengthMax),
    taskId: texts.id('taskId', plan.taskId, idLengthMax),
  };
}

/** Each name of the call with the place it means; null where it means more than one. */
type Names = ReadonlyMap<string, number | null>;

function namesOf(named: readonly Named[], known: KnownSubtasks, faults: PlanFault[]): Names {
  const names = new Map<string, number | null>();
  const ids = new Map<string, number>();
  const keys = new Map<string, number>();
  for (const [index, { key, taskId }] of named.entries()) {
    const texts = new PlanTexts({ index, key: key ?? taskId }, faults);
    if (taskId !== null) {
      const first = ids.get(taskId);
      if (first !== undefined) {
        const message = `${taskId} is the id of subtask ${first + 1}, too`;
        texts.fault('id_duplicate', 'taskId', message, 'Give each subtask an id of its own.');
      } else if (known.taken.has(taskId)) {
        const message = `the breakdown has a subtask ${taskId} already`;
        texts.fault('id_taken', 'taskId', message, 'Choose another id, or leave it out.');
      }
      ids.set(taskId, first ?? index);
    }
    if (key !== null) {
      const first = keys.get(key);
      if (first !== undefined) {
        const message = `${key} is the key of subtask ${first + 1}, too`;
        texts.fault('key_duplicate', 'key', message, 'Give each subtask a key of its own.');
      }
      keys.set(key, first ?? index);
    }
    for (const name of new Set([key, taskId])) {
      if (name !== null) names.set(name, names.has(name) ? null : index);
    }
  }
  return names;
}

function dependenciesOf(
  plan: Partial<SubtaskPlan>,
  index: number,
  { texts, names, known }: { texts: PlanTexts; names: Names; known: KnownSubtasks },
): readonly (number | string)[] {
  const { dependenciesMax: countMax, idLengthMax: lengthMax } = PLAN_LIMITS;
  const written = texts.several('dependencies', plan.dependencies, { countMax, lengthMax });
  const found = written.flatMap((name): readonly (number | string)[] => {
    const meant = names.get(name);
    if (meant === null) {
      const message = `${name} means more than one subtask of this call`;
      texts.fault('dependency_ambiguous', 'dependencies', message, 'Give them different names.');
      return [];
    }
    if (meant === index) {
      const remedy = 'Leave it out of its own dependencies.';
      texts.fault('dependency_on_self', 'dependencies', `${name} is the subtask itself`, remedy);
      return [];
    }
    if (meant !== undefined) return [meant];
    if (known.taskIds.has(name)) return [name];
    texts.fault('dependency_unknown', 'dependencies', ...unknown(name, names, known));
    return [];
  });
  return [...new Set(found)];
}

function unknown(
  name: string,
  names: Names,
  known: KnownSubtasks,
): [message: string, remedy: string] {
  if (known.taken.has(name)) return [`${name} is archived`, 'Depend on another one, or on none.'];
  const near = nearestIds(name, [...names.keys(), ...known.taskIds]);
  const remedy =
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : 'Name a key or task id of this call, or a task id of the breakdown.';
  return [`there is no subtask ${name}`, remedy];
}

/** Only those of one call can wait for each other: what was there before waits for none of them. */
function cycleFault(subtasks: readonly CheckedSubtask[]): PlanFault | null {
  const graph = new Map(
    subtasks.map(({ dependencies }, index) => [
      String(index),
      dependencies.flatMap((one) => (typeof one === 'number' ? [String(one)] : [])),
    ]),
  );
  const cycle = findCycle(graph);
  if (cycle === null) return null;
  const places = cycle.map(Number);
  const path = places.map((place) => labelOf(subtasks[place] as CheckedSubtask, place));
  const index = places[0] ?? 0;
  const { key, taskId } = subtasks[index] as CheckedSubtask;
  return cycleOf(path, { index, key: key ?? taskId });
}

/** Tasks that wait for each other, as a path that ends where it begins. */
export function cycleOf(
  path: readonly string[],
  place: { readonly index: number | null; readonly key: string | null },
): PlanFault {
  return {
    code: 'dependency_cycle',
    ...place,
    field: 'dependencies',
    message: `${path.join(' waits for ')}`,
    remedy: 'Leave out one dependency on this path.',
  };
}
