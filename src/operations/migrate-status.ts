import type { MigrationStatus } from '../migrate/migrator.ts';
import { type MigrationContext, requireDatabase } from './migration-context.ts';
import { operation } from './operation.ts';

/**
 * How the database stands to the schema of this Pawl. Changes nothing.
 *
 * @throws PawlError `store_not_found`, `store_version` (a newer Pawl's), `store_corrupt` ...
 */
export async function getMigrationStatus(ctx: MigrationContext): Promise<MigrationStatus> {
  return await operation(ctx, { operation: 'migrate-status' }, async () => {
    await requireDatabase(ctx);
    return await ctx.migrator.status();
  });
}
