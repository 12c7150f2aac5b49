import type { SchemaObject } from '../../schema/vocabulary.ts';
import type { World } from '../../world/world.ts';
import type { Connection } from './connection.ts';
import { indexesOf } from './ddl.ts';
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
  /** Settings that are off, by which what was acknowledged may be lost. */
  readonly off: readonly Safety[];
  /** Of the server; of the role and of the database where they have limits that bind this user. */
  readonly connections: readonly ConnectionRoom[];
  /** Who keeps the server from cleaning up this database, the oldest first; at most 20. */
  readonly snapshots: readonly HeldSnapshot[];
  /** Sessions of others that this user may not look into. */
  readonly hiddenSessions: number;
  /** Our tables; empty when there is no store yet. */
  readonly tables: readonly TableFacts[];
  /** Indexes of ours that are not there, or that the server does not use. */
  readonly missingIndexes: readonly string[];
}

/** How many sessions there are, and how many there may be, for whoever is no superuser. */
export interface ConnectionRoom {
  readonly of: 'server' | 'role' | 'database';
  /** Of the role or the database. */
  readonly name: string;
  readonly used: number;
  readonly max: number;
}

export type Safety = 'fsync' | 'full_page_writes' | 'synchronous_commit';

/** Nothing that was replaced since it began is cleaned up, in any table. */
export interface HeldSnapshot {
  readonly kind: 'session' | 'prepared' | 'slot';
  /** Of the program, the transaction or the slot. */
  readonly name: string;
  /** Of the process; empty for what has none. */
  readonly pid: string;
  /** Null for a slot: it knows no time. */
  readonly ms: number | null;
  /** How many transactions began since. */
  readonly transactions: number;
}

export interface TableFacts {
  readonly name: string;
  readonly live: number;
  readonly dead: number;
  /** How often it was read as a whole, or by an index, since the figures were last reset. */
  readonly wholeReads: number;
  readonly indexReads: number;
}

const SETTINGS =
  "SELECT current_setting('server_version') AS version, " +
  "current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes, " +
  "current_setting('synchronous_commit') AS synchronous_commit, " +
  "(SELECT count(*) FROM pg_stat_activity WHERE query = '<insufficient privilege>') AS hidden";

/** Of sessions of others it may be hidden what they are; whose they are is not. */
const CLIENTS =
  "FROM pg_stat_activity a WHERE (backend_type = 'client backend' " +
  "OR query = '<insufficient privilege>' AND datid IS NOT NULL AND usesysid IS NOT NULL)";

/** The limits of a role and of a database do not bind a superuser. */
const CONNECTIONS =
  "SELECT 'server' AS of, '' AS name, " +
  "CAST(current_setting('max_connections') AS integer) " +
  "- CAST(current_setting('superuser_reserved_connections') AS integer) " +
  "- CAST(coalesce(current_setting('reserved_connections', true), '0') AS integer) AS max, " +
  `(SELECT count(*) ${CLIENTS}) AS used ` +
  "UNION ALL SELECT 'role', CAST(rolname AS text), rolconnlimit, " +
  `(SELECT count(*) ${CLIENTS} AND usesysid = r.oid) FROM pg_roles r ` +
  'WHERE rolname = session_user AND rolconnlimit >= 0 AND NOT rolsuper ' +
  "UNION ALL SELECT 'database', CAST(datname AS text), datconnlimit, " +
  `(SELECT count(*) ${CLIENTS} AND datid = d.oid) FROM pg_database d ` +
  'WHERE datname = current_database() AND datconnlimit >= 0 ' +
  'AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = session_user)';

