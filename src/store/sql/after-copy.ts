import { FENCE_STEP, raiseEpoch, voidHandedOut } from './after-restore.ts';
import { change, row, type Verb, type VerbContext } from './verb.ts';

const NAME = 'UPDATE store_meta SET store_id = ? WHERE one = 1';
const RECORD =
  'UPDATE migration_history SET declared_json = ? ' +
  'WHERE id = (SELECT max(id) FROM migration_history WHERE declared_json IS NOT NULL)';
const FORGET_RECORDS =
  'UPDATE migration_history SET declared_json = NULL ' +
  'WHERE id < (SELECT max(id) FROM migration_history WHERE declared_json IS NOT NULL)';
const EPOCH = 'SELECT epoch FROM store_meta WHERE one = 1';

/** Two copies of one store must not take each other's claims for theirs, either. */
const SPREAD = 1_000_000;

export interface AfterCopy {
  /** No epoch below it was ever used where the copy will lie. */
  readonly epochFloor: number;
  /** The declared schema in this database's own words; null when it stands there in them. */
  readonly record: string | null;
}

export interface SeparateStore {
  readonly storeId: string;
  readonly epoch: number;
  /** Tasks that ran in the source: queued again in the copy, uncharged. */
  readonly released: number;
}

/**
 * Make a store of its own of the exact copy of another: with another name, above its epoch, and
 * without anything that is held in it. Whoever holds a task there holds nothing here.
 */
export function* afterCopy(ctx: VerbContext, input: AfterCopy): Verb<SeparateStore> {
  const { record } = input;
  const storeId = ctx.uuid();
  yield* change(NAME, storeId);
  const meta = yield* row<{ epoch: number }>(EPOCH);
  const before = Math.max(meta?.epoch ?? 1, input.epochFloor);
  const epoch = yield* raiseEpoch(before + Math.trunc(ctx.chance() * SPREAD));
  const fenceStep = FENCE_STEP * (1 + Math.trunc(ctx.chance() * SPREAD));
  const released = yield* voidHandedOut(ctx, { fenceStep, why: 'copied' });
  if (record !== null) {
    yield* change(FORGET_RECORDS);
    yield* change(RECORD, record);
  }
  return { storeId, epoch, released };
}
