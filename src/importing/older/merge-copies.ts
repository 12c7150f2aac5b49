import type { ImportFinding } from '../../domain/importing/imported-plan.ts';
import { importFinding } from '../../domain/importing/imported-plan.ts';
import type { PlanDraft, TaskDraft } from '../plan-draft.ts';
import { readSourceStatus } from '../read-source-status.ts';

/** Where a copy of a plan lies. The later in this list, the more it is believed. */
export const COPY_ORIGINS = ['archive', 'torn', 'active', 'database'] as const;
export type CopyOrigin = (typeof COPY_ORIGINS)[number];

export interface PlanCopy {
  readonly origin: CopyOrigin;
  readonly plan: PlanDraft;
}

export interface MergedPlans {
  readonly plans: readonly PlanDraft[];
  readonly findings: readonly ImportFinding[];
}

/**
 * One plan of each key, from all its copies in one install. The older server wrote files and
 * database at once, and its files went stale: a task that is over in one copy is over; where both
 * are, the later end counts; otherwise the more believed copy. A task that only one copy has stays.
 */
export function mergeCopies(copies: readonly PlanCopy[]): MergedPlans {
  const byKey = new Map<string, PlanCopy[]>();
  for (const copy of copies) {
    byKey.set(copy.plan.key, [...(byKey.get(copy.plan.key) ?? []), copy]);
  }
  const findings: ImportFinding[] = [];
  const plans = [...byKey.values()].map((own) => {
    const ranked = own.toSorted((a, b) => rank(b.origin) - rank(a.origin));
    const [first, ...others] = ranked;
    const origins = new Set(own.map(({ origin }) => origin));
    const plan = others.reduce((merged, { plan: other }) => merge(merged, other, findings), {
      ...(first as PlanCopy).plan,
    });
    if (!origins.has('archive') || !origins.has('active')) return archivedBy(plan, ranked);
    const { planId, place } = plan;
    const message = `${planId} lies in active and in archive`;
    findings.push(importFinding('plan_in_both', { place, planId }, message));
    return { ...plan, archived: null };
  });
  return { plans, findings };
}

function rank(origin: CopyOrigin): number {
  return COPY_ORIGINS.indexOf(origin);
}

/** The database never says that a plan was archived; the folder of its file does. */
function archivedBy(plan: PlanDraft, copies: readonly PlanCopy[]): PlanDraft {
  const archived = copies.find(({ plan: { archived: why } }) => why != null);
  return { ...plan, archived: archived?.plan.archived ?? null };
}

function merge(plan: PlanDraft, other: PlanDraft, findings: ImportFinding[]): PlanDraft {
  const pool = [...other.tasks];
  const take = (task: TaskDraft): TaskDraft | null => {
    const at = pool.findIndex((one) => isSameTask(one, task));
    return at === -1 ? null : (pool.splice(at, 1)[0] ?? null);
  };
  const tasks = plan.tasks.map((task) => {
    const twin = take(task);
    return twin === null ? task : mergeTask(task, twin, { plan, findings });
  });
  return {
    ...plan,
    title: plan.title ?? other.title,
    description: plan.description ?? other.description,
    complexity: plan.complexity ?? other.complexity ?? null,
    context: plan.context ?? other.context ?? null,
    createdAtMs: earlier(plan.createdAtMs ?? null, other.createdAtMs ?? null),
    tasks: [...tasks, ...pool],
  };
}

function isSameTask(one: TaskDraft, other: TaskDraft): boolean {
  if (one.taskId !== null || other.taskId !== null) return one.taskId === other.taskId;
  return one.title === other.title;
}

function mergeTask(
  task: TaskDraft,
  twin: TaskDraft,
  { plan, findings }: { readonly plan: PlanDraft; readonly findings: ImportFinding[] },
): TaskDraft {
  const [winner, loser] = isFurther(twin, task) ? [twin, task] : [task, twin];
  if (winner.status !== loser.status) {
    const { taskId } = task;
    const message =
      `it is ${winner.status ?? 'without status'} in ${winner.place}, ` +
      `and ${loser.status ?? 'without status'} in ${loser.place}: the first was taken`;
    const where = { place: winner.place, planId: plan.planId, taskId };
    findings.push(importFinding('state_conflict', where, message));
  }
  const fields = { ...loser.fields, ...winner.fields };
  return {
    ...winner,
    title: winner.title ?? loser.title,
    description: winner.description ?? loser.description,
    specialist: winner.specialist ?? loser.specialist ?? null,
    effort: winner.effort ?? loser.effort ?? null,
    dependencies: winner.dependencies.length > 0 ? winner.dependencies : loser.dependencies,
    result: winner.result ?? loser.result ?? null,
    references: [...new Set([...(winner.references ?? []), ...(loser.references ?? [])])],
    artifacts: [...(winner.artifacts ?? []), ...(loser.artifacts ?? [])],
    createdAtMs: earlier(winner.createdAtMs ?? null, loser.createdAtMs ?? null),
    completedAtMs: winner.completedAtMs ?? loser.completedAtMs ?? null,
    fields,
  };
}

/** Whether `one` is further on than `other`, which is believed when nothing else decides. */
function isFurther(one: TaskDraft, other: TaskDraft): boolean {
  const [oneOver, otherOver] = [isOver(one), isOver(other)];
  if (oneOver !== otherOver) return oneOver;
  return oneOver && (one.completedAtMs ?? 0) > (other.completedAtMs ?? 0);
}

function isOver({ status }: TaskDraft): boolean {
  const read = readSourceStatus(status);
  return read.status === 'completed' || read.status === 'cancelled' || read.archived;
}

/** A load of the older server replaced the creation of a plan by its own moment. */
function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
