import { type Plan, STEP_CLASSES, type StepClass } from './plan-model.ts';

/** What may happen to a database while nobody looks on. Apart from what can be done at all. */
export interface Policy {
  readonly classes: readonly StepClass[];
  /** Make a table anew, empty, that was there and is gone; or the columns of one. */
  readonly emptied: boolean;
}

/**
 * Everything that a plan can hold is either harmless, guarded by gates, or said in code: renames
 * and drops are made by directives alone. What was taken away by hand is a person's affair.
 */
export const UNATTENDED: Policy = { classes: STEP_CLASSES, emptied: false };

export const OBJECTION_CODES = ['plan_refused', 'class_not_allowed', 'rows_lost'] as const;

export interface Objection {
  readonly code: (typeof OBJECTION_CODES)[number];
  readonly object: string;
  readonly message: string;
  readonly remedy: string;
}

/** Why a plan may not be run under a policy; empty when it may, if its gates are open. */
export function objectionsTo(plan: Plan, policy: Policy = UNATTENDED): readonly Objection[] {
  return [
    ...plan.refusals.map(
      ({ object, message, remedy }): Objection => ({
        ...{ code: 'plan_refused', object, message, remedy },
      }),
    ),
    ...plan.steps
      .filter((step) => !policy.classes.includes(step.class))
      .map(
        ({ kind, object, class: risk }): Objection => ({
          code: 'class_not_allowed',
          object,
          message: `${kind} of ${object} is ${risk}`,
          remedy: 'Run it when nobody uses the database, and with a policy that allows it.',
        }),
      ),
    ...plan.drift
      .filter(({ fate }) => fate === 'emptied' && !policy.emptied)
      .map(
        ({ object, message }): Objection => ({
          ...{ code: 'rows_lost', object, message },
          remedy: 'Restore a backup that has it, or allow that it is made anew.',
        }),
      ),
  ];
}
