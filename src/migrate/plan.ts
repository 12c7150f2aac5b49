import { type Catalogue, fingerprintOf } from './catalogue.ts';
import type { Dialect, Engine, Rehearsal, Rename, Scene } from './dialect.ts';
import { type Delta, diff, isEmpty } from './diff.ts';
import type { Directives } from './directives.ts';
import { driftOf } from './drift.ts';
import { own } from './own.ts';
import { type Ownership, ownershipOf } from './ownership.ts';
import type { Drift, Plan, Refusal, Step, StepClass } from './plan-model.ts';
import { directiveFaults, renamesFor } from './renames.ts';
import { isIn, orderSteps, setAside, statementsOf, stepOf, withAside } from './steps.ts';
import { unexplained } from './unexplained.ts';

export interface PlanInput {
  /** The database as it is. */
  readonly live: Catalogue;
  /** What the declaration makes of an empty database of the same engine. */
  readonly wanted: Catalogue;
  /**
   * The catalogue of what was declared at the last migration. Null when nothing is recorded: then
   * everything undeclared is somebody else's, and nothing can be missing.
   */
  readonly before: Catalogue | null;
  readonly directives: Directives;
}

/** Statements to be run on an empty copy of a schema: what a planning waits for. */
export interface RehearsalWanted {
  readonly live: Catalogue;
  readonly statements: readonly string[];
}

/** A plan in the making: it stands still at each rehearsal, until it is told what came of it. */
export type Planning<T = Plan> = Generator<RehearsalWanted, T, Rehearsal>;

/** The plan of an engine that rehearses on the spot. */
export function planMigration(engine: Engine, input: PlanInput): Plan {
  const planning = planningOf(engine, input);
  let step = planning.next();
  while (step.done !== true) {
    const { live, statements } = step.value;
    step = planning.next(engine.rehearse(live, statements));
  }
  return step.value;
}

/**
 * How a live schema becomes the declared one. Changes nothing, and gives the same plan for the same
 * input, byte for byte. Every difference is served by a step or is a refusal: the finished plan is
 * rehearsed on an empty copy, and what that leaves over is refused, too.
 */
export function* planningOf(dialect: Dialect, input: PlanInput): Planning {
  const { live, wanted, directives } = input;
  const ownership = ownershipOf(dialect, input);
  const { renames, refusals } = renamesFor(live, input, ownership);
  const first = renames.length === 0 ? null : yield* firstSteps(dialect, live, renames);
  const renamed = first?.renamed ?? live;
  const delta = diff(renamed, wanted, ownership);
  const heads = {
    from: fingerprintOf(own(live, renames, ownership), dialect.fold),
    to: fingerprintOf(wanted, dialect.fold),
    drift: driftOf({ live, renamed }, delta, input, ownership),
  };
  const stop = (all: readonly Refusal[]): Plan => ({
    ...heads,
    steps: [],
    refusals: all,
    rowsKept: [],
  });
  const refused = [
    ...directiveFaults(wanted, directives, dialect.fold),
    ...refusals,
    ...(first?.refusals ?? []),
    ...unexplained(renamed, delta, input, ownership),
  ];
  if (refused.length > 0) return stop(refused);
  if (renames.length === 0 && isEmpty(delta)) return stop([]);
  const scene: Scene = {
    ...{ live, renamed, wanted, renames, directives },
    changes: delta.changed,
    kept: foreignOf(renamed, ownership),
  };
  const steps = [
    ...(first?.steps ?? []),
    ...orderSteps(dialect, delta, scene, first?.broken ?? []),
  ];
  const { left, broken } = yield* rehearsed(steps, input, ownership);
  if (left.length > 0) return stop(left);
  return {
    ...heads,
    steps,
    refusals: [],
    drift: told(heads.drift, broken),
    rowsKept: rowsKept(live, delta, renames, steps),
  };
}

interface FirstSteps {
  readonly steps: readonly Step[];
  /** After them, with what they put aside still in its place. */
  readonly renamed: Catalogue;
  readonly broken: readonly string[];
  readonly refusals: readonly Refusal[];
}

