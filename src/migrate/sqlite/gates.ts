import { quoted } from '../../store/sqlite/identifier.ts';
import {
  type CatalogueColumn,
  type CatalogueForeignKey,
  type CatalogueIndex,
  type CatalogueTable,
  named,
} from '../catalogue.ts';
import type { Scene, TableChange } from '../dialect.ts';
import type { Gate } from '../plan-model.ts';
import { type CopiedColumn, copiedColumns, isStrict } from './copy.ts';
import { freeName } from './scratch.ts';
import { generatorOf, preludeOf, type Shape, shapeOf } from './shape.ts';
import { elementsOf } from './table-text.ts';
import { canonOf, fold, mentions, tokensOf } from './tokens.ts';

const ROWS_SHOWN = 10;

/** What rows must be like for a change of their table: nothing that is so already is asked. */
export function tableGates(change: TableChange, scene: Scene): readonly Gate[] {
  const shape = shapeOf(change.wanted.name, scene);
  if (shape === null) return [];
  return [
    ...valueGates(change, scene),
    ...nullGates(change, scene, shape),
    ...checkGates(change, scene, shape),
    ...uniqueGates(change, scene, shape),
    ...orphanGates(change, scene, shape),
  ];
}

/** Rows as they are, but under their new names. */
function baseGate({ live }: TableChange, scene: Scene, about: string, where: string): Gate {
  return selecting(scene, { about, table: live, source: quoted(live.name), where });
}

interface Selection {
  readonly about: string;
  /** By whose key the rows are shown, and whose name they go by. */
  readonly table: CatalogueTable;
  readonly source: string;
  readonly where: string;
}

function selecting(scene: Scene, { about, table, source, where }: Selection): Gate {
  const key = table.primaryKey.map(quoted).join(', ') || '*';
  const from = `${source} AS ${quoted(table.name)}`;
  const select = `SELECT ${key} FROM ${from} WHERE ${where} LIMIT ${ROWS_SHOWN}`;
  return { about, select: preludeOf(scene) + select };
}

/** Values that would not survive the way into their new column. */
function valueGates(change: TableChange, scene: Scene): readonly Gate[] {
  const { live, wanted } = change;
  const becomesStrict = isStrict(wanted) && !isStrict(live);
  const copied = copiedColumns(change, scene).flatMap((one): readonly Gate[] => {
    const { name, type } = one.column;
    const about = `rows of ${wanted.name} hold what is no ${type} in ${name}`;
    if (one.raw !== null && one.cast !== null) {
      return [baseGate(change, scene, about, lossy(one.raw, one.cast))];
    }
    const fits = becomesStrict && one.raw !== null ? STORED_AS[type] : undefined;
    if (fits === undefined) return [];
    return [baseGate(change, scene, about, `typeof(${one.raw}) NOT IN (${fits})`)];
  });
  const computed = wanted.columns
    .filter(({ name, generated }) => {
      const was = named(live.columns, name, fold);
      return generated !== null && was !== undefined && was.generated === null;
    })
    .map((column) => {
      const about = `rows of ${wanted.name} hold in ${column.name} what is not computed`;
      return baseGate(
        change,
        scene,
        about,
        `(${generatorOf(column, wanted)}) IS NOT ${quoted(column.name)}`,
      );
    });
  return [...copied, ...computed];
}

const STORED_AS: Readonly<Record<string, string>> = {
  text: "'null', 'text'",
  integer: "'null', 'integer'",
  int: "'null', 'integer'",
  real: "'null', 'real'",
  blob: "'null', 'blob'",
};

/** A cast is lossless when the way back gives the same value of the same type. */
function lossy(raw: string, type: string): string {
  const cast = `CAST(${raw} AS ${type})`;
  return (
    `${raw} IS NOT NULL AND CASE typeof(${raw}) WHEN 'integer' THEN CAST(${cast} AS INTEGER) ` +
    `WHEN 'real' THEN CAST(${cast} AS REAL) WHEN 'text' THEN CAST(${cast} AS TEXT) ` +
    `ELSE CAST(${cast} AS BLOB) END IS NOT ${raw} COLLATE BINARY`
  );
}

