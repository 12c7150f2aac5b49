import {
  ABANDONED_AFTER_MS,
  KEPT_COMPLETED_MS,
  KEPT_INCOMPLETE_MS,
  STALE_AFTER_DEFAULT_MS,
  STALE_AFTER_MS,
  staleAfterMs,
} from '../domain/breakdown/stale.ts';
import { type Verdict, verdictOf } from '../domain/breakdown/synthesis.ts';
import { isPawlError } from '../domain/errors.ts';
import { sessionOf } from '../domain/holder.ts';
import type { TaskStatus } from '../domain/status.ts';
import { timeText } from '../domain/time-text.ts';
import type { BreakdownSummary } from '../store/breakdowns.ts';
import type { PagedTask, TaskKey } from '../store/task-pages.ts';
import { archiveBreakdown } from './archive-breakdown.ts';
import { findBreakdown } from './breakdown-view.ts';
import { hereOf, isSurelyGone, processText } from './liveness.ts';
import { operation, type ProjectContext, underSignal } from './operation.ts';
import { tendArtifacts } from './tend-artifacts.ts';

export interface MaintainProject {
  /** Only this breakdown: its parent id. */
  readonly parentTaskId?: string | null;
  /** Archive what is past its time, and clear what no artifact needs. Default: say it only. */
  readonly apply?: boolean;
  readonly signal?: AbortSignal;
}

export interface ProjectCare {
  readonly applied: boolean;
  /** Not over, and nothing happened to them for longer than their role takes. */
  readonly staleTasks: readonly StaleTask[];
  /** Breakdowns that are past their time. */
  readonly breakdowns: readonly AgedBreakdown[];
  /** Running tasks whose holders let their leases run out, or are gone. */
  readonly expiredLeases: readonly ExpiredLease[];
  /** What no artifact needs; null when only one breakdown was looked at. */
  readonly artifacts: {
    readonly unfinished: number;
    readonly contents: number;
    readonly bytes: number;
  } | null;
}

export interface StaleTask {
  readonly id: string;
  readonly taskId: string;
  readonly list: string;
  readonly title: string;
  readonly specialistType: string | null;
  readonly status: TaskStatus;
  readonly lastActivityAt: string;
  readonly idleMs: number;
  readonly staleAfterMs: number;
}

export interface AgedBreakdown {
  readonly parentTaskId: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly lastActivityAt: string;
  readonly idleMs: number;
  /** `over`: past what it is kept for; `abandoned`: unfinished, and nobody came back to it. */
  readonly why: 'over' | 'abandoned';
  /** Why it was not archived although that was asked; null otherwise. */
  readonly left: string | null;
}

export interface ExpiredLease {
  readonly id: string;
  readonly taskId: string;
  readonly holder: string;
  readonly expiredAt: string;
}

const OPEN: readonly TaskStatus[] = ['queued', 'running', 'waiting'];
const TOLD_MAX = 500;
const ARCHIVED_BECAUSE = 'maintenance: past its time';

/**
 * What lies about in a project, by when something happened to it last. Says it only, unless told to
 * apply it: then breakdowns that are over or abandoned are archived (`restoreArchived` brings each
 * back as it was), and what no artifact needs is cleared. A stale task is never touched: whether it
 * is still wanted only its planner knows. Expired leases go back into the queue by the next claim.
 *
 * @throws PawlError `breakdown_not_found`, `aborted`.
 */
export async function maintainProject(
  ctx: ProjectContext,
  { parentTaskId = null, apply = false, signal }: MaintainProject = {},
): Promise<ProjectCare> {
  return await operation(ctx, { operation: 'maintain-project' }, async () => {
    const within = underSignal(ctx, signal);
    const only = parentTaskId === null ? null : await findBreakdown(within, parentTaskId);
    const staleTasks = await findStale(within, only);
    const expiredLeases = await findExpired(within, only);
    const breakdowns: AgedBreakdown[] = [];
    for (const aged of await findAged(within, only)) {
      breakdowns.push(apply ? { ...aged, left: await putAway(within, aged) } : aged);
    }
    const tended = only === null ? await tendArtifacts(ctx, { preview: !apply, signal }) : null;
    const artifacts =
      tended === null
        ? null
        : {
            unfinished: tended.dropped.length,
            contents: tended.contents,
            bytes: tended.bytes,
          };
    return { applied: apply, staleTasks, breakdowns, expiredLeases, artifacts };
  });
}

