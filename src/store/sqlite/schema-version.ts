import type { Connection } from './connection.ts';

/** Counts every change of the schema, by whomever; a microsecond to read. */
export function schemaVersion(connection: Connection): number {
  const [version] = connection.all<{ schema_version: number }>('PRAGMA schema_version');
  return version?.schema_version ?? 0;
}
