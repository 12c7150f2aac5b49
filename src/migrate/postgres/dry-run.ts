import { isTransient, storeFault } from '../../store/postgres/faults.ts';
import type { DryRun } from '../migrator.ts';
import { changeFault } from './change-fault.ts';
import { look } from './look.ts';
import { changeUncommitted } from './migrate.ts';
import { LOCK_WAIT_MS, type MigrateOptions, patienceOf } from './migration-options.ts';
import { beginChange, untilFree, withHolders } from './turn.ts';

/**
 * Run the plan on the store itself, with every statement and every check, in a transaction that is
 * undone: nobody sees anything of it, and others wait as they would while it is done.
 *
 * @throws PawlError what looking throws; `migration_busy`, `aborted`.
 */
export async function dryRunMigration(options: MigrateOptions): Promise<DryRun> {
  return await untilFree(patienceOf(options), options.pool, async (connection): Promise<DryRun> => {
    await beginChange(connection, options.lockWaitMs ?? LOCK_WAIT_MS);
    const { plan, obstacles, settled } = await look(options, connection);
    try {
      if (settled) return { kind: 'in_sync', plan };
      if (obstacles.length > 0) return { kind: 'refused', plan, obstacles };
      const report = await changeUncommitted(options, connection, plan);
      const dry = { ...report, backup: { kind: 'none', why: 'dry_run' } } as const;
      return { kind: 'would_apply', plan, report: dry, copyMs: null, commitMs: 0 };
    } catch (cause) {
      const error = changeFault(cause);
      if (error.code === 'aborted') throw error;
      if (isTransient(error)) throw await withHolders(connection, storeFault(error));
      return { kind: 'would_fail', plan, error };
    } finally {
      await connection.run('ROLLBACK');
    }
  });
}
