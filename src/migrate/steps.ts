import {
  type Catalogue,
  type CatalogueIndex,
  type CatalogueTrigger,
  type CatalogueView,
  type Fold,
  named,
} from './catalogue.ts';
import type { Both, Dialect, Scene } from './dialect.ts';
import type { Delta } from './diff.ts';
import { droppedColumn } from './drift.ts';
import type { Step, StepClass } from './plan-model.ts';

/** Steps that do not bear that a view or a trigger looks on. */
const MOVING: readonly string[] = ['rebuild-table', 'drop-column', 'alter-type'];

interface Onlookers {
  readonly views: readonly CatalogueView[];
  readonly triggers: readonly CatalogueTrigger[];
}

/**
 * Everything but the renames, in the one order in which nothing stands in the way of what follows:
 * onlookers aside, old indexes, new tables, altered tables, old tables, new indexes, onlookers.
 * `gone` are the onlookers that were put aside before the renames already.
 */
export function orderSteps(
  dialect: Dialect,
  delta: Delta,
  scene: Scene,
  gone: readonly string[],
): readonly Step[] {
  const { fold } = dialect;
  const altered = keysOutermost(delta.changed.flatMap((change) => dialect.alter(change, scene)));
  const rebuilt = altered.filter(({ kind }) => kind === 'rebuild-table').map((one) => one.object);
  const isMoving = delta.dropped.length > 0 || altered.some(({ kind }) => MOVING.includes(kind));
  const away = isMoving ? scene.renamed : touched(scene.renamed, delta, gone, dialect);
  const isHere = ({ name }: CatalogueView): boolean => !isIn(gone, name);
  const lost = scene.kept.indexes.filter(
    (index) => droppedColumn(index.sql, index.table, delta, dialect) !== undefined,
  );
  const triggers = away.triggers.filter(isHere);
  const views = away.views.filter(isHere);
  const ends = (one: CatalogueView): boolean =>
    [...delta.triggers.dropped, ...delta.views.dropped].includes(one);
  const end = (kind: 'trigger' | 'view', { name }: CatalogueView, statement: string): Step =>
    stepOf(`drop-${kind}`, name, 'loosening', statement);
  const aside = {
    triggers: triggers.filter((one) => !ends(one)),
    views: views.filter((one) => !ends(one)),
  };
  const endView = (one: CatalogueView): Step => end('view', one, dialect.drop('view', one.name));
  const takenDown = dialect.tracksDependencies
    ? [
        ...setAside(dialect, { ...aside, views: [] }),
        ...views
          .toReversed()
          .flatMap((one) =>
            ends(one) ? [endView(one)] : setAside(dialect, { triggers: [], views: [one] }),
          ),
      ]
    : [...setAside(dialect, aside), ...views.filter(ends).map(endView)];
  return [
    // A view takes its triggers along.
    ...triggers.filter(ends).map((one) => end('trigger', one, dialect.dropTrigger(one))),
    ...takenDown,
    ...[...delta.indexes.dropped, ...lost].map((one) =>
      stepOf('drop-index', one.name, 'loosening', dialect.drop('index', one.name)),
    ),
    ...delta.created.map(({ name, sql }) => stepOf('create-table', name, 'additive', sql)),
    ...altered,
    ...(dialect.tracksDependencies ? delta.dropped.toReversed() : delta.dropped).map(
      ({ name }) => ({
        ...stepOf('drop-table', name, 'destructive', dialect.drop('table', name)),
        rowsOf: name,
      }),
    ),
    ...delta.indexes.added
      .filter(({ table }) => !rebuilt.some((name) => fold(name) === fold(table)))
      .map((index) => indexStep(dialect, index, scene)),
    ...(dialect.tracksDependencies
      ? putBackInOrder(away.views, delta.views, scene, fold)
      : putBack('view', away.views, delta.views, fold)),
    ...putBack('trigger', staying(away.triggers, delta, fold), delta.triggers, fold),
  ];
}

/** What refers to other tables goes before anything of them changes, and comes after all of it. */
function keysOutermost(steps: readonly Step[]): readonly Step[] {
  const place = ({ kind }: Step): number =>
    kind === 'drop-foreign-key' ? 0 : kind === 'add-foreign-key' ? 2 : 1;
  return steps.toSorted((one, other) => place(one) - place(other));
}

