import { isPawlError } from '../domain/errors.ts';
import type { Check } from '../operations/diagnose.ts';
import { type InspectedServer, inspectServer } from '../store/postgres/inspect-server.ts';
import { locationOf } from '../store/postgres/location.ts';
import { type AddressPlace, storeAddress } from './store-address.ts';

const CLOCK_MS = 2_000;
const TRANSACTION_MS = 10 * 60_000;
const CONNECTIONS_SHARE = 0.9;
const DEAD_ROWS_MIN = 10_000;

/** How the server of a project's store is, for `pawl doctor`; empty when the store is a file. */
export async function serverRemarks(place: AddressPlace): Promise<readonly Check[]> {
  try {
    const address = await storeAddress(place);
    if (address === null) return [];
    const server = await inspectServer(place.world, address);
    const way = `${server.wayMs.toFixed(1)} ms away`;
    const name = `PostgreSQL ${server.version} at ${locationOf(address.url)}, ${way}`;
    return [fine('server', name), ...remarksOn(server)];
  } catch (cause) {
    // Why the store cannot be opened is told where it is opened.
    if (isPawlError(cause)) return [];
    throw cause;
  }
}

function remarksOn(server: InspectedServer): readonly Check[] {
  const { clockAheadMs, unsafe, connections, oldestTransactionMs, rows } = server;
  const { used, max } = connections;
  const minutes = Math.round(oldestTransactionMs / 60_000);
  return [
    Math.abs(clockAheadMs) <= CLOCK_MS
      ? fine('clock', `${clockAheadMs} ms between the server and this host`)
      : warning(
          'clock',
          `the server is ${clockAheadMs} ms ahead of this host`,
          'Synchronise both clocks: leases of other hosts would be judged wrongly.',
        ),
    unsafe.length === 0
      ? fine('durability', 'the server flushes what it acknowledges')
      : warning(
          'durability',
          `the server runs with ${unsafe.join(' and ')} off`,
          'Switch it on: a loss of power may destroy the database.',
        ),
    used < max * CONNECTIONS_SHARE
      ? fine('connections', `${used} of ${max} in use`)
      : warning(
          'connections',
          `${used} of ${max} in use`,
          'Raise max_connections, or put a pooler in front (databaseDirectUrl names the server).',
        ),
    oldestTransactionMs < TRANSACTION_MS
      ? fine('oldest transaction', `${minutes} min`)
      : warning(
          'oldest transaction',
          `open for ${minutes} min: nothing that was replaced since is cleaned up`,
          'See pg_stat_activity for its owner, and end it.',
        ),
    rows.dead < Math.max(DEAD_ROWS_MIN, 4 * rows.live)
      ? fine('dead rows', `${rows.dead} beside ${rows.live} living ones in the queue`)
      : warning(
          'dead rows',
          `${rows.dead} beside ${rows.live} living ones in the queue`,
          'VACUUM task_queue; see that autovacuum runs and no old transaction keeps it up.',
        ),
  ];
}

const fine = (name: string, message: string): Check => ({
  ...{ name, ok: true, severity: 'none', message, remedy: '' },
});

const warning = (name: string, message: string, remedy: string): Check => ({
  ...{ name, ok: false, severity: 'warning', message, remedy },
});
