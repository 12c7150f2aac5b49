import type { LimitUse } from '../domain/claim-room.ts';
import { PawlError } from '../domain/errors.ts';
import type { Priority } from '../domain/priority.ts';
import type { UnclaimedList } from '../store/claims.ts';
import type { ListRecord, ListSummary, RequestKey } from '../store/store.ts';
import { type Caller, type ClaimContext, clientOf } from './claim-context.ts';
import { type ClaimedWork, claimedWork } from './claimed-work.ts';
import { leaseOf } from './meant-claim.ts';
import { operation, underSignal } from './operation.ts';
import { resolveTask } from './resolve-task.ts';

export interface ClaimTask {
  readonly caller: Caller;
  /** The task id, the id or a unique end of it. */
  readonly task: string;
  readonly listId: string | null;
  /** Default `CLAIM_LEASE_MS`. */
  readonly leaseMs?: number;
  readonly request?: RequestKey;
  readonly signal?: AbortSignal;
}

export interface ClaimNextTask extends Omit<ClaimTask, 'task' | 'listId'> {
  /** Null: any list. */
  readonly list: ListRecord | null;
  readonly specialistType?: string | null;
  /** It carries all of them. */
  readonly labels?: readonly string[];
  readonly minPriority?: Priority;
}

export type ClaimNextAnswer =
  | { readonly kind: 'claimed'; readonly work: ClaimedWork }
  | { readonly kind: 'none'; readonly lists: readonly UnclaimedListView[] };

/** A list that had nothing to give, and how it stands. */
export interface UnclaimedListView {
  readonly list: string;
  readonly why: UnclaimedList['why'];
  readonly counts: ListSummary['counts'];
  /** The limit that is full; of a list the path is its name. */
  readonly limit?: LimitUse;
  /** What this host does not offer. */
  readonly label?: string;
}

/** Lists told of when nothing could be claimed. */
const LISTS_TOLD_MAX = 20;
const LABELS_MAX = 20;

/**
 * Lease one task to the client that asks. Asking again for a task that it holds gives the same
 * claim, extended.
 *
 * @throws PawlError `task_not_found`, `task_ambiguous`, `task_blocked` (with what it waits for),
 *   `lease_held`, `claims_full`, `label_not_offered`, `executor_not_running` (paused),
 *   `illegal_transition`, `usage`.
 */
export async function claimTask(given: ClaimContext, input: ClaimTask): Promise<ClaimedWork> {
  const ctx = underSignal(given, input.signal);
  return await operation(ctx, { operation: 'claim-task', task: input.task }, async () => {
    const { caller } = input;
    const { id, listId, taskId } = await resolveTask(ctx, input.task, input.listId);
    const list = await ctx.store.listRecord(listId);
    if (list === null) throw new PawlError('list_not_found', `the list of ${taskId} is gone`);
    const { inside } = caller;
    const answer = await claim(ctx, input, [list], { kind: 'task', id, inside });
    if (answer.kind === 'none') throw new PawlError('nothing_ready', `${taskId} is not ready`);
    return answer.work;
  });
}

/**
 * Lease the most urgent ready task that fits to the client that asks: one transaction decides.
 *
 * @throws PawlError `usage`.
 */
export async function claimNextTask(
  given: ClaimContext,
  input: ClaimNextTask,
): Promise<ClaimNextAnswer> {
  const ctx = underSignal(given, input.signal);
  return await operation(ctx, { operation: 'claim-next' }, async () => {
    const { specialistType = null, labels = [], minPriority = 'P4' } = input;
    if (labels.length > LABELS_MAX || labels.some((label) => /["\\]/.test(label))) {
      throw new PawlError('usage', `at most ${LABELS_MAX} labels, without quotation marks`);
    }
    const lists = input.list === null ? await ctx.store.listRecords() : [input.list];
    const wanted = { kind: 'next', specialistType, labels, minPriority } as const;
    return await claim(ctx, input, lists, wanted);
  });
}

type Wanted = Parameters<ClaimContext['store']['claimForClient']>[0]['wanted'];

async function claim(
  ctx: ClaimContext,
  { caller, leaseMs, request }: Omit<ClaimTask, 'task' | 'listId'>,
  lists: readonly ListRecord[],
  wanted: Wanted,
): Promise<ClaimNextAnswer> {
  const rules = await ctx.claims.rules(lists, caller.name);
  const answer = await ctx.store.claimForClient(
    {
      client: clientOf(ctx, caller),
      wanted,
      ...rules,
      leaseMs: leaseOf(leaseMs),
      leasesCount: ctx.claims.leasesCount,
    },
    request === undefined ? {} : { request },
  );
  if (answer.kind === 'none') {
    const told = answer.lists.slice(0, LISTS_TOLD_MAX).map(async ({ listId, ...rest }) => {
      const list = await ctx.store.list(listId);
      return list === null ? [] : [toldOf(list, rest)];
    });
    return { kind: 'none', lists: (await Promise.all(told)).flat() };
  }
  const { taskId, attempt, listId } = answer.claimed;
  const list = lists.find((one) => one.listId === listId)?.path ?? listId;
  ctx.log.info('task.claimed', { task: taskId, list, attempt, client: caller.name });
  return { kind: 'claimed', work: await claimedWork(ctx, answer) };
}

function toldOf(
  { path, counts }: ListSummary,
  { why, limit, label }: Omit<UnclaimedList, 'listId'>,
): UnclaimedListView {
  return {
    ...{ list: path, why, counts },
    ...(limit === undefined
      ? {}
      : { limit: limit.kind === 'list' ? { ...limit, name: path } : limit }),
    ...(label === undefined ? {} : { label }),
  };
}
