import type { Directives } from '../../src/migrate/directives.ts';
import { quoted } from '../../src/store/sqlite/identifier.ts';
import {
  addConstraint,
  addTrigger,
  addView,
  columnOf,
  type Dice,
  forget,
  freshName,
  type Model,
  type ModelColumn,
  type ModelTable,
  plainColumn,
  randomTable,
} from './random-schema.ts';

/** A later release of a schema, and the directives that explain what no comparison can know. */
export interface Release {
  readonly model: Model;
  readonly directives: Directives;
  /** Columns whose values a directive or another type may change. */
  readonly rewritten: ReadonlySet<number>;
}

/** Apply a few random changes. Names in directives are those of the release. */
export function randomRelease(dice: Dice, before: Model, changes: number): Release {
  const model = structuredClone(before);
  const notes: Note[] = [];
  const rewritten = new Set<number>();
  for (let at = 0; at < changes; at += 1) change(dice, model, notes, rewritten);
  return { model, directives: directivesOf(before, model, notes), rewritten };
}

type Note =
  | {
      readonly kind: 'backfill' | 'convert';
      readonly table: number;
      readonly column: number;
      readonly sql: string;
    }
  | { readonly kind: 'drop-column'; readonly table: number; readonly name: string }
  | { readonly kind: 'drop-table'; readonly name: string };

function change(dice: Dice, model: Model, notes: Note[], rewritten: Set<number>): void {
  if (model.tables.length === 0 || dice.chance(8)) {
    model.tables.push(randomTable(dice, model));
    return;
  }
  const table = dice.pick(model.tables);
  switch (dice.below(14)) {
    case 0:
    case 1:
      addColumn(dice, model, table, notes);
      break;
    case 2:
      dropColumn(dice, model, table);
      break;
    case 3:
      dice.pick(table.columns).name = freshName(dice, model, 'c');
      break;
    case 4:
      table.name = freshName(dice, model, 't');
      break;
    case 5:
      if (model.tables.length > 1 && dice.chance(50)) {
        forget(model, table, null);
        model.tables = model.tables.filter((one) => one !== table);
      }
      break;
    case 6:
      retype(dice, table, notes, rewritten);
      break;
    case 7:
      require(dice, table, notes, rewritten);
      break;
    case 8: {
      const column = dice.pick(table.columns);
      const { type, generated } = column;
      if (generated !== null || table.key.includes(column.id) || type === 'blob') break;
      column.default = dice.chance(50) ? undefined : { value: type === 'text' ? 'new' : 7 };
      break;
    }
    case 9:
      addConstraint(dice, model, table);
      break;
    case 10: {
      const lists = [table.uniques, table.checks, table.links, table.indexes];
      dice.pick(lists).pop();
      break;
    }
    case 11:
      if (dice.chance(50)) table.lax = !table.lax;
      else if (table.key.length > 0 && !table.identity) table.withoutRowid = !table.withoutRowid;
      break;
    case 12:
      if (dice.chance(50)) addView(dice, model, table);
      else addTrigger(dice, model, table);
      break;
    default:
      dice.pick([model.views, model.triggers]).pop();
  }
}

function addColumn(dice: Dice, model: Model, table: ModelTable, notes: Note[]): void {
  const column = plainColumn(dice, model);
  const source = dice.pick(table.columns.filter(({ generated }) => generated === null));
  if (dice.chance(25)) {
    const as = dice.chance(50) ? 'virtual' : 'stored';
    const generated = { from: source.id, as } as const;
    table.columns.push({ ...column, type: 'integer', default: undefined, generated });
    return;
  }
  table.columns.splice(dice.below(table.columns.length + 1), 0, column);
  if (column.nullable || column.default !== undefined || dice.chance(15)) return;
  const sql = column.type === 'text' || column.type === 'any' ? "'filled'" : '5';
  notes.push({ kind: 'backfill', table: table.id, column: column.id, sql });
}

function dropColumn(dice: Dice, model: Model, table: ModelTable): void {
  const column = dice.pick(table.columns);
  const rest = table.columns.filter((one) => one.id !== column.id && one.generated === null);
  if (table.key.includes(column.id) || rest.length === 0) return;
  forget(model, table, column.id);
  table.columns = table.columns.filter((one) => one !== column);
}

