import { isPawlError } from '../domain/errors.ts';
import type { Check } from '../operations/diagnose.ts';
import { PAWL_SCHEMA } from '../schema/store-schema.ts';
import type {
  ConnectionRoom,
  HeldSnapshot,
  InspectedServer,
  Safety,
} from '../store/postgres/inspect-server.ts';
import { inspectServer } from '../store/postgres/inspect-server.ts';
import { locationOf } from '../store/postgres/location.ts';
import { type AddressPlace, storeAddress } from './store-address.ts';

/** From where on something is worth a word. */
export interface ServerLimits {
  readonly clockMs: number;
  /** Of a transaction, prepared or not. */
  readonly snapshotMs: number;
  /** Of what knows no time: so many transactions began since. */
  readonly snapshotTransactions: number;
  /** Of what whoever is no superuser may have. */
  readonly connectionsShare: number;
  /** What one process of ours may have open. */
  readonly connectionsMin: number;
  readonly deadRows: number;
  /** A table of fewer rows is read as a whole by right. */
  readonly largeRows: number;
  readonly wholeReads: number;
}

export const SERVER_LIMITS: ServerLimits = {
  clockMs: 2_000,
  snapshotMs: 10 * 60_000,
  snapshotTransactions: 100_000,
  connectionsShare: 0.9,
  connectionsMin: 6,
  deadRows: 10_000,
  largeRows: 10_000,
  wholeReads: 100,
};

/** How the server of a project's store is, for `pawl doctor`; empty when the store is a file. */
export async function serverRemarks(
  place: AddressPlace,
  limits = SERVER_LIMITS,
): Promise<readonly Check[]> {
  try {
    const address = await storeAddress(place);
    if (address === null) return [];
    // A pooler in between would answer for itself.
    const url = address.directUrl ?? address.url;
    const server = await inspectServer(place.world, { url, declared: PAWL_SCHEMA.objects });
    const way = `${server.wayMs.toFixed(1)} ms away`;
    const name = `PostgreSQL ${server.version} at ${locationOf(url)}, ${way}`;
    return [fine('server', name), ...remarksOn(server, limits)];
  } catch (cause) {
    // Why the store cannot be opened is told where it is opened.
    if (isPawlError(cause)) return [];
    throw cause;
  }
}

/** What is amiss, and what is not: a line each. */
export function remarksOn(server: InspectedServer, limits: ServerLimits): readonly Check[] {
  return [
    clockRemark(server, limits),
    ...durabilityRemarks(server),
    connectionsRemark(server, limits),
    snapshotRemark(server, limits),
    deadRowsRemark(server, limits),
    indexRemark(server),
    wholeReadsRemark(server, limits),
  ];
}

function clockRemark({ clockAheadMs }: InspectedServer, { clockMs }: ServerLimits): Check {
  if (Math.abs(clockAheadMs) <= clockMs) {
    return fine('clock', `${clockAheadMs} ms between the server and this host`);
  }
  const where = clockAheadMs > 0 ? 'ahead of' : 'behind';
  return warning(
    'clock',
    `the server is ${Math.abs(clockAheadMs)} ms ${where} this host`,
    'Synchronise both clocks (NTP): leases of other hosts would be judged wrongly.',
  );
}

/** Each with what is lost by it. */
const LOST: Readonly<Record<Safety, readonly [message: string, remedy: string]>> = {
  fsync: [
    'fsync is off: a loss of power may destroy the whole database',
    'ALTER SYSTEM SET fsync = on; SELECT pg_reload_conf(). What was written until then: `sync`.',
  ],
  full_page_writes: [
    'full_page_writes is off: a loss of power may leave half a page, which is not noticed',
    'ALTER SYSTEM SET full_page_writes = on; SELECT pg_reload_conf().',
  ],
  synchronous_commit: [
    'synchronous_commit is off: what other programs commit may be lost (Pawl asks for its own)',
    'ALTER DATABASE or ALTER ROLE ... RESET synchronous_commit, or ALTER SYSTEM.',
  ],
};

function durabilityRemarks({ off }: InspectedServer): readonly Check[] {
  if (off.length === 0) return [fine('durability', 'the server flushes what it acknowledges')];
  return off.map((setting) => warning('durability', ...LOST[setting]));
}

/** By the limit that leaves the least. */
function connectionsRemark({ connections }: InspectedServer, limits: ServerLimits): Check {
  const left = ({ used, max }: ConnectionRoom): number => max - used;
  const [room] = connections.toSorted((one, other) => left(one) - left(other));
  if (room === undefined) return fine('connections', 'not told by the server');
  const { of, name, used, max } = room;
  const whose = of === 'server' ? '' : ` of the ${of} ${name}`;
  const text = `${used} of ${max} in use${whose}`;
  const isNarrow = max < limits.connectionsMin;
  if (used < max * limits.connectionsShare && !isNarrow) return fine('connections', text);
  const narrow = `; a process of Pawl wants up to ${limits.connectionsMin}`;
  const rest = of === 'server' ? ', those for superusers left aside' : '';
  return warning('connections', `${text}${isNarrow ? narrow : rest}`, MORE_CONNECTIONS[of](name));
}

