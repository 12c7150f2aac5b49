import { identifier } from '../../store/postgres/identifier.ts';
import {
  type CatalogueColumn,
  type CatalogueForeignKey,
  type CatalogueIndex,
  type CatalogueTable,
  named,
} from '../catalogue.ts';
import type { Rename, Scene, TableChange } from '../dialect.ts';
import type { Gate } from '../plan-model.ts';
import { castOf } from './casts.ts';
import { conversionOf, fillingOf } from './filling.ts';
import { mentions, partsOf } from './words.ts';

const ROWS_SHOWN = 10;
const same = (name: string): string => name;

/**
 * What rows must be like for a change of their table, said before anything is tried. Only rows as
 * they are are asked: what a change makes of values is judged by the engine itself, which validates
 * every constraint that it adds and undoes everything when one does not hold.
 */
export function tableGates(change: TableChange, scene: Scene): readonly Gate[] {
  const { live, wanted, added, altered, checks, uniques, foreignKeys } = change;
  const isNew = (name: string): boolean =>
    named(added, name, same) !== undefined ||
    altered.some((one) => one.wanted.name === name && !one.parts.every((part) => AS_IS.has(part)));
  const speaksOfNew = (text: string): boolean =>
    wanted.columns.some(({ name }) => isNew(name) && mentions(text, name));
  const gate = (about: string, where: string): Gate => selecting(scene, wanted, about, where);
  const keys = [
    ...(change.primaryKey && wanted.primaryKey.length > 0 ? [wanted.primaryKey] : []),
    ...uniques.added.map(({ columns }) => columns),
  ].filter((columns) => !columns.some(isNew));
  return [
    ...altered.flatMap(({ live: was, wanted: column, parts }) => {
      const cast = castOf(was.type, column.type);
      const isCast = parts.includes('type') && conversionOf(change, column, scene) === null;
      if (!isCast || cast.isLossy === null) return [];
      const about = `rows of ${wanted.name} hold what is no ${column.type} in ${column.name}`;
      return [gate(about, cast.isLossy(identifier(column.name)))];
    }),
    ...[...added, ...altered.filter(({ parts }) => parts.includes('null')).map((one) => one.wanted)]
      .filter((column) => lacksValue(column, change, scene))
      .map(({ name }) =>
        gate(
          `rows of ${wanted.name} have no ${name}`,
          named(live.columns, name, same) === undefined ? 'true' : `${identifier(name)} IS NULL`,
        ),
      ),
    ...checks.added
      .filter(({ expression }) => !speaksOfNew(expression))
      .map(({ name, expression }) =>
        gate(`rows of ${wanted.name} break the check ${name ?? ''}`, `NOT (${expression})`),
      ),
    ...keys.map((columns) =>
      duplicates(scene, wanted.name, {
        about: `rows of ${wanted.name} have the same ${columns.join(', ')}`,
        terms: columns.map(identifier),
      }),
    ),
    ...foreignKeys.added
      .filter(({ columns }) => !columns.some(isNew))
      .flatMap((key) => orphans(scene, wanted, key)),
  ];
}

/** Parts of a column whose change leaves its values as they are. */
const AS_IS: ReadonlySet<string> = new Set(['null', 'default', 'collation']);

function lacksValue(column: CatalogueColumn, change: TableChange, scene: Scene): boolean {
  const isGiven = column.default !== null || column.generated !== null;
  const wasThere = named(change.live.columns, column.name, same) !== undefined;
  if (!column.notNull || (isGiven && !wasThere)) return false;
  return fillingOf(change, column, scene) === null;
}

function selecting(scene: Scene, table: CatalogueTable, about: string, where: string): Gate {
  const key = table.primaryKey.filter((name) => hasColumn(scene, table.name, name));
  const list = key.length === 0 ? '*' : key.map(identifier).join(', ');
  const select = `SELECT ${list} FROM ${identifier(table.name)} WHERE ${where} LIMIT ${ROWS_SHOWN}`;
  return { about, select: preludeOf(scene) + select };
}

