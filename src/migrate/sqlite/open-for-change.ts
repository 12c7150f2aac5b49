import { invariant } from '../../domain/errors.ts';
import { Connection, type Intercept } from '../../store/sqlite/connection.ts';
import { storeFault } from '../../store/sqlite/faults.ts';

/**
 * A connection that changes schemas, and is used for nothing else. Foreign keys are off: with them
 * on, dropping the old form of a rebuilt table deletes the rows that refer to it, and inside a
 * transaction the setting can no longer be changed.
 */
export function openForChange(
  path: string,
  options: {
    readonly fullFsync?: boolean | undefined;
    readonly intercept?: Intercept | undefined;
  } = {},
): Connection {
  const connection = opened(path, options.intercept);
  try {
    connection.run('PRAGMA foreign_keys = OFF');
    connection.run('PRAGMA synchronous = FULL');
    if (options.fullFsync === true) connection.run('PRAGMA fullfsync = 1');
    const [keys] = connection.all<{ foreign_keys: number }>('PRAGMA foreign_keys');
    invariant(keys?.foreign_keys === 0, 'a rebuild with foreign keys on would delete rows');
    return connection;
  } catch (cause) {
    connection.close();
    throw storeFault(cause);
  }
}

function opened(path: string, intercept: Intercept | undefined): Connection {
  try {
    return new Connection(path, { readOnly: false, intercept });
  } catch (cause) {
    throw storeFault(cause);
  }
}
