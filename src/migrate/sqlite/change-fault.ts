import { isPawlError, PawlError } from '../../domain/errors.ts';
import { storeFault } from '../../store/sqlite/faults.ts';
import type { Step } from '../plan-model.ts';

/** What the surroundings did keeps its code, which says what to do about it. */
const SURROUNDINGS = ['store_full', 'store_readonly', 'store_io', 'aborted'];

/**
 * An error while the schema was being changed. That a statement found no table, say, is a fault of
 * the plan and not, as everywhere else, damage of the database: nobody may set that aside for it.
 */
export function changeFault(
  cause: unknown,
  at?: { readonly step: Step; readonly statement: string },
): PawlError {
  const fault = storeFault(cause, at?.statement);
  if (fault.code.startsWith('migration_')) return fault;
  if (fault.code === 'store_busy') return new PawlError('migration_busy', fault.message, { cause });
  const where = at === undefined ? '' : `${at.step.kind} ${at.step.object}: `;
  const named = at === undefined ? {} : { step: at.step.kind, object: at.step.object };
  const details = { ...fault.details, ...named, reason: fault.code };
  const code = SURROUNDINGS.includes(fault.code) ? fault.code : 'migration_failed';
  if (at === undefined && isPawlError(cause, code)) return cause;
  return new PawlError(code, `${where}${fault.message}`, { details, cause });
}
