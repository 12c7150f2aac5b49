const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** After so long without anything happening to it a subtask is stale, by the role it is for. */
export const STALE_AFTER_MS = {
  architect: 72 * HOUR_MS,
  implementer: 48 * HOUR_MS,
  debugger: 24 * HOUR_MS,
  tester: 16 * HOUR_MS,
  researcher: 12 * HOUR_MS,
  documenter: 8 * HOUR_MS,
  reviewer: 6 * HOUR_MS,
} as const satisfies Readonly<Record<string, number>>;

/** Of every other role. */
export const STALE_AFTER_DEFAULT_MS = 24 * HOUR_MS;

/** Without anything happening to any of its subtasks an unfinished breakdown is abandoned. */
export const ABANDONED_AFTER_MS = 168 * HOUR_MS;

/** How long a breakdown that is over is kept before it may be archived. */
export const KEPT_COMPLETED_MS = 90 * DAY_MS;
/** The same where not everything was completed. */
export const KEPT_INCOMPLETE_MS = 60 * DAY_MS;

export function staleAfterMs(specialistType: string | null): number {
  const known: Readonly<Record<string, number>> = STALE_AFTER_MS;
  if (specialistType === null || !Object.hasOwn(known, specialistType)) {
    return STALE_AFTER_DEFAULT_MS;
  }
  return known[specialistType] ?? STALE_AFTER_DEFAULT_MS;
}
