import type { MigrationPlan } from '../migrate/migrator.ts';
import { type MigrationContext, requireDatabase } from './migration-context.ts';
import { operation } from './operation.ts';

/** What a migration would do, statement by statement, and what that would cost. Changes nothing. */
export async function planMigration(ctx: MigrationContext): Promise<MigrationPlan> {
  return await operation(ctx, { operation: 'migrate-plan' }, async () => {
    await requireDatabase(ctx);
    return await ctx.migrator.plan();
  });
}
