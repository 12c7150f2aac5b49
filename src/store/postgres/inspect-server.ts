import type { World } from '../../world/world.ts';
import type { Connection } from './connection.ts';
import { ConnectionPool } from './pool.ts';
import { type PostgresOptions, poolOptions } from './postgres-driver.ts';

/** What a server says of itself, for a person with a problem. */
export interface InspectedServer {
  /** Such as `18.4`. */
  readonly version: string;
  /** There and back. */
  readonly wayMs: number;
  /** By how much the server's clock is ahead of this host's; negative when it is behind. */
  readonly clockAheadMs: number;
  /** Settings that a store relies on, and what they are: `fsync`, `full_page_writes`. */
  readonly unsafe: readonly string[];
  readonly connections: { readonly used: number; readonly max: number };
  /** How long the oldest transaction of anybody has been open: nothing since is cleaned up. */
  readonly oldestTransactionMs: number;
  /** Of the queue's table. */
  readonly rows: { readonly live: number; readonly dead: number };
}

const FACTS =
  "SELECT current_setting('server_version') AS version, " +
  "current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages, " +
  "CAST(current_setting('max_connections') AS integer) AS max, " +
  '(SELECT count(*) FROM pg_stat_activity) AS used, ' +
  '(SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) ' +
  'FROM pg_stat_activity WHERE xact_start IS NOT NULL AND backend_xmin IS NOT NULL) AS oldest, ' +
  "(SELECT n_live_tup FROM pg_stat_user_tables WHERE relid = to_regclass('task_queue')) AS live, " +
  "(SELECT n_dead_tup FROM pg_stat_user_tables WHERE relid = to_regclass('task_queue')) AS dead";

interface Facts {
  readonly version: string;
  readonly fsync: string;
  readonly pages: string;
  readonly max: number;
  readonly used: number;
  readonly oldest: number;
  readonly live: number | null;
  readonly dead: number | null;
}

/** @throws PawlError `store_unreachable`, `store_refused`. */
export async function inspectServer(
  world: World,
  options: Pick<PostgresOptions, 'url'>,
): Promise<InspectedServer> {
  const pool = await ConnectionPool.open(poolOptions({ ...options, connectionsMax: 1 }));
  try {
    return await pool.lend((connection) => inspect(world, connection));
  } finally {
    await pool.close();
  }
}

async function inspect({ clock }: World, connection: Connection): Promise<InspectedServer> {
  const [facts] = await connection.all<Facts>(FACTS);
  const [asked, before] = [clock.monotonic(), clock.now()];
  const [now] = await connection.all<{ at: number }>(
    'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS at',
  );
  const wayMs = clock.monotonic() - asked;
  const { version = '?', max = 0, used = 0, oldest = 0, live, dead } = facts ?? {};
  return {
    version,
    wayMs,
    clockAheadMs: Math.round((now?.at ?? before) - (before + wayMs / 2)),
    unsafe: [
      ...(facts?.fsync === 'off' ? ['fsync'] : []),
      ...(facts?.pages === 'off' ? ['full_page_writes'] : []),
    ],
    connections: { used, max },
    oldestTransactionMs: oldest * 1000,
    rows: { live: live ?? 0, dead: dead ?? 0 },
  };
}
