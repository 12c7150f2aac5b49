import type { Connection } from '../../store/postgres/connection.ts';
import type { Obstacle } from '../migration-report.ts';
import type { Plan } from '../plan-model.ts';
import { objectionsTo, type Policy } from '../policy.ts';
import type { MigrationPlace } from './migration-options.ts';

/** What a store is, compared with what it is to be. */
export interface Look {
  readonly plan: Plan;
  readonly obstacles: readonly Obstacle[];
  /** Nothing is to do, neither for the engine nor for the owner. */
  readonly settled: boolean;
}

/** Within the caller's transaction. */
export async function look(
  { makePlan, owner, policy }: MigrationPlace,
  connection: Connection,
): Promise<Look> {
  await owner?.admit?.(connection);
  const plan = await makePlan(connection);
  const obstacles = await obstaclesTo(plan, connection, policy);
  const inSync = plan.steps.length === 0 && obstacles.length === 0;
  return {
    ...{ plan, obstacles },
    settled: inSync && ((await owner?.isSettled?.(connection)) ?? true),
  };
}

/** In a transaction that is undone: what is made there to compare with is nobody's. */
export async function lookOnce(place: MigrationPlace, connection: Connection): Promise<Look> {
  await beginLook(connection);
  const seen = await look(place, connection);
  await connection.run('ROLLBACK');
  return seen;
}

/** Who only looks waits for nobody for long, and is not waited for. */
export async function beginLook(connection: Connection): Promise<void> {
  await connection.run(
    'BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = 5000; ' +
      'SET LOCAL statement_timeout = 30000; ' +
      'SET LOCAL idle_in_transaction_session_timeout = 15000',
  );
}

/** Nothing is run while there is one; the gates are asked only when no refusal says so already. */
async function obstaclesTo(
  plan: Plan,
  connection: Connection,
  policy: Policy | undefined,
): Promise<readonly Obstacle[]> {
  const stops = plan.refusals.length > 0 ? plan.refusals : objectionsTo(plan, policy);
  if (stops.length > 0) return stops.map((one) => ({ ...one, rows: [] }));
  const found: Obstacle[] = [];
  for (const { object, gates } of plan.steps) {
    for (const { about, select } of gates) {
      const rows = await connection.all(select);
      if (rows.length === 0) continue;
      const remedy = 'Correct these rows, then start again.';
      found.push({ code: 'rows_in_the_way', object, message: about, remedy, rows });
    }
  }
  return found;
}
