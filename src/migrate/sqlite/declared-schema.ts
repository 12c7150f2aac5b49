import { PawlError } from '../../domain/errors.ts';
import { migrationHistory } from '../../schema/tables/migration-history.ts';
import type { SchemaObject } from '../../schema/vocabulary.ts';
import { ddl } from '../../store/sqlite/ddl.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Directives } from '../directives.ts';
import { planMigration } from '../plan.ts';
import { readRecord } from './history.ts';
import { inspect } from './inspect.ts';
import type { MigrationPlace } from './migration-options.ts';
import { sqliteDialect } from './sqlite-dialect.ts';

export interface Declaration {
  /** In an order in which it can be created; objects of the vocabulary, or statements as text. */
  readonly schema: readonly (SchemaObject | string)[];
  /** What no comparison can know: renames, drops, values for new columns. */
  readonly directives?: Directives;
}

/**
 * What a database is to be, ready for `migrate`:
 * `migrate({ world, path, version, ...declaredSchema({ schema }) })`. The history of migrations is
 * added when it is not declared. One call serves for any number of databases.
 *
 * @throws PawlError `schema_invalid` when the database does not take the declaration, and for a
 *   rename that does not say from which names.
 */
export function declaredSchema({
  schema,
  directives = {},
}: Declaration): Required<Pick<MigrationPlace, 'makePlan' | 'record'>> {
  requireNames(directives);
  const dialect = sqliteDialect();
  const wanted = dialect.pristine(declaredStatements(schema));
  return {
    record: JSON.stringify(wanted),
    makePlan: (connection) => {
      const record = readRecord(connection);
      const before = record === null ? null : (JSON.parse(record) as Catalogue);
      return planMigration(dialect, { live: inspect(connection), wanted, before, directives });
    },
  };
}

/** Who writes plain JavaScript is told of the one name that should have been a list. */
function requireNames({ renamedTables = [], renamedColumns = [] }: Directives): void {
  const all = [...renamedTables, ...renamedColumns];
  const wrong = all.find(({ renamedFrom }) => !Array.isArray(renamedFrom));
  if (wrong === undefined) return;
  throw new PawlError('schema_invalid', `renamedFrom of ${wrong.table} must be a list of names`, {
    details: { directive: wrong },
  });
}

/** What creates a declared schema in an empty database, statement by statement. */
export function declaredStatements(schema: Declaration['schema']): readonly string[] {
  const isDeclared = schema.some((one) => typeof one !== 'string' && one === migrationHistory);
  const all = isDeclared ? schema : [...schema, migrationHistory];
  return all.flatMap((one) => (typeof one === 'string' ? [one] : ddl(one)));
}
