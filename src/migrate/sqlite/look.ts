import type { Connection } from '../../store/sqlite/connection.ts';
import { schemaVersion } from '../../store/sqlite/schema-version.ts';
import type { Obstacle } from '../migration-report.ts';
import type { Plan } from '../plan-model.ts';
import { objectionsTo, type Policy } from '../policy.ts';
import type { MigrationPlace } from './migration-options.ts';
import { rollBack } from './turn.ts';

/** What a database is, compared with what it is to be. */
export interface Look {
  readonly plan: Plan;
  readonly obstacles: readonly Obstacle[];
  /** Nothing is to do, neither for the engine nor for the owner. */
  readonly settled: boolean;
  readonly schemaVersion: number;
}

/** Within the caller's transaction. */
export function look({ makePlan, owner, policy }: MigrationPlace, connection: Connection): Look {
  // The columns of a statement are those of the schema that it was prepared for.
  connection.forget();
  owner?.admit?.(connection);
  const plan = makePlan(connection);
  const obstacles = obstaclesTo(plan, connection, policy);
  const inSync = plan.steps.length === 0 && obstacles.length === 0;
  return {
    plan,
    obstacles,
    settled: inSync && (owner?.isSettled?.(connection) ?? true),
    schemaVersion: schemaVersion(connection),
  };
}

/** In one snapshot, which ends with it. */
export function lookOnce(place: MigrationPlace, connection: Connection): Look {
  connection.run('BEGIN');
  try {
    return look(place, connection);
  } finally {
    rollBack(connection);
  }
}

/** Nothing is run while there is one; the gates are asked only when no refusal says so already. */
function obstaclesTo(
  plan: Plan,
  connection: Connection,
  policy: Policy | undefined,
): readonly Obstacle[] {
  const stops = plan.refusals.length > 0 ? plan.refusals : objectionsTo(plan, policy);
  if (stops.length > 0) return stops.map((one) => ({ ...one, rows: [] }));
  return plan.steps.flatMap((step) =>
    step.gates.flatMap((gate) => {
      const rows = connection.shown(gate.select);
      if (rows.length === 0) return [];
      const remedy = 'Correct these rows, then start again.';
      const found = { object: step.object, message: gate.about, remedy, rows };
      return [{ code: 'rows_in_the_way' as const, ...found }];
    }),
  );
}
