import { assertNever } from '../../domain/errors.ts';
import type { Column, SchemaObject, Table, Trigger } from '../../schema/vocabulary.ts';

/** The statements that create one declared object. */
export function ddl(object: SchemaObject): readonly string[] {
  switch (object.kind) {
    case 'table':
      return [
        tableDdl(object),
        ...(object.indexes ?? []).map((index) => {
          const unique = index.unique === true ? 'UNIQUE ' : '';
          const where = index.where === undefined ? '' : ` WHERE ${index.where}`;
          const columns = index.columns.join(', ');
          return `CREATE ${unique}INDEX ${index.name} ON ${object.name} (${columns})${where}`;
        }),
      ];
    case 'view':
      return [`CREATE VIEW ${object.name} AS\n${object.select}`];
    case 'trigger':
      return [triggerDdl(object)];
    default:
      return assertNever(object);
  }
}

function tableDdl(table: Table): string {
  const parts = Object.entries(table.columns).map(([name, column]) => columnDdl(name, column));
  const key = table.primaryKey.join(', ');
  const identity = table.identity === true;
  if (!identity) parts.push(`CONSTRAINT ${table.name}_key PRIMARY KEY (${key})`);
  for (const check of table.checks ?? []) {
    parts.push(`CONSTRAINT ${check.name} CHECK (${check.expression})`);
  }
  for (const link of table.foreignKeys ?? []) {
    const { references } = link;
    parts.push(
      `CONSTRAINT ${link.name} FOREIGN KEY (${link.columns.join(', ')}) REFERENCES ` +
        `${references.table} (${references.columns.join(', ')}) ` +
        `ON DELETE ${link.onDelete.toUpperCase()}`,
    );
  }
  const body = parts
    .map((part) => (identity && part.startsWith(`${key} `) ? identityDdl(table, key) : part))
    .join(',\n  ');
  return `CREATE TABLE ${table.name} (\n  ${body}\n) STRICT`;
}

/** AUTOINCREMENT: a number is never used twice, so that a reader's cursor never goes back. */
function identityDdl(table: Table, key: string): string {
  return `${key} INTEGER NOT NULL CONSTRAINT ${table.name}_key PRIMARY KEY AUTOINCREMENT`;
}

function columnDdl(name: string, column: Column): string {
  const type = column.type === 'text' ? 'TEXT' : 'INTEGER';
  const required = column.nullable ? '' : ' NOT NULL';
  return `${name} ${type}${required}${defaultDdl(column)}`;
}

function defaultDdl(column: Column): string {
  if (column.default === undefined) return '';
  if ('expression' in column.default) return " DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))";
  const { value } = column.default;
  return ` DEFAULT ${typeof value === 'number' ? value : `'${value}'`}`;
}

function triggerDdl(object: Trigger): string {
  const when = object.when === undefined ? '' : ` WHEN ${object.when}`;
  const body = object.statements.map((statement) => `  ${statement};`).join('\n');
  const event = object.event.toUpperCase();
  return (
    `CREATE TRIGGER ${object.name} ${event} ON ${object.on} FOR EACH ROW${when}\n` +
    `BEGIN\n${body}\nEND`
  );
}
