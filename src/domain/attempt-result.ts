/**
 * What is kept of the work of an attempt, in `task_attempts.result_json`. While the attempt runs it
 * is what its agent said so far; `proposed` is the end that the agent wants, which something else
 * (an exit code, a `verify` command) has yet to decide.
 */
export interface AttemptResult {
  readonly summary: string | null;
  /** The work in full, as far as it was told. */
  readonly detailedWork: string | null;
  readonly artifacts: readonly { readonly name: string; readonly path: string }[];
  /** Changed files. */
  readonly files: readonly string[];
  readonly notes: readonly string[];
  readonly proposed: ProposedEnd | null;
  /** Why, of an end that is no success. */
  readonly reason: string | null;
}

/** Stored words, for ever. */
export const PROPOSED_ENDS = ['succeeded', 'revise', 'blocked', 'errored'] as const;
export type ProposedEnd = (typeof PROPOSED_ENDS)[number];

export const NO_RESULT: AttemptResult = {
  summary: null,
  detailedWork: null,
  artifacts: [],
  files: [],
  notes: [],
  proposed: null,
  reason: null,
};

/** Read it back, whoever wrote it: an executor stores no more of it than there was. */
export function readResult(json: string | null): AttemptResult | null {
  if (json === null) return null;
  return { ...NO_RESULT, ...(JSON.parse(json) as Partial<AttemptResult>) };
}
