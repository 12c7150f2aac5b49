import type {
  Column,
  ColumnType,
  SchemaObject,
  Table,
  Trigger,
} from '../../src/schema/vocabulary.ts';
import { ddl } from '../../src/store/sqlite/ddl.ts';
import { quoted } from '../../src/store/sqlite/identifier.ts';

/** Draws from one seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number below `n`. */
  below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** A column of the model: its id stays the same through renames, and all texts are made from it. */
export interface ModelColumn {
  readonly id: number;
  name: string;
  type: ColumnType;
  nullable: boolean;
  default: Column['default'];
  generated: { readonly from: number; readonly as: 'virtual' | 'stored' } | null;
}

export interface ModelTable {
  readonly id: number;
  name: string;
  columns: ModelColumn[];
  key: number[];
  identity: boolean;
  lax: boolean;
  withoutRowid: boolean;
  uniques: { name: string; columns: number[] }[];
  checks: { name: string; column: number; kind: number }[];
  links: { name: string; column: number; table: number; cascade: boolean }[];
  indexes: { name: string; columns: number[]; unique: boolean; lower: boolean; partial: boolean }[];
}

export interface Model {
  tables: ModelTable[];
  views: { name: string; table: number; columns: number[] }[];
  triggers: { name: string; on: number; touches: number; column: number }[];
  /** Ids and names are never used twice. */
  next: number;
}

const TYPES = ['text', 'integer', 'real', 'blob', 'any'] as const;
const ODD_NAMES = ['order', 'Key', 'with space', 'über', 'say "hi"', 'group'];

export const columnOf = (table: ModelTable, id: number): ModelColumn | undefined =>
  table.columns.find((one) => one.id === id);

export const tableOf = (model: Model, id: number): ModelTable | undefined =>
  model.tables.find((one) => one.id === id);

export function randomModel(dice: Dice): Model {
  const model: Model = { tables: [], views: [], triggers: [], next: 1 };
  const count = 1 + dice.below(4);
  for (let at = 0; at < count; at += 1) model.tables.push(randomTable(dice, model));
  for (const table of model.tables) {
    if (dice.chance(40)) addView(dice, model, table);
    if (dice.chance(40)) addTrigger(dice, model, table);
  }
  return model;
}

function freshId(model: Model): number {
  model.next += 1;
  return model.next;
}

export function freshName(dice: Dice, model: Model, stem: string): string {
  const id = freshId(model);
  return dice.chance(10) ? `${dice.pick(ODD_NAMES)} ${id}` : `${stem}${id}`;
}

export function randomTable(dice: Dice, model: Model): ModelTable {
  const lax = dice.chance(35);
  const kind = dice.below(5);
  const table: ModelTable = {
    ...{ id: freshId(model), name: freshName(dice, model, 't'), columns: [], key: [] },
    ...{ identity: kind === 0, lax, withoutRowid: kind === 1 },
    ...{ uniques: [], checks: [], links: [], indexes: [] },
  };
  if (kind < 4) {
    const type = kind === 1 ? 'text' : 'integer';
    table.columns.push({ ...plainColumn(dice, model), type, nullable: false });
    table.key = [table.columns[0]?.id ?? 0];
  }
  const count = 1 + dice.below(5);
  for (let at = 0; at < count; at += 1) table.columns.push(plainColumn(dice, model));
  for (let at = 0; at < 3; at += 1) addConstraint(dice, model, table);
  return table;
}

export function plainColumn(dice: Dice, model: Model): ModelColumn {
  const type = dice.pick(TYPES);
  const value = type === 'integer' || type === 'real' ? dice.below(9) - 2 : `it's ${dice.below(9)}`;
  return {
    id: freshId(model),
    name: freshName(dice, model, 'c'),
    type,
    nullable: dice.chance(60),
    default:
      type !== 'blob' && dice.chance(30)
        ? dice.chance(25) && type !== 'integer' && type !== 'real'
          ? { sql: "lower('AB' || 1)" }
          : { value }
        : undefined,
    generated: null,
  };
}

const plain = (table: ModelTable): readonly ModelColumn[] =>
  table.columns.filter(({ generated }) => generated === null);

export function addConstraint(dice: Dice, model: Model, table: ModelTable): void {
  const column = dice.pick(plain(table));
  const name = freshName(dice, model, 'n');
  switch (dice.below(6)) {
    case 0:
      table.uniques.push({ name, columns: [column.id] });
      break;
    case 1:
    case 2:
      table.checks.push({ name, column: column.id, kind: dice.below(3) });
      break;
    case 3: {
      const parents = [...model.tables, table].filter(({ key }) => key.length === 1);
      if (parents.length === 0 || table.key.includes(column.id)) break;
      const parent = dice.pick(parents);
      const type = columnOf(parent, parent.key[0] ?? 0)?.type;
      if (type !== column.type || table.links.some((one) => one.column === column.id)) break;
      table.links.push({ name, column: column.id, table: parent.id, cascade: dice.chance(70) });
      break;
    }
    default:
      table.indexes.push({
        ...{ name, columns: [column.id], unique: dice.chance(25) },
        ...{ lower: dice.chance(40), partial: dice.chance(40) },
      });
  }
}

export function addView(dice: Dice, model: Model, table: ModelTable): void {
  const columns = table.columns.filter(() => dice.chance(60)).map(({ id }) => id);
  model.views.push({ name: freshName(dice, model, 'v'), table: table.id, columns });
}

