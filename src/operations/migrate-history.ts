import type { HistoryEntry } from '../migrate/history-entry.ts';
import { type MigrationContext, requireDatabase } from './migration-context.ts';
import { operation } from './operation.ts';

/** What was done to the schema of this database, the newest first. */
export async function getMigrationHistory(ctx: MigrationContext): Promise<readonly HistoryEntry[]> {
  return await operation(ctx, { operation: 'migrate-history' }, async () => {
    await requireDatabase(ctx);
    return await ctx.migrator.history();
  });
}