function retype(dice: Dice, table: ModelTable, notes: Note[], rewritten: Set<number>): void {
  const column = dice.pick(table.columns);
  const isLinked = table.links.some((link) => link.column === column.id);
  if (column.generated !== null || table.key.includes(column.id) || isLinked) return;
  column.type = dice.pick(['text', 'integer', 'real', 'any'] as const);
  column.default = undefined;
  rewritten.add(column.id);
  if (!dice.chance(40)) return;
  const sql = column.type === 'text' || column.type === 'any' ? "'made'" : '41';
  notes.push({ kind: 'convert', table: table.id, column: column.id, sql });
}

function require(dice: Dice, table: ModelTable, notes: Note[], rewritten: Set<number>): void {
  const column = dice.pick(table.columns);
  if (table.key.includes(column.id)) return;
  column.nullable = !column.nullable;
  if (column.nullable || column.generated !== null || dice.chance(50)) return;
  rewritten.add(column.id);
  const sql = column.type === 'text' || column.type === 'any' ? "'filled'" : '5';
  notes.push({ kind: 'backfill', table: table.id, column: column.id, sql });
}

function directivesOf(before: Model, after: Model, notes: readonly Note[]): Directives {
  const was = (id: number): ModelTable | undefined => before.tables.find((one) => one.id === id);
  const surviving = after.tables.filter(({ id }) => was(id) !== undefined);
  const expressions = (
    kind: Note['kind'],
  ): { table: string; column: string; expression: string }[] => {
    const found = new Map<string, { table: string; column: string; expression: string }>();
    for (const note of notes) {
      if (note.kind !== kind || !('sql' in note)) continue;
      const table = after.tables.find(({ id }) => id === note.table);
      const column = table === undefined ? undefined : columnOf(table, note.column);
      if (table === undefined || column === undefined || column.generated !== null) continue;
      found.set(`${table.id}.${column.id}`, {
        ...{ table: table.name, column: column.name, expression: note.sql },
      });
    }
    return [...found.values()];
  };
  return {
    renamedTables: surviving
      .filter((table) => was(table.id)?.name !== table.name)
      .map((table) => ({ table: table.name, renamedFrom: [was(table.id)?.name ?? ''] })),
    renamedColumns: surviving.flatMap((table) =>
      table.columns.flatMap((column) => {
        const old = columnOf(was(table.id) as ModelTable, column.id)?.name;
        return old === undefined || old === column.name
          ? []
          : [{ table: table.name, column: column.name, renamedFrom: [old] }];
      }),
    ),
    droppedTables: before.tables
      .filter(({ id }) => after.tables.every((one) => one.id !== id))
      .map(({ name }) => ({ table: name, since: '2' })),
    droppedColumns: surviving.flatMap((table) =>
      (was(table.id)?.columns ?? [])
        .filter((column) => columnOf(table, column.id) === undefined)
        .map((column) => ({ table: table.name, column: column.name, since: '2' })),
    ),
    backfills: expressions('backfill'),
    conversions: expressions('convert'),
  };
}

/** What somebody else puts beside the schema; every name begins with `their`. */
export function foreignStatements(dice: Dice, model: Model): readonly string[] {
  const statements: string[] = [];
  const table = dice.pick(model.tables);
  const column = dice.pick(table.columns);
  const on = quoted(table.name);
  if (dice.chance(40)) statements.push(`ALTER TABLE ${on} ADD COLUMN their_note TEXT DEFAULT 'n'`);
  if (dice.chance(30)) {
    statements.push(`CREATE INDEX their_index ON ${on} (lower(${quoted(column.name)}))`);
  }
  if (dice.chance(40)) statements.push(`CREATE VIEW their_view AS SELECT * FROM ${on}`);
  if (dice.chance(15)) statements.push('CREATE VIEW their_broken AS SELECT * FROM nowhere');
  if (dice.chance(30)) {
    statements.push(
      `CREATE TRIGGER their_trigger AFTER DELETE ON ${on} BEGIN ` +
        `UPDATE ${on} SET ${quoted(firstPlain(table).name)} = 1 WHERE 0; END`,
    );
  }
  if (dice.chance(30)) {
    const key =
      table.key.length === 1 && !table.withoutRowid ? ` REFERENCES ${on} ON DELETE CASCADE` : '';
    statements.push(`CREATE TABLE their_table (a INTEGER PRIMARY KEY, b${key})`);
  }
  return statements;
}

function firstPlain(table: ModelTable): ModelColumn {
  return table.columns.find(({ generated }) => generated === null) as ModelColumn;
}
