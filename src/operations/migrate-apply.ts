import type { MigrationOutcome } from '../migrate/migration-report.ts';
import { type MigrationContext, requireDatabase } from './migration-context.ts';
import { operation } from './operation.ts';

/**
 * Migrate now, as the start of any other command would. Idempotent.
 *
 * @throws PawlError `store_not_found`, `migration_refused`, `migration_failed`, `migration_busy`,
 *   `backup_failed`; the database is what it was.
 */
export async function applyMigration(ctx: MigrationContext): Promise<MigrationOutcome> {
  return await operation(ctx, { operation: 'migrate-apply' }, async () => {
    await requireDatabase(ctx);
    const outcome = await ctx.migrator.migrate();
    if (outcome.kind === 'applied') {
      const { from, to, steps, backup } = outcome.report;
      const done = steps.map(({ kind, object }) => `${kind} ${object}`);
      ctx.log.info('schema.migrated', { from, to, steps: done, backup });
    }
    return outcome;
  });
}
