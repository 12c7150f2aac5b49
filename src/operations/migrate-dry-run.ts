import type { DryRun } from '../migrate/migrator.ts';
import { type MigrationContext, requireDatabase } from './migration-context.ts';
import { operation } from './operation.ts';

/** Try a migration on a copy, which is removed again. The database is only read. */
export async function tryMigration(ctx: MigrationContext): Promise<DryRun> {
  return await operation(ctx, { operation: 'migrate-dry-run' }, async () => {
    await requireDatabase(ctx);
    return await ctx.migrator.dryRun();
  });
}
