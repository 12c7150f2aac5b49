import { identifier } from '../../store/postgres/identifier.ts';
import type { CatalogueColumn } from '../catalogue.ts';
import type { ColumnChange, Scene, TableChange } from '../dialect.ts';
import type { Step, StepClass } from '../plan-model.ts';
import { castOf } from './casts.ts';
import { conversionOf, fillingOf } from './filling.ts';
import { tableGates } from './gates.ts';
import { columnText, constraint, isIdentity, typeText } from './inspect.ts';

/**
 * Everything in place: what goes, what comes, what changes, what is demanded of it. No table is
 * made anew, so whatever else hangs on it (grants, policies, what others put there) stays.
 */
export function alter(change: TableChange, scene: Scene): readonly Step[] {
  const { wanted, live, dropped, added, altered, checks, uniques, foreignKeys } = change;
  const made = { change, scene };
  const gone = (kind: string, name: string | null | undefined): Step =>
    step(change, `drop-${kind}`, name ?? null, 'loosening', `DROP ${constraint(name).trim()}`);
  const kept = foreignKeys.dropped;
  const steps = [
    ...kept.map(({ name }) => gone('foreign-key', name)),
    ...checks.dropped.map(({ name }) => gone('check', name)),
    ...uniques.dropped.map(({ name }) => gone('unique', name)),
    ...(change.primaryKey && live.primaryKey.length > 0 ? [gone('key', live.keyName)] : []),
    ...dropped.map(({ name }) =>
      step(change, 'drop-column', name, 'destructive', `DROP COLUMN ${identifier(name)}`),
    ),
    ...added.filter(({ generated }) => generated === null).flatMap((one) => addColumn(one, made)),
    ...altered.filter(isRemade).flatMap((one) => remake(one, made)),
    ...altered.filter((one) => !isRemade(one)).flatMap((one) => alterColumn(one, made)),
    ...added.filter(({ generated }) => generated !== null).flatMap((one) => addColumn(one, made)),
    ...(change.primaryKey && wanted.primaryKey.length > 0 ? [addKey(change)] : []),
    ...uniques.added.map(({ name, sql }) =>
      step(change, 'add-unique', name ?? null, 'tightening', `ADD ${sql ?? ''}`),
    ),
    ...checks.added.map(({ name, sql }) =>
      step(change, 'add-check', name, 'tightening', `ADD ${sql}`),
    ),
    ...foreignKeys.added.map(({ name, sql }) =>
      step(change, 'add-foreign-key', name ?? null, 'tightening', `ADD ${sql}`),
    ),
  ];
  const gates = tableGates(change, scene);
  // All of them are asked at once, before the plan has begun: it does not matter where they stand.
  return steps.map((one, index) =>
    index === 0 ? { ...one, gates, rowsOf: gates.length > 0 ? wanted.name : one.rowsOf } : one,
  );
}

interface Made {
  readonly change: TableChange;
  readonly scene: Scene;
}

function step(
  { wanted }: TableChange,
  kind: string,
  part: string | null,
  risk: StepClass,
  ...alterations: string[]
): Step {
  return {
    kind,
    object: part === null ? wanted.name : `${wanted.name}.${part}`,
    class: risk,
    statements: alterations.map((text) => `ALTER TABLE ${identifier(wanted.name)} ${text}`),
    gates: [],
    rowsOf: READS_ROWS.has(kind) ? wanted.name : null,
  };
}

const READS_ROWS: ReadonlySet<string> = new Set(
  'add-unique add-key add-check add-foreign-key alter-type set-not-null fill-column'.split(' '),
);

function addKey(change: TableChange): Step {
  const { keyName, primaryKey } = change.wanted;
  const key = primaryKey.map(identifier).join(', ');
  const text = `ADD ${constraint(keyName)}PRIMARY KEY (${key})`;
  return step(change, 'add-key', null, 'tightening', text);
}

/** Filled as another type would be: the table is written once, and no trigger looks on. */
function addColumn(column: CatalogueColumn, { change, scene }: Made): readonly Step[] {
  const filling = fillingOf(change, column, scene);
  if (filling === null || column.generated !== null) {
    return [
      step(change, 'add-column', column.name, 'additive', `ADD COLUMN ${columnText(column)}`),
    ];
  }
  const bare = { ...column, notNull: false, default: null };
  const name = identifier(column.name);
  return [
    step(change, 'add-column', column.name, 'additive', `ADD COLUMN ${columnText(bare)}`),
    step(
      ...([change, 'fill-column', column.name, 'data'] as const),
      `ALTER COLUMN ${name} TYPE ${typeText(column)} USING CAST(${filling} AS ${column.type})`,
      ...(column.notNull ? [`ALTER COLUMN ${name} SET NOT NULL`] : []),
      ...defaultTexts(bare, column),
    ),
  ];
}

