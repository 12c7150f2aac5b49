/**
 * What a migration plan is made of. The planner makes it as plain data, from two catalogues of the
 * same engine; the executor runs it and knows nothing of schemas.
 */
export interface Plan {
  /** Of the live schema's own objects, and of the declared one: SHA-256, in hexadecimal. */
  readonly from: string;
  readonly to: string;
  /** In the order in which they run; empty when the schema is in sync. */
  readonly steps: readonly Step[];
  /** What no step serves and no directive explains. With one of these nothing is run. */
  readonly refusals: readonly Refusal[];
  /** What somebody else put there: kept, named, never a reason not to start. */
  readonly drift: readonly Drift[];
  /** Tables whose number of rows must be the same afterwards, by their names before and after. */
  readonly rowsKept: readonly { readonly before: string; readonly after: string }[];
}

/** From harmless to harmful; the class of a plan is that of its most harmful step. */
export const STEP_CLASSES = [
  'additive',
  'loosening',
  'rename',
  'data',
  'tightening',
  'rebuild',
  'destructive',
] as const;

export type StepClass = (typeof STEP_CLASSES)[number];

export interface Step {
  /** Such as `add-column`, `rebuild-table`; stable. */
  readonly kind: string;
  /** What it changes: `task_queue.agent`, `v_active_queue`. */
  readonly object: string;
  readonly class: StepClass;
  /** Run one by one; each is a boundary at which a crash may happen. */
  readonly statements: readonly string[];
  /** Must find nothing, before the plan is begun and again inside its transaction. */
  readonly gates: readonly Gate[];
  /** Table whose rows it reads or writes, for the estimate; null: the catalogue alone. */
  readonly rowsOf: string | null;
}

export interface Gate {
  /** What would be wrong, as a sentence without its end: `rows of task_queue have no agent`. */
  readonly about: string;
  /** Gives the rows that stand in the way; never over ten. */
  readonly select: string;
}

export interface Refusal {
  readonly code: RefusalCode;
  readonly object: string;
  readonly message: string;
  readonly remedy: string;
}

export const REFUSAL_CODES = [
  'unexplained_drop',
  'unexplained_rename',
  'directive_unused',
  'directive_conflict',
  'change_not_supported',
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface Drift {
  readonly kind: 'table' | 'column' | 'index' | 'view' | 'trigger';
  readonly object: string;
  readonly message: string;
  readonly fate: DriftFate;
}

/**
 * What becomes of it. Somebody else's: `kept`; kept, though it makes writes of ours fail
 * (`harmful`); kept, but it reads what this plan takes away (`broken`); it cannot stay without what
 * this plan takes away (`gone`). Ours, changed by hand: `mended`; a table of ours that was there
 * and had rows once, made again without them (`emptied`).
 */
export const DRIFT_FATES = ['kept', 'harmful', 'broken', 'gone', 'mended', 'emptied'] as const;

export type DriftFate = (typeof DRIFT_FATES)[number];
