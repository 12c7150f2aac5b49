import type { Plan } from '../../src/migrate/plan-model.ts';
import type { Connection } from '../../src/store/sqlite/connection.ts';

export interface PlanRun {
  /** Of the gates that found rows, what they are about. */
  readonly closed: readonly string[];
  /** The engine's words when a statement failed, or the orphans that it left. */
  readonly fault: string | null;
}

/**
 * The least that runs a plan, for tests of plans: foreign keys off, one transaction, gates,
 * statements, no new orphans. `force` goes on where a gate is closed.
 */
export function runPlan(connection: Connection, plan: Plan, force = false): PlanRun {
  connection.run('PRAGMA foreign_keys = OFF');
  connection.run('BEGIN IMMEDIATE');
  try {
    const closed = plan.steps.flatMap(({ gates }) =>
      gates.filter(({ select }) => connection.shown(select).length > 0).map(({ about }) => about),
    );
    if (closed.length > 0 && !force) return { closed, fault: null };
    const before = orphans(connection);
    const fault = runStatements(connection, plan) ?? newOrphans(connection, before);
    if (fault === null) connection.run('COMMIT');
    return { closed, fault };
  } finally {
    if (connection.inTransaction) connection.run('ROLLBACK');
    connection.run('PRAGMA foreign_keys = ON');
  }
}

function runStatements(connection: Connection, { steps }: Plan): string | null {
  for (const statement of steps.flatMap(({ statements }) => statements)) {
    try {
      connection.run(statement);
    } catch (cause) {
      return `${(cause as Error).message}: ${statement}`;
    }
  }
  return null;
}

function orphans(connection: Connection): number {
  return connection.all('PRAGMA foreign_key_check').length;
}

function newOrphans(connection: Connection, before: number): string | null {
  return orphans(connection) > before ? 'orphans' : null;
}
