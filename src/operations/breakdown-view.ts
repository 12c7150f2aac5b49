import type { Complexity } from '../domain/breakdown/complexity.ts';
import { PawlError } from '../domain/errors.ts';
import type { TaskStatus } from '../domain/status.ts';
import { timeText } from '../domain/time-text.ts';
import type { BreakdownSummary } from '../store/breakdowns.ts';
import { type OperationContext, operation } from './operation.ts';
import { momentOf } from './task-view.ts';

/** A breakdown as everybody is shown it. Names are a public contract. Times are UTC. */
export interface BreakdownView {
  readonly parentTaskId: string;
  /** The path of its list: what `pawl run`, `list` and `status` take. */
  readonly list: string;
  readonly title: string;
  readonly description: string;
  readonly complexity: Complexity | null;
  readonly context: string | null;
  readonly sessionId: string | null;
  readonly source: string;
  readonly createdAt: string;
  readonly lastActivityAt: string;
  readonly archivedAt: string | null;
  readonly archiveReason: string | null;
  readonly total: number;
  readonly counts: Readonly<Record<TaskStatus, number>>;
  /** Of the queued ones. */
  readonly ready: number;
  readonly delayed: number;
  readonly blocked: number;
  /** Of all subtasks, those that were completed: 0 to 100, rounded down. */
  readonly percentCompleted: number;
}

export function breakdownView(summary: BreakdownSummary): BreakdownView {
  const { parentTaskId, list, title, description, complexity, context, sessionId } = summary;
  const { source, archiveReason, total, counts, ready, delayed, blocked } = summary;
  return {
    ...{ parentTaskId, list, title, description, complexity, context, sessionId, source },
    createdAt: timeText(summary.createdAtMs),
    lastActivityAt: timeText(summary.lastActivityAtMs),
    archivedAt: momentOf(summary.archivedAtMs),
    ...{ archiveReason, total, counts, ready, delayed, blocked },
    percentCompleted: total === 0 ? 0 : Math.floor((100 * counts.completed) / total),
  };
}

const END_LENGTH_MIN = 4;
const PREFIX = 'breakdown:';

function idIn(ref: string): string {
  return ref.startsWith(PREFIX) ? ref.slice(PREFIX.length) : ref;
}

/**
 * The breakdown that is meant, to change it, as `findBreakdown` finds it; one that only the older
 * store has is taken over first.
 *
 * @throws PawlError as `findBreakdown`.
 */
export async function resolveBreakdown(
  ctx: OperationContext,
  ref: string,
): Promise<BreakdownSummary> {
  const { older, store } = ctx;
  const id = idIn(ref);
  if (older !== undefined && (await store.breakdownRecord(id)) === null) await older.takeOver(id);
  return await findBreakdown(ctx, ref);
}

/**
 * The breakdown that is meant by its parent id, by the path of its list, or by an end of its id
 * that no other one has. Archived ones are found, too.
 *
 * @throws PawlError `breakdown_not_found`; `task_ambiguous` with the candidates.
 */
export async function findBreakdown(ctx: OperationContext, ref: string): Promise<BreakdownSummary> {
  return await operation(ctx, { operation: 'find-breakdown', breakdown: ref }, async () => {
    const id = idIn(ref);
    const exact = await ctx.store.breakdown(id);
    if (exact !== null) return exact;
    const ending = id.length < END_LENGTH_MIN ? [] : await endingWith(ctx, id);
    const [only, ...others] = ending;
    if (only === undefined) {
      const { plans = [] } = (await ctx.older?.look()) ?? {};
      const isOlder = plans.some((plan) => plan.parentTaskId === id);
      const message = isOlder
        ? `${id} is still only in the older store: its first change takes it over`
        : `there is no breakdown ${id}`;
      throw new PawlError('breakdown_not_found', message, { details: { parentTaskId: id } });
    }
    if (others.length === 0) return only;
    const ids = ending.map((one) => one.parentTaskId);
    throw new PawlError('task_ambiguous', `${id} may be ${ids.join(' or ')}`, {
      details: { breakdowns: ids },
    });
  });
}

async function endingWith(
  { store }: OperationContext,
  end: string,
): Promise<readonly BreakdownSummary[]> {
  const found: BreakdownSummary[] = [];
  for (let page = await store.breakdowns({ archived: 'too' }); ; ) {
    found.push(...page.breakdowns.filter((one) => one.parentTaskId.endsWith(end)));
    if (page.next === null) return found;
    page = await store.breakdowns({ archived: 'too', after: page.next });
  }
}