const POOLER = 'or put a pooler in front (databaseDirectUrl names the server).';
const MORE_CONNECTIONS: Readonly<Record<ConnectionRoom['of'], (name: string) => string>> = {
  server: () => `Raise max_connections, ${POOLER}`,
  role: (name) => `ALTER ROLE ${quoted(name)} CONNECTION LIMIT N (-1: none), ${POOLER}`,
  database: (name) => `ALTER DATABASE ${quoted(name)} CONNECTION LIMIT N (-1: none), ${POOLER}`,
};

/** A name as it can be pasted into a statement. */
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function snapshotRemark(
  { snapshots, hiddenSessions }: InspectedServer,
  { snapshotMs, snapshotTransactions }: ServerLimits,
): Check {
  const isOld = ({ ms, transactions }: HeldSnapshot): boolean =>
    ms === null ? transactions >= snapshotTransactions : ms >= snapshotMs;
  const oldest = snapshots.find(isOld);
  const hidden =
    hiddenSessions === 0
      ? ''
      : ` (${hiddenSessions} sessions of others cannot be looked into: GRANT pg_read_all_stats)`;
  if (oldest === undefined) return fine('oldest snapshot', `none is old${hidden}`);
  const since = `${oldest.transactions} transactions began since`;
  return warning(
    'oldest snapshot',
    `${HOLDERS[oldest.kind](oldest)}, ${since}: what is replaced is not cleaned up${hidden}`,
    RELEASES[oldest.kind](oldest),
  );
}

const minutes = ({ ms }: HeldSnapshot): string => `${Math.round((ms ?? 0) / 60_000)} min`;

const HOLDERS: Readonly<Record<HeldSnapshot['kind'], (held: HeldSnapshot) => string>> = {
  session: (held) =>
    `a transaction of ${held.name} (process ${held.pid}) has been open for ${minutes(held)}`,
  prepared: (held) => `the prepared transaction '${held.name}' has waited for ${minutes(held)}`,
  slot: ({ name, pid }) =>
    pid === ''
      ? `the replication slot ${name}, which nobody reads, holds a snapshot`
      : `the replication slot ${name}, read by process ${pid}, holds a snapshot`,
};

/** Each ends what somebody may still want: it is for a person to do. */
const RELEASES: Readonly<Record<HeldSnapshot['kind'], (held: HeldSnapshot) => string>> = {
  session: ({ pid }) =>
    `Let its owner end it, or SELECT pg_terminate_backend(${pid}): claims get slower meanwhile.`,
  prepared: ({ name }) => `COMMIT PREPARED or ROLLBACK PREPARED '${name}'.`,
  slot: ({ name }) =>
    `Start its reader, or SELECT pg_drop_replication_slot('${name}'): it keeps the log, too.`,
};

function deadRowsRemark({ tables }: InspectedServer, { deadRows }: ServerLimits): Check {
  const worst = tables.toSorted((one, other) => other.dead - one.dead)[0];
  if (worst === undefined) return fine('dead rows', 'no table yet');
  const text = `${worst.dead} beside ${worst.live} living ones in ${worst.name}`;
  if (worst.dead < Math.max(deadRows, worst.live)) return fine('dead rows', text);
  return warning(
    'dead rows',
    text,
    `VACUUM ${worst.name}; see that autovacuum runs, and that no old snapshot keeps it up.`,
  );
}

function indexRemark({ missingIndexes, tables }: InspectedServer): Check {
  if (missingIndexes.length === 0) return fine('indexes', `those of ${tables.length} tables`);
  return warning(
    'indexes',
    `${missingIndexes.join(', ')}: not there, or not used by the server`,
    'REINDEX INDEX one that is invalid; `pawl migrate apply` makes those that are not there.',
  );
}

function wholeReadsRemark({ tables }: InspectedServer, limits: ServerLimits): Check {
  const read = tables.filter(
    ({ live, wholeReads, indexReads }) =>
      live >= limits.largeRows && wholeReads >= limits.wholeReads && wholeReads > indexReads / 10,
  );
  const [first] = read.toSorted((one, other) => other.live - one.live);
  if (first === undefined) return fine('whole reads', 'large tables are read by their indexes');
  const { name, live, wholeReads, indexReads } = first;
  const times = `${wholeReads} times, by an index ${indexReads} times`;
  return warning(
    'whole reads',
    `${name} (${live} rows) was read as a whole ${times}`,
    `ANALYZE ${name}; where that is no help, find who reads it so: pg_stat_statements tells.`,
  );
}

const fine = (name: string, message: string): Check => ({
  ...{ name, ok: true, severity: 'none', message, remedy: '' },
});

const warning = (name: string, message: string, remedy: string): Check => ({
  ...{ name, ok: false, severity: 'warning', message, remedy },
});
