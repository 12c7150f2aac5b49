import { quoted } from '../../store/sqlite/identifier.ts';
import { type CatalogueColumn, type CatalogueTable, named } from '../catalogue.ts';
import type { Scene, TableChange } from '../dialect.ts';
import type { Step, StepClass } from '../plan-model.ts';
import { isConstant, tableGates } from './gates.ts';
import { rebuild } from './rebuild.ts';
import { canonOf, fold, mentions, tokensOf } from './tokens.ts';

/** What this release of the engine does in place. */
export interface Powers {
  /** ADD and DROP CONSTRAINT for a CHECK, SET and DROP NOT NULL: since 3.53. */
  readonly constraints: boolean;
  /** DROP COLUMN: since 3.35. */
  readonly dropColumn: boolean;
}

/** In place when every single difference can be, else by one rebuild: never both for one table. */
export function alter(change: TableChange, scene: Scene, powers: Powers): readonly Step[] {
  if (!isInPlace(change, scene, powers)) return [rebuild(change, scene)];
  const { wanted, dropped, added, altered, checks } = change;
  const gates = tableGates(change, scene);
  const nulls = altered.map((one) => one.wanted);
  const steps = [
    ...checks.dropped.map((one) =>
      step(change, 'drop-check', one.name, 'loosening', `DROP CONSTRAINT ${name(one.name)}`),
    ),
    ...dropped.map((one) =>
      step(change, 'drop-column', one.name, 'destructive', `DROP COLUMN ${quoted(one.name)}`),
    ),
    ...added.map((one) =>
      step(change, 'add-column', one.name, 'additive', `ADD COLUMN ${addedText(one, change)}`),
    ),
    ...nulls.map((one) => {
      const alteration = `ALTER COLUMN ${quoted(one.name)}`;
      return one.notNull
        ? step(change, 'set-not-null', one.name, 'tightening', `${alteration} SET NOT NULL`)
        : step(change, 'drop-not-null', one.name, 'loosening', `${alteration} DROP NOT NULL`);
    }),
    ...checks.added
      .filter((check) => !added.some(({ sql }) => sql.includes(check.sql)))
      .map((one) => step(change, 'add-check', one.name, 'tightening', `ADD ${one.sql}`)),
  ];
  // All of them are asked at once, before the plan has begun: it does not matter where they stand.
  return steps.map((one, index) =>
    index === 0 ? { ...one, gates, rowsOf: gates.length > 0 ? wanted.name : one.rowsOf } : one,
  );
}

function step(
  { wanted }: TableChange,
  kind: string,
  part: string | null,
  risk: StepClass,
  alteration: string,
): Step {
  return {
    kind,
    object: part === null ? wanted.name : `${wanted.name}.${part}`,
    class: risk,
    statements: [`ALTER TABLE ${quoted(wanted.name)} ${alteration}`],
    gates: [],
    rowsOf: READS_ROWS.includes(kind) ? wanted.name : null,
  };
}

const READS_ROWS: readonly string[] = ['drop-column', 'set-not-null', 'add-check'];

const name = (constraint: string | null): string => quoted(constraint ?? '');

/** A key of the new column alone is written with it: nothing else can be added in place. */
function addedText(column: CatalogueColumn, { foreignKeys }: TableChange): string {
  const key = foreignKeys.added.find(({ columns }) => isOnly(columns, column.name));
  if (key === undefined || column.sql.includes(key.sql)) return column.sql;
  return `${column.sql} ${key.sql.replace(/FOREIGN\s+KEY\s*\([^)]*\)\s*/i, '')}`;
}

function isOnly(columns: readonly string[], column: string): boolean {
  return columns.length === 1 && fold(columns[0] ?? '') === fold(column);
}

