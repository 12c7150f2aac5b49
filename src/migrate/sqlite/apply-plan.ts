import { PawlError } from '../../domain/errors.ts';
import type { Connection } from '../../store/sqlite/connection.ts';
import type { World } from '../../world/world.ts';
import type { MigrationReport, StepReport } from '../migration-report.ts';
import type { Plan, Step } from '../plan-model.ts';
import { changeFault } from './change-fault.ts';
import type { MakePlan } from './migration-options.ts';
import { countOf, type Orphan, orphansOf, type Survey } from './survey.ts';
import { requireGoingOn } from './turn.ts';

interface Application {
  readonly world: World;
  readonly connection: Connection;
  readonly plan: Plan;
  readonly makePlan: MakePlan;
  /** Of the database as the caller's transaction found it. */
  readonly before: Survey;
  readonly signal: AbortSignal | undefined;
}

/**
 * Run the statements of a plan, one by one, and prove what came of it: every row that must be kept
 * is there, nothing refers to a row that is not there, the schema is the declared one. Foreign keys
 * are off, the caller's transaction is open, and it ends that: nothing is durable here.
 *
 * @throws PawlError `migration_failed`, `aborted`; `store_full` and the like as they are.
 */
export async function applyPlan(
  work: Application,
): Promise<Omit<MigrationReport, 'backup' | 'class'>> {
  const { plan, before } = work;
  const steps: StepReport[] = [];
  for (const step of plan.steps) steps.push(await runStep(step, work));
  requireNoNewOrphan(work);
  const rowsKept = requireRows(work);
  const reached = requireDeclared(work);
  return { from: plan.from, to: reached, steps, rowsKept, orphansBefore: before.orphans.length };
}

async function runStep(step: Step, work: Application): Promise<StepReport> {
  const { world, connection, signal } = work;
  const startedAt = world.clock.monotonic();
  for (const statement of step.statements) {
    requireGoingOn(signal);
    try {
      connection.run(statement);
    } catch (cause) {
      throw changeFault(cause, { step, statement });
    }
    await new Promise<void>((resolve) => world.timers.soon(resolve));
  }
  const { kind, object, statements } = step;
  const ms = Math.round(world.clock.monotonic() - startedAt);
  return { kind, object, class: step.class, statements, ms };
}

/** Orphans of before are not the migration's: it neither hides them nor is kept up by them. */
function requireNoNewOrphan({ connection, plan, before }: Application): void {
  const renamed = new Map(plan.rowsKept.map((table) => [table.before, table.after]));
  const nowCalled = (table: string): string => renamed.get(table) ?? table;
  const known = new Map<string, number>();
  for (const { table, rowid, parent } of before.orphans) {
    const name = orphanName({ table: nowCalled(table), rowid, parent: nowCalled(parent) });
    known.set(name, (known.get(name) ?? 0) + 1);
  }
  const added = orphansOf(connection).filter((orphan) => {
    const left = known.get(orphanName(orphan)) ?? 0;
    known.set(orphanName(orphan), left - 1);
    return left < 1;
  });
  const [first] = added;
  if (first === undefined) return;
  const message = `rows of ${first.table} would refer to rows of ${first.parent} that are gone`;
  throw new PawlError('migration_failed', message, {
    details: { reason: 'foreign_keys', count: added.length, orphans: added.slice(0, SHOWN_MAX) },
  });
}

const SHOWN_MAX = 10;

function orphanName({ table, rowid, parent }: Orphan): string {
  return JSON.stringify([table, rowid, parent]);
}

function requireRows({ connection, plan, before }: Application): MigrationReport['rowsKept'] {
  return plan.rowsKept.map((kept) => {
    const was = before.rows.get(kept.before) ?? 0;
    const rows = countOf(connection, kept.after);
    if (rows === was) return { table: kept.after, rows };
    throw new PawlError('migration_failed', `${kept.after} would have ${rows} rows of ${was}`, {
      details: { reason: 'rows_lost', table: kept.after, before: was, after: rows },
    });
  });
}

/** Gives the fingerprint of what is there now. */
function requireDeclared({ connection, makePlan }: Application): string {
  const { from, steps, refusals } = makePlan(connection);
  const [first] = [...steps.map(({ kind, object }) => `${kind} ${object}`), ...refusals];
  if (first === undefined) return from;
  const left = typeof first === 'string' ? first : first.message;
  throw new PawlError('migration_failed', `the schema would not be the declared one: ${left}`, {
    details: { reason: 'not_declared', steps, refusals },
  });
}