export function addTrigger(dice: Dice, model: Model, table: ModelTable): void {
  const touched = dice.pick(model.tables);
  model.triggers.push({
    ...{ name: freshName(dice, model, 'r'), on: table.id, touches: touched.id },
    column: dice.pick(plain(touched)).id,
  });
}

/** Take away everything that speaks of a column, or of a table. */
export function forget(model: Model, table: ModelTable, column: number | null): void {
  const gone = (id: number): boolean => column === null || id === column;
  table.uniques = table.uniques.filter((one) => !one.columns.some(gone));
  table.checks = table.checks.filter((one) => !gone(one.column));
  table.links = table.links.filter((one) => !gone(one.column));
  table.indexes = table.indexes.filter((one) => !one.columns.some(gone));
  table.columns = table.columns.filter(
    (one) => one.generated === null || !gone(one.generated.from),
  );
  for (const view of model.views.filter((one) => one.table === table.id)) {
    view.columns = view.columns.filter((id) => columnOf(table, id) !== undefined && !gone(id));
  }
  model.views = model.views.filter((one) => column !== null || one.table !== table.id);
  model.triggers = model.triggers.filter(
    (one) =>
      !(one.touches === table.id && gone(one.column)) && !(column === null && one.on === table.id),
  );
  if (column === null) {
    for (const other of model.tables) {
      other.links = other.links.filter((one) => one.table !== table.id);
    }
  }
}

/** What the databases say in different words; names are quoted. */
export interface Words {
  readonly checks: readonly ((column: string) => string)[];
  readonly length: (column: string) => string;
  readonly lower: (column: string) => string;
  readonly counted: string;
  readonly never: string;
}

const OF_FILES: Words = {
  checks: [
    (c) => `length(${c}) < 12`,
    (c) => `${c} IS NOT 3`,
    (c) => `typeof(${c}) <> 'blob' OR length(${c}) > 0`,
  ],
  length: (c) => `length(${c})`,
  lower: (c) => `lower(${c})`,
  counted: 'count(*) AS n',
  never: '0',
};

export function declare(model: Model, words = OF_FILES): readonly SchemaObject[] {
  return [
    ...model.tables.map((table) => declareTable(model, table, words)),
    ...model.views.map((view) => {
      const table = tableOf(model, view.table) as ModelTable;
      const list = view.columns.map((id) => quoted(columnOf(table, id)?.name ?? ''));
      const select = `SELECT ${[...list, words.counted].join(', ')} FROM ${quoted(table.name)}`;
      return { kind: 'view' as const, name: view.name, about: '', select };
    }),
    ...model.triggers.map((trigger): Trigger => {
      const on = tableOf(model, trigger.on) as ModelTable;
      const touched = tableOf(model, trigger.touches) as ModelTable;
      const column = quoted(columnOf(touched, trigger.column)?.name ?? '');
      const { never } = words;
      const statement = `UPDATE ${quoted(touched.name)} SET ${column} = ${column} WHERE ${never}`;
      return {
        ...{ kind: 'trigger', name: trigger.name, about: '', on: on.name },
        ...{ event: 'after delete', statements: [statement] },
      };
    }),
  ];
}

export function statementsOf(model: Model): readonly string[] {
  return declare(model).flatMap(ddl);
}

function declareTable(model: Model, table: ModelTable, words: Words): Table {
  const nameOf = (id: number): string => columnOf(table, id)?.name ?? '';
  return {
    kind: 'table',
    name: table.name,
    about: '',
    columns: Object.fromEntries(
      table.columns.map((one) => [one.name, declareColumn(table, one, words)]),
    ),
    primaryKey: table.key.map(nameOf),
    ...(table.identity ? { identity: true } : {}),
    ...(table.lax ? { lax: true } : {}),
    ...(table.withoutRowid ? { withoutRowid: true } : {}),
    uniques: table.uniques.map((one) => ({ name: one.name, columns: one.columns.map(nameOf) })),
    checks: table.checks.map((one) => {
      const expression = words.checks[one.kind]?.(quoted(nameOf(one.column))) ?? '1';
      return { name: one.name, expression };
    }),
    foreignKeys: table.links.map((link) => {
      const parent = link.table === table.id ? table : (tableOf(model, link.table) as ModelTable);
      const columns = parent.key.map((id) => columnOf(parent, id)?.name ?? '');
      return {
        ...{ name: link.name, columns: [nameOf(link.column)] },
        references: { table: parent.name, columns },
        onDelete: link.cascade ? 'cascade' : 'no action',
      };
    }),
    indexes: table.indexes.map((one) => {
      const [column = ''] = one.columns.map(nameOf);
      return {
        name: one.name,
        columns: [one.lower ? { expression: words.lower(quoted(column)) } : column],
        ...(one.unique ? { unique: true } : {}),
        ...(one.partial ? { where: `${quoted(column)} IS NOT NULL` } : {}),
      };
    }),
  };
}

function declareColumn(table: ModelTable, column: ModelColumn, words: Words): Column {
  const { type, nullable, generated } = column;
  if (generated !== null) {
    const from = quoted(columnOf(table, generated.from)?.name ?? '');
    const expression = `coalesce(${words.length(from)}, 0) + 1`;
    return { type: 'integer', nullable, generated: { expression, as: generated.as } };
  }
  const given = column.default === undefined ? {} : { default: column.default };
  return { type, nullable, ...given };
}