/** What the engine cannot read stands in the way of every rename: it is put aside before them. */
function* firstSteps(
  dialect: Dialect,
  live: Catalogue,
  renames: readonly Rename[],
): Planning<FirstSteps> {
  const { broken: unreadable } = yield { live, statements: [] };
  const triggers = live.triggers.filter((one) => isIn(unreadable, one.name, one.on));
  const views = live.views.filter((one) => isIn(unreadable, one.name));
  const steps = [
    ...setAside(dialect, { triggers, views }),
    ...renames.map((one) =>
      one.kind === 'table'
        ? stepOf('rename-table', one.to, 'rename', dialect.rename(one))
        : stepOf('rename-column', `${one.table}.${one.to}`, 'rename', dialect.rename(one)),
    ),
  ];
  const { catalogue, fault } = yield { live, statements: statementsOf(steps) };
  return {
    steps,
    renamed: withAside(catalogue, live, dialect.fold),
    broken: [...triggers, ...views].map(({ name }) => name),
    refusals: fault === null ? [] : [notTaken(fault, steps)],
  };
}

function foreignOf(renamed: Catalogue, { isOurs }: Ownership): Scene['kept'] {
  return {
    indexes: renamed.indexes.filter(({ name }) => !isOurs('indexes', name)),
    views: renamed.views.filter(({ name }) => !isOurs('views', name)),
    triggers: renamed.triggers.filter(({ name }) => !isOurs('triggers', name)),
  };
}

interface Rehearsed {
  readonly left: readonly Refusal[];
  /** What worked before, and reads now what is not there. */
  readonly broken: readonly string[];
}

/** The proof of the plan, without rows: what it leaves over is more than it knows how to serve. */
function* rehearsed(
  steps: readonly Step[],
  { live, wanted }: PlanInput,
  ownership: Ownership,
): Planning<Rehearsed> {
  const { catalogue, fault, broken } = yield { live, statements: statementsOf(steps) };
  if (fault !== null) return { left: [notTaken(fault, steps)], broken: [] };
  const rest = diff(catalogue, wanted, ownership);
  const before = broken.length === 0 ? [] : (yield { live, statements: [] }).broken;
  return {
    left: objectsOf(rest).map((object) => notServed(object, `${object} cannot be changed so`)),
    broken: broken.filter((name) => !before.includes(name)),
  };
}

function objectsOf({
  created,
  changed,
  dropped,
  indexes,
  views,
  triggers,
}: Delta): readonly string[] {
  const some = [indexes, views, triggers].flatMap((both) => [...both.added, ...both.dropped]);
  const names = [...created, ...changed.map((one) => one.wanted), ...dropped, ...some];
  return [...new Set(names.map(({ name }) => name))];
}

function notTaken(
  { statement, message }: { readonly statement: string; readonly message: string },
  steps: readonly Step[],
): Refusal {
  const step = steps.find(({ statements }) => statements.includes(statement));
  return notServed(step?.object ?? statement, `the database refuses: ${message} (${statement})`);
}

function notServed(object: string, message: string): Refusal {
  return {
    code: 'change_not_supported',
    object,
    message,
    remedy: 'Make the change in smaller releases, or take away what stands in the way.',
  };
}

function told(drift: readonly Drift[], broken: readonly string[]): readonly Drift[] {
  return drift.map((one) => {
    const isBroken = one.fate === 'kept' && isIn(broken, one.object);
    if (!isBroken || (one.kind !== 'view' && one.kind !== 'trigger')) return one;
    const message = `${one.kind} ${one.object} is not declared; it reads what this takes away`;
    return { ...one, fate: 'broken', message };
  });
}

const HARMLESS: readonly StepClass[] = ['additive', 'loosening'];

function rowsKept(
  live: Catalogue,
  delta: Delta,
  renames: readonly Rename[],
  steps: readonly Step[],
): Plan['rowsKept'] {
  if (steps.every((step) => HARMLESS.includes(step.class))) return [];
  const dropped = delta.dropped.map(({ name }) => name);
  return live.tables
    .filter(({ name, kind }) => kind === 'table' && !dropped.includes(name))
    .map(({ name }) => ({
      before: name,
      after: renames.find((one) => one.kind === 'table' && one.from === name)?.to ?? name,
    }));
}
