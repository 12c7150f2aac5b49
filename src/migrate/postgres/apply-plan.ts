import { PawlError } from '../../domain/errors.ts';
import type { Connection } from '../../store/postgres/connection.ts';
import { identifier } from '../../store/postgres/identifier.ts';
import type { World } from '../../world/world.ts';
import { harmOf, type MigrationReport, type StepReport } from '../migration-report.ts';
import type { Plan, Step } from '../plan-model.ts';
import { changeFault } from './change-fault.ts';
import type { MakePlan } from './migration-options.ts';
import { requireGoingOn } from './turn.ts';

interface Application {
  readonly world: World;
  readonly connection: Connection;
  readonly plan: Plan;
  readonly makePlan: MakePlan;
  readonly signal: AbortSignal | undefined;
}

/**
 * Run the statements of a plan, one by one, and prove what came of it: every row that must be kept
 * is there, the schema is the declared one. The engine itself lets no reference go that has no row.
 * The caller's transaction is open, and it ends that: nothing is durable here.
 *
 * @throws PawlError `migration_failed`, `aborted`; `store_busy`, `store_unreachable`: try again.
 */
export async function applyPlan(work: Application): Promise<Omit<MigrationReport, 'backup'>> {
  const { plan, connection } = work;
  const touched = touchedTables(plan);
  await lockTables(connection, touched);
  const before = await countAll(
    connection,
    touched.map((one) => one.before),
  );
  const steps: StepReport[] = [];
  for (const step of plan.steps) steps.push(await runStep(step, work));
  const rowsKept = await requireRows(connection, touched, before);
  const to = await requireDeclared(work);
  return { from: plan.from, to, class: harmOf(plan.steps), steps, rowsKept, orphansBefore: 0 };
}

/** Others' rows cannot come and go while they are counted. */
async function lockTables(connection: Connection, tables: Plan['rowsKept']): Promise<void> {
  if (tables.length === 0) return;
  const names = tables.map(({ before }) => identifier(before)).join(', ');
  try {
    await connection.run(`LOCK TABLE ONLY ${names} IN ACCESS EXCLUSIVE MODE`);
  } catch (cause) {
    throw changeFault(cause);
  }
}

/** Nothing is made anew here, so only tables that a step names could lose rows. */
function touchedTables({ rowsKept, steps }: Plan): Plan['rowsKept'] {
  return rowsKept.filter(({ before, after }) =>
    steps.some(
      ({ object, class: risk }) =>
        risk !== 'additive' &&
        [before, after].some((name) => object === name || object.startsWith(`${name}.`)),
    ),
  );
}

async function countAll(
  connection: Connection,
  tables: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const table of tables) counts.set(table, await countOf(connection, table));
  return counts;
}

export async function countOf(connection: Connection, table: string): Promise<number> {
  const sql = `SELECT count(*) AS n FROM ONLY ${identifier(table)}`;
  return (await connection.all<{ n: number }>(sql))[0]?.n ?? 0;
}

async function runStep(
  step: Step,
  { world, connection, signal }: Application,
): Promise<StepReport> {
  const startedAt = world.clock.monotonic();
  for (const statement of step.statements) {
    requireGoingOn(signal);
    try {
      await connection.run(statement);
    } catch (cause) {
      throw changeFault(cause, { step, statement });
    }
  }
  const { kind, object, statements } = step;
  const ms = Math.round(world.clock.monotonic() - startedAt);
  return { kind, object, class: step.class, statements, ms };
}

async function requireRows(
  connection: Connection,
  tables: Plan['rowsKept'],
  before: ReadonlyMap<string, number>,
): Promise<MigrationReport['rowsKept']> {
  const kept: { table: string; rows: number }[] = [];
  for (const table of tables) {
    const was = before.get(table.before) ?? 0;
    const rows = await countOf(connection, table.after);
    if (rows !== was) {
      const message = `${table.after} would have ${rows} rows of ${was}`;
      const details = { reason: 'rows_lost', table: table.after, before: was, after: rows };
      throw new PawlError('migration_failed', message, { details });
    }
    kept.push({ table: table.after, rows });
  }
  return kept;
}

/** Gives the fingerprint of what is there now. */
async function requireDeclared({ connection, makePlan }: Application): Promise<string> {
  const { from, steps, refusals } = await makePlan(connection);
  const [first] = [...steps.map(({ kind, object }) => `${kind} ${object}`), ...refusals];
  if (first === undefined) return from;
  const left = typeof first === 'string' ? first : first.message;
  throw new PawlError('migration_failed', `the schema would not be the declared one: ${left}`, {
    details: { reason: 'not_declared', steps, refusals },
  });
}
