import type { Limit, LimitKind, LimitUse } from '../domain/claim-room.ts';
import type { Call } from './call.ts';

/** How many tasks may run at once, over all processes and hosts that share the store. */
export interface LimitVerbs {
  /** Set a limit, or take it away. What runs already goes on, even if it is more. */
  setLimit(input: SetLimit, call?: Call): Promise<void>;
  limits(call?: Call): Promise<Limits>;
}

export interface SetLimit {
  readonly kind: LimitKind;
  /** The id of a list, the name of an agent or a label; empty for `global`. */
  readonly name: string;
  /** 0: nothing is claimed. Null: no limit. */
  readonly maxRunning: number | null;
}

export interface Limits {
  readonly limits: readonly LimitUse[];
  /** Running tasks of all lists. */
  readonly running: number;
}

export type { Limit, LimitKind, LimitUse };
