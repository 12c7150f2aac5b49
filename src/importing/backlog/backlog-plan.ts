import type { PlanDraft, TaskDraft } from '../plan-draft.ts';
import type { BacklogTask } from './read-backlog-task.ts';

/**
 * All tasks of a Backlog.md project as one plan, in the project's order. A task waits for its
 * subtasks. Ids are compared as Backlog.md itself does, without regard to case and prefix.
 */
export function backlogPlan(
  tasks: readonly BacklogTask[],
  project: { readonly place: string; readonly name: string | null },
): PlanDraft {
  const ids = tasks.flatMap(({ draft }) => (draft.taskId === null ? [] : [draft.taskId]));
  const known = idFinder(ids);
  const children = new Map<string, string[]>();
  for (const { parent, draft } of tasks) {
    if (parent === null || draft.taskId === null) continue;
    const above = known(parent);
    children.set(above, [...(children.get(above) ?? []), draft.taskId]);
  }
  const ordered = tasks.toSorted(
    (a, b) => (a.ordinal ?? Number.MAX_VALUE) - (b.ordinal ?? Number.MAX_VALUE),
  );
  return {
    key: PLAN,
    planId: PLAN,
    title: project.name ?? 'Backlog.md',
    description: null,
    place: project.place,
    tasks: ordered.map(
      ({ draft }): TaskDraft => ({
        ...draft,
        dependencies: draft.dependencies.map(known),
        implied: draft.taskId === null ? [] : (children.get(draft.taskId) ?? []),
      }),
    ),
  };
}

const PLAN = 'backlog';

/**
 * An id as the tasks have it. Their prefix may have been changed since another task named one, so
 * that the number alone decides; an id that was given anew means the later task.
 */
function idFinder(ids: readonly string[]): (written: string) => string {
  const backwards = ids.toReversed();
  const byName = new Map(backwards.map((id) => [id.trim().toLowerCase(), id]));
  const byNumber = new Map(backwards.map((id) => [numberOf(id), id]));
  return (written) => {
    const number = numberOf(written);
    const twin = number === '' ? undefined : byNumber.get(number);
    return byName.get(written.trim().toLowerCase()) ?? twin ?? written;
  };
}

/** `BACK-355.01` has the number `355.1`. */
function numberOf(id: string): string {
  const number = /(\d+(?:\.\d+)*)\s*$/.exec(id)?.[1] ?? '';
  return number.split('.').filter(Boolean).map(Number).join('.');
}
