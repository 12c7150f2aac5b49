/** Lengths are in characters (UTF-16 units), the rest are counts. */
export const PLAN_LIMITS = {
  /** Of one call. */
  subtasksMax: 2_000,
  /** Of a breakdown, however often some are added. */
  breakdownTasksMax: 10_000,
  idLengthMax: 128,
  titleLengthMax: 500,
  descriptionLengthMax: 20_000,
  contextLengthMax: 100_000,
  specialistLengthMax: 64,
  effortLengthMax: 200,
  dependenciesMax: 500,
  acceptanceMax: 100,
  acceptanceLengthMax: 2_000,
  verifyWordsMax: 100,
  verifyLengthMax: 4_000,
  labelsMax: 50,
  labelLengthMax: 100,
  agentLengthMax: 100,
  timeoutMsMax: 7 * 86_400_000,
} as const;