async function findStale(
  { store, world }: ProjectContext,
  only: BreakdownSummary | null,
): Promise<readonly StaleTask[]> {
  const nowMs = world.clock.now();
  const shortest = Math.min(STALE_AFTER_DEFAULT_MS, ...Object.values(STALE_AFTER_MS));
  const query = {
    statuses: OPEN,
    updatedToMs: nowMs - shortest,
    ...(only === null ? {} : { listIds: [only.listId] }),
  };
  const found: StaleTask[] = [];
  for (let after: TaskKey | undefined; ; ) {
    const page = await store.taskPage({ ...query, ...(after && { after }) });
    // What waits for others is as old as these: they are told.
    for (const task of page.tasks) {
      if (task.pendingDeps === 0 && found.length < TOLD_MAX) found.push(...staleOf(task, nowMs));
    }
    if (page.next === null || found.length >= TOLD_MAX) return found;
    after = page.next;
  }
}

function staleOf(task: PagedTask, nowMs: number): readonly StaleTask[] {
  const { id, taskId, list, specialistType, status, updatedAt } = task;
  const idleMs = nowMs - momentOf(updatedAt);
  const limit = staleAfterMs(specialistType);
  if (idleMs < limit) return [];
  const title = task.title ?? task.description;
  return [
    {
      ...{ id, taskId, list, title, specialistType, status },
      ...{ lastActivityAt: updatedAt, idleMs, staleAfterMs: limit },
    },
  ];
}

async function findAged(
  { store, world }: ProjectContext,
  only: BreakdownSummary | null,
): Promise<readonly AgedBreakdown[]> {
  const nowMs = world.clock.now();
  if (only !== null) return only.archivedAtMs === null ? agedOf(only, nowMs) : [];
  const found: AgedBreakdown[] = [];
  for (let page = await store.breakdowns({}); ; ) {
    found.push(...page.breakdowns.flatMap((one) => agedOf(one, nowMs)));
    if (page.next === null || found.length >= TOLD_MAX) return found.slice(0, TOLD_MAX);
    page = await store.breakdowns({ after: page.next });
  }
}

function agedOf(breakdown: BreakdownSummary, nowMs: number): readonly AgedBreakdown[] {
  const { parentTaskId, title, lastActivityAtMs, counts } = breakdown;
  const verdict = verdictOf(breakdown);
  const idleMs = nowMs - lastActivityAtMs;
  const lastActivityAt = timeText(lastActivityAtMs);
  const aged = { parentTaskId, title, verdict, lastActivityAt, idleMs, left: null };
  if (verdict === 'completed') {
    return idleMs >= KEPT_COMPLETED_MS ? [{ ...aged, why: 'over' }] : [];
  }
  if (verdict === 'ended_incomplete') {
    return idleMs >= KEPT_INCOMPLETE_MS ? [{ ...aged, why: 'over' }] : [];
  }
  const isAbandoned = counts.running === 0 && idleMs >= ABANDONED_AFTER_MS;
  return isAbandoned ? [{ ...aged, why: 'abandoned' }] : [];
}

/** Null when it was done. Somebody may have taken it up meanwhile. */
async function putAway(
  ctx: ProjectContext,
  { parentTaskId, why }: AgedBreakdown,
): Promise<string | null> {
  try {
    const reason = `${ARCHIVED_BECAUSE} (${why})`;
    await archiveBreakdown(ctx, { parentTaskId, reason });
    return null;
  } catch (error) {
    if (isPawlError(error, 'breakdown_in_use')) return error.message;
    throw error;
  }
}

async function findExpired(
  ctx: ProjectContext,
  only: BreakdownSummary | null,
): Promise<readonly ExpiredLease[]> {
  const { store, world } = ctx;
  const here = hereOf(ctx);
  const held = await store.heldTasks(only?.listId ?? null);
  return held
    .filter(({ leaseLeftMs, holder, holderId }) => {
      const isProcess = sessionOf(holderId) === null;
      return leaseLeftMs <= 0 || (isProcess && isSurelyGone(holder, here));
    })
    .map(({ id, taskId, holder, holderId, leaseUntilMs }) => ({
      ...{ id, taskId },
      holder: holder === null ? holderId : processText(holder, world.processes),
      expiredAt: timeText(leaseUntilMs),
    }));
}

/** Of a moment as the promised columns hold it. */
function momentOf(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}
