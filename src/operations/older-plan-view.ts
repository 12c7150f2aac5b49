import { breakdownPath } from '../domain/breakdown/list-path.ts';
import { type ExplainedTask, Explainer, type Explanation } from '../domain/explain.ts';
import type { ImportedPlan, ImportedTask } from '../domain/importing/imported-plan.ts';
import type { OlderPlan, OlderTask } from './older-store.ts';
import { momentOf } from './task-view.ts';

const STILL_THERE = 'still only in the older store';

/** A plan of the older store as it would stand here, with those of its tasks that are left. */
export function olderPlanView(
  plan: ImportedPlan,
  isLeft: (taskId: string) => boolean,
  nowMs: number,
): OlderPlan {
  const byId = new Map(plan.tasks.map((task) => [task.taskId, task]));
  const explain = explainerOf(plan, byId, nowMs);
  const tasks = plan.tasks.flatMap((task, at) =>
    isLeft(task.taskId)
      ? [{ ...olderTaskView(plan, task, explain(task)), position: at + 1, ...edgesOf(task, byId) }]
      : [],
  );
  return { parentTaskId: plan.planId, title: plan.title, tasks };
}

function olderTaskView(
  plan: ImportedPlan,
  task: ImportedTask,
  { state, why, waitsFor }: Explanation,
): Omit<OlderTask, 'position' | 'dependencies' | 'dependsOn'> {
  const { taskId, status, priority, description, title, specialist, effort } = task;
  const archived = isArchived(plan, task);
  const isReady = state === 'ready';
  return {
    ...{ source: 'legacy', id: taskId, list: breakdownPath(plan.planId), taskId, status },
    ...{ state: archived ? 'removed' : state, waitsFor, priority, section: null },
    why: `${archived ? 'archived' : isReady ? 'ready' : why}; ${STILL_THERE}`,
    ...{ description, title, specialistType: specialist, estimatedEffort: effort },
    ...{ attempts: 0, lastError: null, agent: null },
    ...{ dueAt: null, startedAt: null, endedAt: momentOf(task.completedAtMs) },
    ...{ parentTaskId: plan.planId, labels: task.labels, criteria: task.criteria },
    ...{ fields: task.fields, resultSummary: task.result, archived },
    createdAt: momentOf(task.createdAtMs),
  };
}

/** By the rules of an import: what is over, in whatever way, or archived, holds nobody up. */
function explainerOf(
  plan: ImportedPlan,
  byId: ReadonlyMap<string, ImportedTask>,
  nowMs: number,
): (task: ImportedTask) => Explanation {
  const open = (taskId: string): readonly string[] =>
    (byId.get(taskId)?.dependencies ?? []).filter((id) => isAwaited(byId.get(id)));
  const explained = new Map(
    plan.tasks.map((task) => [task.taskId, explainedTask(task, open(task.taskId).length)]),
  );
  const explainer = new Explainer({
    ...{ nowMs, minPriority: 'P4', executor: 'stopped', executedBy: null, open },
    task: (taskId) => explained.get(taskId),
    holder: () => undefined,
  });
  return (task) => explainer.explain(explainedTask(task, open(task.taskId).length));
}

function edgesOf(
  { dependencies }: ImportedTask,
  byId: ReadonlyMap<string, ImportedTask>,
): Pick<OlderTask, 'dependencies' | 'dependsOn'> {
  const dependsOn = dependencies.flatMap((taskId) => {
    const other = byId.get(taskId);
    return other === undefined
      ? []
      : [{ taskId, status: other.status, satisfied: !isAwaited(other) }];
  });
  return { dependencies, dependsOn };
}

function isAwaited(task: ImportedTask | undefined): boolean {
  if (task === undefined || task.archived !== null) return false;
  return task.status === 'queued' || task.status === 'waiting';
}

function isArchived(plan: ImportedPlan, task: ImportedTask): boolean {
  return plan.archived !== null || task.archived !== null;
}

function explainedTask(task: ImportedTask, pendingDeps: number): ExplainedTask {
  const { taskId, status, priority, dependencies, reason, completedAtMs } = task;
  return {
    ...{ id: taskId, taskId, status, priority, dependencies, pendingDeps },
    ...{ dueAtMs: 0, held: 0, attempts: 0, lastError: null, statusReason: reason },
    ...{ startedAtMs: null, endedAtMs: completedAtMs, archivedAtMs: null },
  };
}
