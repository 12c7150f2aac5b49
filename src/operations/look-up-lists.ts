import { parentOfList } from '../domain/breakdown/list-path.ts';
import { isPawlError } from '../domain/errors.ts';
import type { ListRecord, ListSummary } from '../store/store.ts';
import type { OlderPlan, OlderTrouble } from './older-store.ts';
import { type OperationContext, operation } from './operation.ts';
import { resolveList, resolveListRecord, resolveLists } from './resolve-list.ts';

/** What is to be looked at, in both stores. */
export interface LookedUpLists {
  readonly lists: readonly ListSummary[];
  /** What only the older store has: nothing of it is taken over. */
  readonly older: readonly OlderPlan[];
  readonly trouble: OlderTrouble | null;
}

/**
 * The list of `path`, or the plan of the older store that would be that list; without a path all
 * there are.
 *
 * @throws PawlError as `resolveList`.
 */
export async function lookUpLists(
  ctx: OperationContext,
  path: string | null,
): Promise<LookedUpLists> {
  return await operation(ctx, { operation: 'look-up-lists' }, async () => {
    // Of the older store first: what is taken over meanwhile is seen twice rather than not at all.
    if (path === null) {
      const { plans = [], trouble = null } = (await ctx.older?.look()) ?? {};
      return { lists: await resolveLists(ctx, null), older: plans, trouble };
    }
    try {
      return { lists: [await resolveList(ctx, path)], older: [], trouble: null };
    } catch (error) {
      const isUnknown = ['list_not_found', 'breakdown_not_found'] as const;
      if (!isUnknown.some((code) => isPawlError(error, code))) throw error;
      const { plans = [], trouble = null } = (await ctx.older?.look()) ?? {};
      const older = plans.filter((plan) => plan.parentTaskId === planOf(path));
      // Or it was taken over since: then it is here.
      if (older.length === 0) return { lists: [await resolveList(ctx, path)], older, trouble };
      return { lists: [], older, trouble };
    }
  });
}

/**
 * Take over the plan of the older store that `path` means, where nothing here is called so; for
 * whoever is about to work on that list.
 */
export async function takeOverList(ctx: OperationContext, path: string): Promise<void> {
  if (parentOfList(path) === null || (await ctx.store.listRecordByPath(path)) !== null) return;
  await ctx.older?.takeOver(planOf(path));
}

/**
 * The list to work on: as `resolveListRecord`, after `takeOverList`.
 *
 * @throws PawlError as `resolveList`.
 */
export async function listToWorkOn(ctx: OperationContext, path: string): Promise<ListRecord> {
  const known = await ctx.store.listRecordByPath(path);
  if (known !== null) return known;
  await takeOverList(ctx, path);
  return await resolveListRecord(ctx, path);
}

/** By `breakdown:` and its id, or by that id alone. */
function planOf(path: string): string {
  return parentOfList(path) ?? path.slice(path.lastIndexOf('/') + 1);
}
