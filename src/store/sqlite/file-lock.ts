import { PawlError } from '../../domain/errors.ts';
import { pause } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import { Connection } from './connection.ts';
import { isBusy, storeFault } from './faults.ts';

const DEADLINE_MS = 60_000;
const PAUSE_MAX_MS = 50;

/**
 * Do something that only one process of this host may do at a time, when there is no store to lock
 * in. The lock is the system's own on a database file at `path`, which stays empty: it goes with
 * the process that holds it, however that ends.
 *
 * @throws PawlError `deadline_exceeded` when another held it for a minute; what `work` throws.
 */
export async function withFileLock<T>(
  world: World,
  path: string,
  work: () => Promise<T>,
): Promise<T> {
  const giveUpAt = world.clock.monotonic() + DEADLINE_MS;
  const connection = opened(path);
  try {
    for (;;) {
      try {
        connection.run('BEGIN EXCLUSIVE');
        break;
      } catch (cause) {
        if (!isBusy(cause)) throw storeFault(cause);
        if (world.clock.monotonic() > giveUpAt) {
          throw new PawlError('deadline_exceeded', `another process holds ${path}`, { cause });
        }
      }
      await pause(world.timers, world.random.next() * PAUSE_MAX_MS);
    }
    return await work();
  } finally {
    connection.close();
  }
}

function opened(path: string): Connection {
  try {
    return new Connection(path, { readOnly: false });
  } catch (cause) {
    throw storeFault(cause);
  }
}