/** What is computed cannot be told to be so, or otherwise: the column is made anew. */
function isRemade({ wanted, parts }: ColumnChange): boolean {
  return parts.includes('generated') && wanted.generated !== null;
}

function remake({ wanted }: ColumnChange, { change }: Made): readonly Step[] {
  const name = identifier(wanted.name);
  return [
    step(
      ...([change, 'alter-type', wanted.name, 'rebuild'] as const),
      `DROP COLUMN ${name}`,
      `ADD COLUMN ${columnText(wanted)}`,
    ),
  ];
}

function alterColumn({ live, wanted, parts }: ColumnChange, made: Made): readonly Step[] {
  const { change, scene } = made;
  const name = identifier(wanted.name);
  const filling =
    parts.includes('null') && wanted.notNull ? fillingOf(change, wanted, scene) : null;
  const isRetyped = parts.includes('type') || parts.includes('collation');
  const old = isIdentity(live)
    ? `ALTER COLUMN ${name} DROP IDENTITY`
    : `ALTER COLUMN ${name} DROP DEFAULT`;
  // A default of the old type is in the way of the new one, and is put back as it is declared.
  const isDefaulted = parts.includes('default') || (isRetyped && live.default !== null);
  const moves = [
    ...(parts.includes('generated') ? [`ALTER COLUMN ${name} DROP EXPRESSION`] : []),
    ...(isDefaulted && live.default !== null ? [old] : []),
    ...(isRetyped || filling !== null
      ? [
          `ALTER COLUMN ${name} TYPE ${typeText(wanted)} ` +
            `USING ${newValue({ live, wanted, filling }, made)}`,
        ]
      : []),
  ];
  const isLoosened = parts.includes('null') && !wanted.notNull;
  return [
    ...(moves.length === 0
      ? []
      : [
          step(
            change,
            kindOf(isRetyped, filling),
            wanted.name,
            riskOf(isRetyped, filling),
            ...moves,
          ),
        ]),
    ...(isLoosened
      ? [
          step(
            change,
            'drop-not-null',
            wanted.name,
            'loosening',
            `ALTER COLUMN ${name} DROP NOT NULL`,
          ),
        ]
      : []),
    ...(parts.includes('null') && wanted.notNull
      ? [
          step(
            change,
            'set-not-null',
            wanted.name,
            'tightening',
            `ALTER COLUMN ${name} SET NOT NULL`,
          ),
        ]
      : []),
    ...(isDefaulted && wanted.default !== null
      ? [step(change, 'set-default', wanted.name, 'loosening', ...defaultTexts(live, wanted))]
      : []),
  ];
}

const kindOf = (isRetyped: boolean, filling: string | null): string =>
  isRetyped || filling !== null ? 'alter-type' : 'drop-default';

const riskOf = (isRetyped: boolean, filling: string | null): StepClass => {
  if (isRetyped) return 'rebuild';
  return filling === null ? 'loosening' : 'data';
};

function newValue(
  { live, wanted, filling }: Pick<ColumnChange, 'live' | 'wanted'> & { filling: string | null },
  { change, scene }: Made,
): string {
  const name = identifier(wanted.name);
  const converted = live.type === wanted.type ? null : conversionOf(change, wanted, scene);
  const cast = live.type === wanted.type ? name : castOf(live.type, wanted.type).value(name);
  const value = converted === null ? cast : `CAST(${converted} AS ${wanted.type})`;
  return filling === null ? value : `coalesce(${value}, CAST(${filling} AS ${wanted.type}))`;
}

function defaultTexts(
  live: Pick<CatalogueColumn, 'default'>,
  wanted: CatalogueColumn,
): readonly string[] {
  if (wanted.default === null) return [];
  const name = identifier(wanted.name);
  if (isIdentity(wanted)) {
    return isIdentity(live) && live.default === wanted.default
      ? []
      : [`ALTER COLUMN ${name} ADD ${wanted.default}`];
  }
  return [`ALTER COLUMN ${name} SET DEFAULT ${wanted.default}`];
}
