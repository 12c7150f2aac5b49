import { isPawlError, PawlError } from '../../domain/errors.ts';
import { isTransient, storeFault } from '../../store/postgres/faults.ts';
import type { Step } from '../plan-model.ts';

/** What the surroundings did keeps its code, which says what to do about it. */
const SURROUNDINGS = ['store_full', 'store_readonly', 'store_io', 'store_refused', 'aborted'];

/** A statement that took too long: another try would take as long. */
const QUERY_CANCELED = '57014';

/**
 * An error while the schema was being changed. Others in the way and a server that went away pass:
 * these stay what they are. That a statement found no table, say, is a fault of the plan, and not,
 * as everywhere else, damage of the database.
 */
export function changeFault(
  cause: unknown,
  at?: { readonly step: Step; readonly statement: string },
): PawlError {
  const fault = storeFault(cause, at?.statement);
  const state = fault.details['sqlState'];
  if (fault.code.startsWith('migration_')) return fault;
  if (isTransient(fault) && state !== QUERY_CANCELED) return fault;
  if (at === undefined && isPawlError(cause) && SURROUNDINGS.includes(cause.code)) return cause;
  const where = at === undefined ? '' : `${at.step.kind} ${at.step.object}: `;
  const named = at === undefined ? {} : { step: at.step.kind, object: at.step.object };
  const details = { ...fault.details, ...named, reason: fault.code };
  const code = SURROUNDINGS.includes(fault.code) ? fault.code : 'migration_failed';
  return new PawlError(code, `${where}${fault.message}`, { details, cause });
}
