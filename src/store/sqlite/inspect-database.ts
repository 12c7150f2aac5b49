import { pause } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import { Connection } from './connection.ts';
import { isBusy, storeFault } from './faults.ts';

/** What a sound database says of itself. */
export interface InspectedDatabase {
  readonly storeId: string;
  /** Raised by every restore from an older copy. */
  readonly epoch: number;
  /** Of the last event; grows with every one. */
  readonly lastSeq: number;
}

const BUSY_DEADLINE_MS = 10_000;
const PAUSE_MAX_MS = 20;

/**
 * Read who a database file is and how far it goes, without making or changing anything. Null when
 * it is damaged, or no store. One that is still being written is waited for.
 *
 * @throws PawlError `store_busy` after 10 seconds, `store_io`.
 */
export async function inspectDatabase(
  world: World,
  path: string,
): Promise<InspectedDatabase | null> {
  const giveUpAt = world.clock.monotonic() + BUSY_DEADLINE_MS;
  for (;;) {
    try {
      return inspectOnce(path);
    } catch (cause) {
      if (storeFault(cause).code === 'store_corrupt') return null;
      if (!isBusy(cause) || world.clock.monotonic() > giveUpAt) throw storeFault(cause);
    }
    await pause(world.timers, world.random.next() * PAUSE_MAX_MS);
  }
}

function inspectOnce(path: string): InspectedDatabase | null {
  const connection = new Connection(path, { readOnly: true });
  try {
    const [check] = connection.all<{ quick_check: string }>('PRAGMA quick_check');
    if (check?.quick_check !== 'ok') return null;
    const [found] = connection.all<InspectedDatabase>(
      'SELECT store_id AS storeId, epoch, ' +
        '(SELECT coalesce(max(seq), 0) FROM task_events) AS lastSeq ' +
        'FROM store_meta WHERE one = 1',
    );
    return found ?? null;
  } finally {
    connection.close();
  }
}