function nullGates(change: TableChange, scene: Scene, shape: Shape): readonly Gate[] {
  const copied = copiedColumns(change, scene);
  return change.wanted.columns
    .filter((column) => mayLackValue(column, change, copied))
    .map(({ name }) =>
      selecting(scene, {
        about: `rows of ${change.wanted.name} have no ${name}`,
        table: change.wanted,
        source: shape.source,
        where: `${quoted(name)} IS NULL`,
      }),
    );
}

function mayLackValue(
  column: CatalogueColumn,
  { live, wanted, altered }: TableChange,
  copied: readonly CopiedColumn[],
): boolean {
  const was = named(live.columns, column.name, fold);
  const isRowKey = wanted.rowKey !== null && fold(wanted.rowKey) === fold(column.name);
  // A row key that is null is given a number: the row would be changed, not refused.
  if (isRowKey) {
    return was !== undefined && !was.notNull && fold(live.rowKey ?? '') !== fold(column.name);
  }
  if (!column.notNull) return false;
  const copy = copied.find((one) => one.column === column);
  if (was === undefined || column.generated !== null) {
    const isGiven = copy?.raw === null && column.default !== null && column.default !== 'null';
    const isChanged = was === undefined || altered.some((one) => one.wanted === column);
    return !isGiven && isChanged;
  }
  return !was.notNull || copy?.isNew === true;
}

function checkGates(change: TableChange, scene: Scene, shape: Shape): readonly Gate[] {
  const { wanted, checks } = change;
  const isTouched = (expression: string): boolean => speaksOfNew(expression, wanted, shape);
  return wanted.checks
    .filter((check) => checks.added.includes(check) || isTouched(check.expression))
    .map(({ name, expression }) =>
      selecting(scene, {
        about: `rows of ${wanted.name} break the check ${name ?? expression}`,
        table: wanted,
        source: shape.source,
        where: `NOT (${expression})`,
      }),
    );
}

function speaksOfNew(text: string, { columns }: CatalogueTable, shape: Shape): boolean {
  const tokens = tokensOf(text);
  return columns.some(({ name }) => shape.isNew(name) && mentions(tokens, name));
}

function uniqueGates(change: TableChange, scene: Scene, shape: Shape): readonly Gate[] {
  const { live, wanted, uniques } = change;
  const isTouched = (columns: readonly string[]): boolean => columns.some(shape.isNew);
  const isSameKey = !change.primaryKey && !isTouched(wanted.primaryKey);
  // A row key that was not there is the number of the row: there are no two alike.
  const isNumber = wanted.rowKey !== null && named(live.columns, wanted.rowKey, fold) === undefined;
  const keys = [
    ...(isSameKey || isNumber || wanted.primaryKey.length === 0 ? [] : [wanted.primaryKey]),
    ...wanted.uniques
      .filter((one) => uniques.added.includes(one) || isTouched(one.columns))
      .map(({ columns }) => columns),
  ];
  const kept = scene.wanted.indexes.filter(
    (index) =>
      index.unique &&
      fold(index.table) === fold(wanted.name) &&
      named(scene.renamed.indexes, index.name, fold)?.canon === index.canon &&
      speaksOfNew(index.sql, wanted, shape),
  );
  return [
    ...keys.map((columns) => {
      const about = `rows of ${wanted.name} have the same ${columns.join(', ')}`;
      return duplicates(scene, { about, table: wanted.name, shape, terms: columns.map(quoted) });
    }),
    ...kept.map((index) => indexGate(index, scene, shape)),
  ];
}

/** What must find nothing before a unique index can be made. */
export function indexGates(index: CatalogueIndex, scene: Scene): readonly Gate[] {
  const shape = index.unique ? shapeOf(index.table, scene) : null;
  return shape === null ? [] : [indexGate(index, scene, shape)];
}

function indexGate(index: CatalogueIndex, scene: Scene, shape: Shape): Gate {
  const { terms, where } = indexParts(index.sql);
  const about = `rows of ${index.table} are the same to the index ${index.name}`;
  return duplicates(scene, { about, table: index.table, shape, terms, where });
}

