import { LIMIT_KINDS, type LimitKind } from '../domain/claim-room.ts';
import { PawlError } from '../domain/errors.ts';
import { type OperationContext, operation } from './operation.ts';
import { resolveList } from './resolve-list.ts';
import { type LimitsView, showLimits } from './show-limits.ts';

export interface SetLimitInput {
  readonly kind: LimitKind;
  /** A list’s path (absolute), the name of an agent or a label; null for `global`. */
  readonly name: string | null;
  /** 0: nothing more is claimed. Null: no limit. */
  readonly maxRunning: number | null;
}

/** As many as `--concurrency` allows of one list, for many hosts. */
export const LIMIT_MAX = 100_000;
const NAME_MAX = 200;
/** As `labels` of a host takes them. */
const LABEL = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;

/**
 * Limit how many tasks run at once, over all processes and hosts that share the store; what runs
 * already goes on. Every claim from now on is held to it.
 *
 * @throws PawlError `usage`, `list_not_found`, `breakdown_not_found`.
 */
export async function setLimit(
  ctx: OperationContext,
  { kind, name, maxRunning }: SetLimitInput,
): Promise<LimitsView> {
  return await operation(ctx, { operation: 'set-limit' }, async () => {
    requireNumber(maxRunning);
    const stored = kind === 'list' ? await listIdOf(ctx, name) : nameOf(kind, name);
    await ctx.store.setLimit({ kind, name: stored, maxRunning });
    return await showLimits(ctx);
  });
}

/** @throws PawlError `usage`. */
export function limitKindOf(word: string): LimitKind {
  const kind = LIMIT_KINDS.find((known) => known === word);
  if (kind !== undefined) return kind;
  throw new PawlError('usage', `a limit is of ${LIMIT_KINDS.join(', ')}: not of ${word}`);
}

function requireNumber(maxRunning: number | null): void {
  if (maxRunning === null) return;
  if (Number.isInteger(maxRunning) && maxRunning >= 0 && maxRunning <= LIMIT_MAX) return;
  throw new PawlError('usage', `a limit is a whole number from 0 to ${LIMIT_MAX}`);
}

async function listIdOf(ctx: OperationContext, path: string | null): Promise<string> {
  return (await resolveList(ctx, path)).listId;
}

function nameOf(kind: LimitKind, name: string | null): string {
  if (kind === 'global') {
    if (name === null) return '';
    throw new PawlError('usage', 'the limit of all lists has no name');
  }
  if (kind === 'label' && name !== null && !LABEL.test(name)) {
    throw new PawlError('usage', `${name} is no label, which is a word such as gpu`);
  }
  if (name !== null && name.trim() !== '' && name.length <= NAME_MAX) return name;
  throw new PawlError('usage', `a limit of ${kind} needs the name, of at most ${NAME_MAX} letters`);
}