function isInPlace(change: TableChange, scene: Scene, powers: Powers): boolean {
  const { added, dropped, altered, checks, uniques, foreignKeys } = change;
  if (change.primaryKey || change.options) return false;
  if (uniques.added.length + uniques.dropped.length + foreignKeys.dropped.length > 0) return false;
  const isCarried = ({ columns }: { readonly columns: readonly string[] }): boolean =>
    added.some((one) => isOnly(columns, one.name) && one.default === null);
  if (!foreignKeys.added.every(isCarried)) return false;
  return (
    added.every((one) => isAddable(one, change, scene)) &&
    dropped.every((one) => isDroppable(one, change, powers)) &&
    altered.every(({ wanted, parts }) => {
      const isNullOnly = parts.length === 1 && parts[0] === 'null';
      return (
        isNullOnly &&
        powers.constraints &&
        !isKeyed(wanted, change) &&
        !isFilled(wanted, change, scene)
      );
    }) &&
    checks.dropped.every((one) => one.name !== null && powers.constraints) &&
    checks.added.every(
      ({ sql, expression }) =>
        added.some((column) => column.sql.includes(sql)) ||
        (powers.constraints && isNeverNull(expression, change.wanted)),
    )
  );
}

function isKeyed({ name: column }: CatalogueColumn, { wanted, live }: TableChange): boolean {
  return [...wanted.primaryKey, ...live.primaryKey].some((one) => fold(one) === fold(column));
}

function isFilled(
  column: CatalogueColumn,
  { wanted }: TableChange,
  { directives }: Scene,
): boolean {
  return (directives.backfills ?? []).some(
    (one) => fold(one.table) === fold(wanted.name) && fold(one.column) === fold(column.name),
  );
}

function isAddable(column: CatalogueColumn, change: TableChange, scene: Scene): boolean {
  if (isFilled(column, change, scene)) return false;
  if (column.generated !== null) return !column.generated.stored;
  if (column.default === null) return !column.notNull;
  return isConstant(column.default) && (!column.notNull || column.default !== 'null');
}

/**
 * A check that comes out as null holds for a row that is written, yet ADD CONSTRAINT refuses the
 * row that is there. So only a check that cannot be null is added in place: of columns that are
 * not, with words that give none. `c IS NULL OR` before the rest excuses that column.
 */
function isNeverNull(expression: string, { columns }: CatalogueTable): boolean {
  const sure = new Set(columns.filter((one) => one.notNull).map((one) => fold(one.name)));
  let tokens = tokensOf(expression);
  while (/^is null or$/i.test(canonOf(tokens.slice(1, 4)))) {
    sure.add(fold(tokens[0]?.value ?? ''));
    tokens = tokens.slice(4);
  }
  return tokens.every(({ kind, value }) => {
    const word = fold(value);
    if (kind === 'quoted') return sure.has(word);
    if (kind === 'word') return sure.has(word) || NEVER_NULL.has(word);
    return kind !== 'sign' || !/^([/%?:@]|->>?)$/.test(value);
  });
}

const NEVER_NULL: ReadonlySet<string> = new Set(
  'and or not in between is like glob length typeof lower upper trim abs true false'.split(' '),
);

/** A column that anything of its own table speaks of cannot be dropped in place. */
function isDroppable(column: CatalogueColumn, change: TableChange, powers: Powers): boolean {
  const { live, wanted, checks } = change;
  const keys = [live, wanted].flatMap((table) => [
    table.primaryKey,
    ...table.uniques.map((one) => one.columns),
    ...table.foreignKeys.map((one) => one.columns),
  ]);
  const texts = [
    ...live.checks
      .filter((check) => !checks.dropped.includes(check) && !column.sql.includes(check.sql))
      .map(({ sql }) => sql),
    ...live.columns.filter((one) => one !== column && one.generated !== null).map(({ sql }) => sql),
  ];
  return (
    powers.dropColumn &&
    named(wanted.columns, column.name, fold) === undefined &&
    !keys.flat().some((one) => fold(one) === fold(column.name)) &&
    !texts.some((text) => mentions(tokensOf(text), column.name))
  );
}
