import { isPawlError, type PawlError } from '../domain/errors.ts';
import type { MigrationStatus } from '../migrate/migrator.ts';
import type { DriftFate } from '../migrate/plan-model.ts';

export interface SchemaRemark {
  readonly severity: 'none' | 'warning' | 'fault';
  readonly message: string;
  /** Empty when there is nothing to do. */
  readonly remedy: string;
}

/**
 * How a database's schema stands to the declared one, for a person with a problem. It was brought
 * up when the store was opened: what is left is what others put there, or what kept it from that.
 */
export function schemaRemarks(schema: MigrationStatus | PawlError): readonly SchemaRemark[] {
  if (isPawlError(schema)) return [warning(schema.message, schema.rule.remedy)];
  const { state, plan, obstacles, failure } = schema;
  switch (state) {
    case 'in_sync':
      return [{ severity: 'none', message: 'as declared', remedy: '' }];
    case 'drift':
      return driftRemarks(schema);
    case 'pending': {
      const message = `${plan.steps.length} changes are pending`;
      return [warning(message, '`pawl migrate plan` shows them; the next command makes them.')];
    }
    case 'refused':
      return obstacles.map(({ message, remedy }) => ({ severity: 'fault', message, remedy }));
    case 'failed': {
      const message = `the last migration failed (${failure?.code}): ${failure?.message}`;
      const remedy =
        '`pawl migrate dry-run` tries it without a trace, `pawl migrate apply` tries again.';
      return [{ severity: 'fault', message, remedy }];
    }
  }
}

/** What Pawl's own work suffers from; the rest it works with. */
const HARMFUL: readonly DriftFate[] = ['harmful', 'broken', 'emptied'];

function driftRemarks({ plan: { drift } }: MigrationStatus): readonly SchemaRemark[] {
  const isHarmful = drift.some(({ fate }) => HARMFUL.includes(fate));
  const remedy = isHarmful
    ? 'Take away what writes fail by, or give it a default.'
    : 'Pawl works with it as it is; take away what is not needed.';
  return [warning(drift.map(({ message }) => message).join('; '), remedy)];
}

const warning = (message: string, remedy: string): SchemaRemark => ({
  ...{ severity: 'warning', message, remedy },
});
