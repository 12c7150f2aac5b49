import { type Catalogue, named } from './catalogue.ts';
import type { Delta } from './diff.ts';
import type { Owned, Ownership } from './ownership.ts';
import type { Refusal } from './plan-model.ts';

/**
 * Tables and columns of ours that the database has and the declaration has no more. Whether they
 * were dropped or renamed is never guessed: their rows are somebody's work.
 */
export function unexplained(
  renamed: Catalogue,
  delta: Delta,
  owned: Owned,
  ownership: Ownership,
): readonly Refusal[] {
  const { fold, isOurs, isOurColumn, isDroppedTable, isDroppedColumn } = ownership;
  const isDeclared = (name: string): boolean =>
    named(owned.wanted.tables, name, fold) !== undefined;
  const tables = renamed.tables
    .filter(({ name }) => isOurs('tables', name) && !isDeclared(name) && !isDroppedTable(name))
    .map(({ name }) =>
      refusal(
        'table',
        name,
        delta.created.map((one) => one.name),
      ),
    );
  const columns = owned.wanted.tables.flatMap((wanted) => {
    const live = named(renamed.tables, wanted.name, fold);
    const change = delta.changed.find((one) => one.wanted === wanted);
    const added = (change?.added ?? []).map((one) => `${wanted.name}.${one.name}`);
    return (live?.columns ?? [])
      .filter(
        ({ name }) =>
          named(wanted.columns, name, fold) === undefined &&
          isOurColumn(wanted.name, name) &&
          !isDroppedColumn(wanted.name, name),
      )
      .map(({ name }) => refusal('column', `${wanted.name}.${name}`, added));
  });
  return [
    ...tables,
    ...columns,
    ...pointing(renamed, delta, ownership),
    ...clashing(delta, ownership),
  ];
}

function refusal(kind: string, object: string, added: readonly string[]): Refusal {
  if (added.length === 0) {
    return {
      code: 'unexplained_drop',
      object,
      message: `${kind} ${object} is no longer declared`,
      remedy: `Declare it again, or drop it with a directive.`,
    };
  }
  return {
    code: 'unexplained_rename',
    object,
    message: `${kind} ${object} is no longer declared, and ${added.join(', ')} is new`,
    remedy: `Say with a directive whether ${object} was renamed or dropped.`,
  };
}

/** Somebody else's rows would refer to nothing. */
function pointing(
  renamed: Catalogue,
  { dropped }: Delta,
  ownership: Ownership,
): readonly Refusal[] {
  return renamed.tables
    .filter(({ name }) => !ownership.isOurs('tables', name) && !ownership.isDroppedTable(name))
    .flatMap(({ name, foreignKeys }) =>
      foreignKeys
        .filter((key) => named(dropped, key.table, ownership.fold) !== undefined)
        .map(
          (key): Refusal => ({
            code: 'change_not_supported',
            object: key.table,
            message:
              `table ${key.table} is to be dropped, but table ${name}, which is not declared, ` +
              'refers to it',
            remedy: `Drop ${name}, or its key, first.`,
          }),
        ),
    );
}

/** What is declared anew under a name that somebody else has taken for something different. */
function clashing({ changed, ...delta }: Delta, ownership: Ownership): readonly Refusal[] {
  const { wasOurs, wasOurColumn } = ownership;
  const others = (['indexes', 'views', 'triggers'] as const).flatMap((kind) => {
    const { added, dropped } = delta[kind];
    return dropped
      .filter(({ name }) => named(added, name, ownership.fold) !== undefined)
      .filter(({ name }) => !wasOurs(kind, name))
      .map(({ name }) => name);
  });
  const tables = changed.filter(({ wanted }) => !wasOurs('tables', wanted.name));
  const columns = changed
    .filter((change) => !tables.includes(change))
    .flatMap(({ wanted, altered }) =>
      altered
        .filter((one) => !wasOurColumn(wanted.name, one.wanted.name))
        .map((one) => `${wanted.name}.${one.wanted.name}`),
    );
  return [...tables.map(({ wanted }) => wanted.name), ...columns, ...others].map((object) => ({
    code: 'change_not_supported',
    object,
    message: `${object} is new, but the database has another ${object}, of somebody else`,
    remedy: 'Give one of the two another name.',
  }));
}