/** The terms of an index without their direction, and its condition. */
export function indexParts(sql: string): {
  readonly terms: readonly string[];
  readonly where: string | undefined;
} {
  const tokens = tokensOf(sql);
  const open = tokens.findIndex(({ value }) => value === '(');
  let depth = 0;
  const close = tokens.findIndex(({ kind, value }, at) => {
    if (at < open || kind !== 'sign') return false;
    if (value === '(') depth += 1;
    if (value === ')') depth -= 1;
    return depth === 0;
  });
  const list = sql.slice(tokens[open]?.end, tokens[close]?.start);
  const condition = tokens[close + 1];
  return {
    terms: elementsOf(list).map((term) => term.replace(/\s+(asc|desc)$/i, '')),
    where: condition === undefined ? undefined : sql.slice(condition.end).trim(),
  };
}

function duplicates(
  scene: Scene,
  key: {
    readonly about: string;
    readonly table: string;
    readonly shape: Shape;
    readonly terms: readonly string[];
    readonly where?: string | undefined;
  },
): Gate {
  const { about, table, shape, terms, where } = key;
  const conditions = [
    ...(where === undefined ? [] : [`(${where})`]),
    ...terms.map((term) => `(${term}) IS NOT NULL`),
  ].join(' AND ');
  const list = terms.map((term) => `(${term})`).join(', ');
  return {
    about,
    select:
      `${preludeOf(scene)}SELECT ${list}, count(*) AS "rows" FROM ${shape.source} ` +
      `AS ${quoted(table)} WHERE ${conditions} GROUP BY ${list} HAVING count(*) > 1 ` +
      `LIMIT ${ROWS_SHOWN}`,
  };
}

/** Of the table's own keys, and of those that point at it, where either side has other values. */
function orphanGates(change: TableChange, scene: Scene, shape: Shape): readonly Gate[] {
  const { wanted, foreignKeys } = change;
  const own = wanted.foreignKeys
    .filter((key) => {
      const parent = shapeOf(key.table, scene);
      const isTouched = parent === null || key.references.some(parent.isNew);
      return foreignKeys.added.includes(key) || key.columns.some(shape.isNew) || isTouched;
    })
    .map((key) => orphanGate(wanted, key, scene));
  const others = scene.wanted.tables
    .filter((table) => scene.changes.every((one) => one.wanted !== table))
    .flatMap((table) =>
      table.foreignKeys
        .filter((key) => fold(key.table) === fold(wanted.name) && key.references.some(shape.isNew))
        .map((key) => orphanGate(table, key, scene)),
    );
  return [...own, ...others].flatMap((gate) => gate ?? []);
}

function orphanGate(child: CatalogueTable, key: CatalogueForeignKey, scene: Scene): Gate | null {
  const shape = shapeOf(child.name, scene);
  if (shape === null) return null;
  const parent = shapeOf(key.table, scene);
  const alias = freeName('parent', [child.name]);
  const pairs = key.columns.map((column, at) => {
    const theirs = quoted(key.references[at] ?? '');
    return `${quoted(alias)}.${theirs} = ${quoted(child.name)}.${quoted(column)}`;
  });
  const lonely =
    parent === null
      ? ''
      : ` AND NOT EXISTS (SELECT 1 FROM ${parent.source} AS ${quoted(alias)} ` +
        `WHERE ${pairs.join(' AND ')})`;
  return selecting(scene, {
    about: `rows of ${child.name} refer to rows of ${key.table} that are not there`,
    table: child,
    source: shape.source,
    where: key.columns.map((one) => `${quoted(one)} IS NOT NULL`).join(' AND ') + lonely,
  });
}

/** Whether a default is one value, which a column can be added with in place. */
export function isConstant(text: string): boolean {
  const [first, second, ...more] = tokensOf(text);
  if (first === undefined || more.length > 0) return false;
  const value = /^[+-]$/.test(first.value) ? second : second === undefined ? first : undefined;
  if (value === undefined) return false;
  if (value.kind === 'string' || value.kind === 'number') return true;
  return value.kind === 'word' && ['null', 'true', 'false'].includes(canonOf([value]));
}
