import { PawlError } from '../errors.ts';

/** Public words: never renamed, never given a second meaning. */
export const PLAN_FAULT_CODES = [
  'plan_empty',
  'too_many',
  'text_missing',
  'text_too_long',
  'text_invalid',
  'id_invalid',
  'id_duplicate',
  'id_taken',
  'key_duplicate',
  'dependency_unknown',
  'dependency_ambiguous',
  'dependency_on_self',
  'dependency_cycle',
  'complexity_unknown',
  'priority_unknown',
  'specialist_invalid',
  'verify_invalid',
  'timeout_invalid',
  'policy_unknown',
] as const;

export type PlanFaultCode = (typeof PLAN_FAULT_CODES)[number];

/** One thing that keeps a plan from being taken. */
export interface PlanFault {
  readonly code: PlanFaultCode;
  /** 0-based place among the subtasks of the call; null when it is about the breakdown itself. */
  readonly index: number | null;
  /** The subtask's key or task id, where it has one. */
  readonly key: string | null;
  readonly field: string | null;
  readonly message: string;
  readonly remedy: string;
}

const FAULTS_TOLD_MAX = 100;

/** All faults of a plan as the one error that its caller gets. */
export function planError(faults: readonly PlanFault[]): PawlError {
  const [first] = faults;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  const where = first === undefined ? '' : placeOf(first);
  return new PawlError('plan_invalid', `${where}${first?.message ?? 'nothing is amiss'}${more}`, {
    details: { faults: faults.slice(0, FAULTS_TOLD_MAX), faultCount: faults.length },
  });
}

function placeOf({ index, key, field }: PlanFault): string {
  const subtask = index === null ? '' : `subtask ${index + 1}${key === null ? '' : ` (${key})`}`;
  const place = [subtask, field ?? ''].filter((part) => part !== '').join(', ');
  return place === '' ? '' : `${place}: `;
}
