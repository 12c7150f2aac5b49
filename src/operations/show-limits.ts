import type { LimitKind } from '../domain/claim-room.ts';
import { type OperationContext, operation } from './operation.ts';

/** Names are a public contract. */
export interface LimitsView {
  readonly limits: readonly LimitView[];
  /** Running tasks of all lists. */
  readonly running: number;
}

export interface LimitView {
  readonly kind: LimitKind;
  /** A list’s path, the name of an agent or a label; null of all lists together. */
  readonly name: string | null;
  readonly maxRunning: number;
  readonly running: number;
}

/** The limits that hold over all hosts, and how much of each is used now. */
export async function showLimits(ctx: OperationContext): Promise<LimitsView> {
  return await operation(ctx, { operation: 'show-limits' }, async () => {
    const { limits, running } = await ctx.store.limits();
    const lists = limits.some(({ kind }) => kind === 'list') ? await ctx.store.lists() : [];
    const paths = new Map(lists.map(({ listId, path }) => [listId, path]));
    const views = limits.map(({ kind, name, ...numbers }) => ({
      kind,
      name: kind === 'global' ? null : (paths.get(name) ?? name),
      ...numbers,
    }));
    return { limits: views, running };
  });
}