function hasColumn({ renamed }: Scene, table: string, column: string): boolean {
  return named(named(renamed.tables, table, same)?.columns, column, same) !== undefined;
}

interface Key {
  readonly about: string;
  readonly terms: readonly string[];
  readonly where?: string | undefined;
}

function duplicates(scene: Scene, table: string, { about, terms, where }: Key): Gate {
  const conditions = [
    ...(where === undefined ? [] : [`(${where})`]),
    ...terms.map((term) => `(${term}) IS NOT NULL`),
  ].join(' AND ');
  const list = terms.join(', ');
  return {
    about,
    select:
      `${preludeOf(scene)}SELECT ${list}, count(*) AS "rows" FROM ${identifier(table)} ` +
      `WHERE ${conditions} GROUP BY ${list} HAVING count(*) > 1 LIMIT ${ROWS_SHOWN}`,
  };
}

/** What must find nothing before a unique index can be made. */
export function indexGates(index: CatalogueIndex, scene: Scene): readonly Gate[] {
  if (!index.unique) return [];
  const [, list = '', where] = /\bUSING \w+ \((.*?)\)(?: WHERE (.*))?$/s.exec(index.sql) ?? [];
  const terms = partsOf(list).map((term) =>
    term.replace(/ (?:ASC|DESC|NULLS (?:FIRST|LAST))/g, ''),
  );
  const change = scene.changes.find(({ wanted }) => wanted.name === index.table);
  const touched = [...(change?.added ?? []), ...(change?.altered ?? []).map((one) => one.wanted)];
  if (touched.some(({ name }) => mentions(index.sql, name))) return [];
  const about = `rows of ${index.table} are the same to the index ${index.name}`;
  return [duplicates(scene, index.table, { about, terms, where })];
}

/** Rows that would refer to none. A table that is only made now has none to be referred to. */
function orphans(
  scene: Scene,
  child: CatalogueTable,
  { columns, table, references }: CatalogueForeignKey,
): readonly Gate[] {
  const isThere = named(scene.renamed.tables, table, same) !== undefined;
  if (isThere && references.some((name) => !hasColumn(scene, table, name))) return [];
  const [own, theirs] = [identifier(child.name), 'parent_row'];
  const pairs = columns.map(
    (name, at) => `${theirs}.${identifier(references[at] ?? '')} = ${own}.${identifier(name)}`,
  );
  const lonely = isThere
    ? ` AND NOT EXISTS (SELECT 1 FROM ${identifier(table)} AS ${theirs} ` +
      `WHERE ${pairs.join(' AND ')})`
    : '';
  const filled = columns.map((name) => `${own}.${identifier(name)} IS NOT NULL`).join(' AND ');
  const about = `rows of ${child.name} refer to rows of ${table} that are not there`;
  return [selecting(scene, child, about, filled + lonely)];
}

/** Renamed tables under their new names, for a query that runs while they have the old ones. */
function preludeOf({ live, renames }: Scene): string {
  const touched = [...new Set(renames.map((one) => (one.kind === 'table' ? one.to : one.table)))];
  const tables = touched.map((name) => {
    const from = renames.find((one) => one.kind === 'table' && one.to === name)?.from ?? name;
    const columns = named(live.tables, from, same)?.columns ?? [];
    const list = columns.map((column) => renamedColumn(column.name, name, renames));
    return `${identifier(name)} AS (SELECT ${list.join(', ')} FROM ${identifier(from)})`;
  });
  return tables.length === 0 ? '' : `WITH ${tables.join(', ')} `;
}

function renamedColumn(column: string, table: string, renames: readonly Rename[]): string {
  const rename = renames.find(
    (one) => one.kind === 'column' && one.table === table && one.from === column,
  );
  return rename === undefined
    ? identifier(column)
    : `${identifier(column)} AS ${identifier(rename.to)}`;
}
