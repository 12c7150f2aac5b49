import { assertNever } from '../../domain/errors.ts';
import type {
  Column,
  ForeignKey,
  Index,
  SchemaObject,
  Table,
  Trigger,
} from '../../schema/vocabulary.ts';
import { identifier } from './identifier.ts';

/** The statements that create one declared object. */
export function ddl(object: SchemaObject): readonly string[] {
  switch (object.kind) {
    case 'table':
      return [tableDdl(object), ...(object.indexes ?? []).map((one) => indexDdl(object.name, one))];
    case 'view':
      return [`CREATE VIEW ${identifier(object.name)} AS\n${object.select}`];
    case 'trigger':
      return [triggerDdl(object)];
    default:
      return assertNever(object);
  }
}

function tableDdl(table: Table): string {
  const key = table.primaryKey.map(identifier).join(', ');
  const keyName = identifier(`${table.name}_key`);
  const parts = Object.entries(table.columns).map(([name, column]) =>
    table.identity === true && table.primaryKey[0] === name
      ? identityDdl(identifier(name), keyName)
      : columnDdl(name, column, table.lax === true),
  );
  if (table.identity !== true && key !== '') {
    parts.push(`CONSTRAINT ${keyName} PRIMARY KEY (${key})`);
  }
  for (const unique of table.uniques ?? []) {
    parts.push(`CONSTRAINT ${identifier(unique.name)} UNIQUE (${list(unique.columns)})`);
  }
  for (const check of table.checks ?? []) {
    parts.push(`CONSTRAINT ${identifier(check.name)} CHECK (${check.expression})`);
  }
  for (const link of table.foreignKeys ?? []) parts.push(foreignKeyDdl(link));
  const options = [
    ...(table.lax === true ? [] : ['STRICT']),
    ...(table.withoutRowid === true ? ['WITHOUT ROWID'] : []),
  ].join(', ');
  const head = `CREATE TABLE ${identifier(table.name)} (\n  ${parts.join(',\n  ')}\n)`;
  return `${head} ${options}`.trimEnd();
}

function list(columns: readonly string[]): string {
  return columns.map(identifier).join(', ');
}

/** AUTOINCREMENT: a number is never used twice, so that a reader's cursor never goes back. */
function identityDdl(key: string, keyName: string): string {
  return `${key} INTEGER NOT NULL CONSTRAINT ${keyName} PRIMARY KEY AUTOINCREMENT`;
}

function foreignKeyDdl({ name, columns, references, onDelete, onUpdate }: ForeignKey): string {
  const update = onUpdate === undefined ? '' : ` ON UPDATE ${onUpdate.toUpperCase()}`;
  return (
    `CONSTRAINT ${identifier(name)} FOREIGN KEY (${list(columns)}) REFERENCES ` +
    `${identifier(references.table)} (${list(references.columns)}) ` +
    `ON DELETE ${onDelete.toUpperCase()}${update}`
  );
}

function indexDdl(table: string, index: Index): string {
  const unique = index.unique === true ? 'UNIQUE ' : '';
  const where = index.where === undefined ? '' : ` WHERE ${index.where}`;
  const columns = index.columns
    .map((one) => (typeof one === 'string' ? identifier(one) : one.expression))
    .join(', ');
  const name = identifier(index.name);
  return `CREATE ${unique}INDEX ${name} ON ${identifier(table)} (${columns})${where}`;
}

function columnDdl(name: string, column: Column, lax: boolean): string {
  // A lax table would take ANY for a number's type; a column without a type converts nothing.
  const type = lax && column.type === 'any' ? '' : ` ${column.type.toUpperCase()}`;
  const required = column.nullable ? '' : ' NOT NULL';
  return `${identifier(name)}${type}${required}${defaultDdl(column)}${generatedDdl(column)}`;
}

function defaultDdl(column: Column): string {
  if (column.default === undefined) return '';
  if ('sql' in column.default) return ` DEFAULT (${column.default.sql})`;
  if ('expression' in column.default) return " DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))";
  const { value } = column.default;
  return ` DEFAULT ${typeof value === 'number' ? value : `'${value.replaceAll("'", "''")}'`}`;
}

function generatedDdl({ generated }: Column): string {
  if (generated === undefined) return '';
  return ` GENERATED ALWAYS AS (${generated.expression}) ${generated.as.toUpperCase()}`;
}

function triggerDdl(object: Trigger): string {
  const when = object.when === undefined ? '' : ` WHEN ${object.when}`;
  const body = object.statements.map((statement) => `  ${statement};`).join('\n');
  const of = object.of === undefined ? '' : ` OF ${list(object.of)}`;
  const event = `${object.event.toUpperCase()}${of}`;
  return (
    `CREATE TRIGGER ${identifier(object.name)} ${event} ON ${identifier(object.on)} ` +
    `FOR EACH ROW${when}\nBEGIN\n${body}\nEND`
  );
}