/** Those that change or go, those put aside already, and the triggers that hang on such views. */
function touched(
  { views, triggers }: Catalogue,
  delta: Delta,
  gone: readonly string[],
  { fold, mentions, tracksDependencies }: Dialect,
): Onlookers {
  const isTouched = (one: CatalogueView, dropped: readonly CatalogueView[]): boolean =>
    isIn(gone, one.name) || named(dropped, one.name, fold) !== undefined;
  let away = views.filter((one) => isTouched(one, delta.views.dropped));
  const standsOn = (one: CatalogueView): boolean =>
    away.includes(one) || away.some(({ name }) => mentions(one.sql, name));
  for (let known = -1; tracksDependencies && known < away.length; ) {
    known = away.length;
    away = views.filter(standsOn);
  }
  return {
    views: away,
    triggers: triggers.filter(
      (one) => isTouched(one, delta.triggers.dropped) || named(away, one.on, fold) !== undefined,
    ),
  };
}

/** A trigger goes with what it hangs on. */
function staying(
  triggers: readonly CatalogueTrigger[],
  { dropped, views }: Delta,
  fold: Fold,
): readonly CatalogueTrigger[] {
  const gone = views.dropped.filter(({ name }) => named(views.added, name, fold) === undefined);
  return triggers.filter(({ on }) => named([...dropped, ...gone], on, fold) === undefined);
}

export function setAside(dialect: Dialect, { triggers, views }: Onlookers): readonly Step[] {
  const statements = [
    ...triggers.map((one) => dialect.dropTrigger(one)),
    ...views.map(({ name }) => dialect.drop('view', name)),
  ];
  if (statements.length === 0) return [];
  const object = [...triggers, ...views].map(({ name }) => name).join(', ');
  return [{ ...stepOf('set-aside', object, 'additive'), statements }];
}

/** What was put aside and stays, in its old order; then what is new or different. */
function putBack<T extends CatalogueView>(
  kind: 'view' | 'trigger',
  away: readonly T[],
  { added, dropped }: Both<T>,
  fold: Fold,
): readonly Step[] {
  const stay = away.filter(({ name }) => named(dropped, name, fold) === undefined);
  const object = stay.map(({ name }) => name).join(', ');
  const back = {
    ...stepOf('put-back', object, 'additive'),
    statements: stay.map((one) => one.sql),
  };
  return [
    ...(stay.length === 0 ? [] : [back]),
    ...added.map(({ name, sql }) => stepOf(`create-${kind}`, name, 'additive', sql)),
  ];
}

/** Each view after what it may read: ours as they are declared, then those of others. */
function putBackInOrder(
  away: readonly CatalogueView[],
  { added, dropped }: Both<CatalogueView>,
  { wanted }: Scene,
  fold: Fold,
): readonly Step[] {
  const back = (one: CatalogueView): Step => stepOf('put-back', one.name, 'additive', one.sql);
  const stays = away.filter(({ name }) => named(dropped, name, fold) === undefined);
  const ours = wanted.views.flatMap((one) => {
    if (added.includes(one)) return [stepOf('create-view', one.name, 'additive', one.sql)];
    return named(stays, one.name, fold) === undefined ? [] : [back(one)];
  });
  const theirs = stays.filter(({ name }) => named(wanted.views, name, fold) === undefined);
  return [...ours, ...theirs.map(back)];
}

function indexStep(dialect: Dialect, index: CatalogueIndex, scene: Scene): Step {
  const isNewTable = named(scene.renamed.tables, index.table, dialect.fold) === undefined;
  const gates = isNewTable ? [] : dialect.indexGates(index, scene);
  const risk = gates.length > 0 ? 'tightening' : 'additive';
  const rowsOf = isNewTable ? null : index.table;
  return { ...stepOf('create-index', index.name, risk, index.sql), gates, rowsOf };
}

export function stepOf(
  kind: string,
  object: string,
  risk: StepClass,
  ...statements: string[]
): Step {
  return { kind, object, class: risk, statements, gates: [], rowsOf: null };
}

export function statementsOf(steps: readonly Step[]): readonly string[] {
  return steps.flatMap(({ statements }) => statements);
}

/** A catalogue to which what was put aside is added, where it stood. */
export function withAside(renamed: Catalogue, live: Catalogue, fold: Fold): Catalogue {
  const whole = <T extends CatalogueView>(was: readonly T[], is: readonly T[]): readonly T[] =>
    was.map((one) => named(is, one.name, fold) ?? one);
  return {
    ...renamed,
    views: whole(live.views, renamed.views),
    triggers: whole(live.triggers, renamed.triggers),
  };
}

export function isIn(names: readonly string[], ...some: readonly string[]): boolean {
  return some.some((name) => names.includes(name));
}