/** A transaction that wrote holds on by its number, one that reads by its snapshot. */
const SNAPSHOTS =
  "SELECT 'session' AS kind, coalesce(nullif(application_name, ''), 'unnamed') AS name, " +
  'CAST(pid AS text) AS pid, extract(epoch FROM clock_timestamp() - xact_start) * 1000 AS ms, ' +
  'greatest(age(backend_xid), age(backend_xmin)) AS transactions FROM pg_stat_activity ' +
  'WHERE coalesce(backend_xid, backend_xmin) IS NOT NULL AND pid <> pg_backend_pid() ' +
  "AND (datname = current_database() OR backend_type = 'walsender') " +
  "UNION ALL SELECT 'prepared', gid, '', " +
  'extract(epoch FROM clock_timestamp() - prepared) * 1000, age(transaction) ' +
  'FROM pg_prepared_xacts WHERE database = current_database() ' +
  "UNION ALL SELECT 'slot', CAST(slot_name AS text), coalesce(CAST(active_pid AS text), ''), " +
  'NULL, greatest(age(xmin), age(catalog_xmin)) FROM pg_replication_slots ' +
  'WHERE coalesce(xmin, catalog_xmin) IS NOT NULL ORDER BY transactions DESC LIMIT 20';

const TABLES =
  'SELECT relname AS name, n_live_tup AS live, n_dead_tup AS dead, seq_scan AS "wholeReads", ' +
  'coalesce(idx_scan, 0) AS "indexReads" FROM pg_stat_user_tables ' +
  'WHERE schemaname = current_schema() AND relname IN (SELECT jsonb_array_elements_text($1))';

const USABLE_INDEXES =
  'SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid ' +
  'WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema())) ' +
  'AND i.indisvalid AND i.indisready';

interface Settings extends Readonly<Record<Safety, string>> {
  readonly version: string;
  readonly hidden: number;
}

export interface InspectServer extends Pick<PostgresOptions, 'url'> {
  /** What a store there has. */
  readonly declared: readonly SchemaObject[];
}

/** @throws PawlError `store_unreachable`, `store_refused`. */
export async function inspectServer(
  world: World,
  { url, declared }: InspectServer,
): Promise<InspectedServer> {
  const pool = await ConnectionPool.open(poolOptions({ url, connectionsMax: 1 }));
  try {
    return await pool.lend((connection) => inspect(world, connection, declared));
  } finally {
    await pool.close();
  }
}

async function inspect(
  { clock }: World,
  connection: Connection,
  declared: readonly SchemaObject[],
): Promise<InspectedServer> {
  const [settings] = await connection.all<Settings>(SETTINGS);
  const connections = await connection.all<ConnectionRoom>(CONNECTIONS);
  const snapshots = await connection.all<HeldSnapshot>(SNAPSHOTS);
  const names = declared.flatMap(({ kind, name }) => (kind === 'table' ? [name] : []));
  const tables = await connection.all<TableFacts>(TABLES, [JSON.stringify(names)]);
  const usable = await connection.all<{ name: string }>(USABLE_INDEXES);
  const [asked, before] = [clock.monotonic(), clock.now()];
  const [now] = await connection.all<{ at: number }>(
    'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS at',
  );
  const wayMs = clock.monotonic() - asked;
  const { version = '?', hidden = 0 } = settings ?? {};
  const isOff = (name: Safety): boolean => settings?.[name] === 'off';
  return {
    ...{ version, wayMs, connections, snapshots, tables, hiddenSessions: hidden },
    clockAheadMs: Math.round((now?.at ?? before) - (before + wayMs / 2)),
    off: (['fsync', 'full_page_writes', 'synchronous_commit'] as const).filter(isOff),
    missingIndexes: missing(new Set(usable.map(({ name }) => name)), tables, declared),
  };
}

/** Of the tables that are there. */
function missing(
  usable: ReadonlySet<string>,
  tables: readonly TableFacts[],
  declared: readonly SchemaObject[],
): readonly string[] {
  const present = new Set(tables.map(({ name }) => name));
  return declared
    .flatMap((object) => {
      if (object.kind !== 'table' || !present.has(object.name)) return [];
      const { name, uniques = [] } = object;
      return [
        `${name}_key`,
        ...indexesOf(object).map((one) => one.name),
        ...uniques.map((one) => one.name),
      ];
    })
    .filter((name) => !usable.has(name));
}
