import { PawlError } from '../../domain/errors.ts';
import { isOfArea } from '../copy/copy-area.ts';
import { Connection } from './connection.ts';

/**
 * A file with the name of an unfinished copy is only taken for one when every table in it is of
 * one. It is looked at by a connection that cannot write.
 *
 * @throws PawlError `copy_target_taken`.
 */
export function requireArea(path: string): void {
  if (!hasTablesOfArea(path)) throw notOurs(path);
}

export function notOurs(path: string): PawlError {
  const message =
    `${path} is there already, and is no unfinished copy: move it away, or let \`--restart\` ` +
    'throw it away';
  return new PawlError('copy_target_taken', message, { details: { taken: path } });
}

/** Those that are written but not checkpointed, too: whoever was killed may have left most so. */
function hasTablesOfArea(path: string): boolean {
  let connection: Connection | null = null;
  try {
    connection = new Connection(path, { readOnly: true });
    return connection
      .all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .every(({ name }) => isOfArea(name));
  } catch {
    return false; // no database, or one that cannot be read: nobody can say whose it is
  } finally {
    connection?.close();
  }
}
