import type { MigrationFault } from '../migrate/migrator.ts';
import { type MigrationContext, requireDatabase } from './migration-context.ts';
import { operation } from './operation.ts';

/** What is not as it should be with the database, its schema and its backups. Changes nothing. */
export async function verifySchema(ctx: MigrationContext): Promise<readonly MigrationFault[]> {
  return await operation(ctx, { operation: 'migrate-verify' }, async () => {
    await requireDatabase(ctx);
    return await ctx.migrator.verify();
  });
}
