import type { Connection } from '../../store/postgres/connection.ts';
import type { ConnectionPool } from '../../store/postgres/pool.ts';
import type { World } from '../../world/world.ts';
import type { Plan } from '../plan-model.ts';
import type { Policy } from '../policy.ts';

/** Which store, what it is to be, and whose it is: the same for every verb of this folder. */
export interface MigrationPlace {
  readonly world: World;
  /** Of one connection, whose answers may be long in coming. */
  readonly pool: ConnectionPool;
  /** Where the store is, for people: without what is secret in an address. */
  readonly location: string;
  readonly makePlan: MakePlan;
  /** What is declared, as the next migration wants to find it in the history. */
  readonly record: (connection: Connection) => Promise<string>;
  readonly owner?: Owner;
  readonly policy?: Policy;
}

/**
 * Compares the schema that is worked in with the declared one, within the caller's transaction.
 * Leaves everything as it is.
 */
export type MakePlan = (connection: Connection) => Promise<Plan>;

/** The program whose store it is. Everything here runs in the migration's own transactions. */
export interface Owner {
  /** Throws when this program may not change the database: a newer one's, another program's. */
  readonly admit?: (connection: Connection) => Promise<void>;
  /** False when its own notes about the schema are not up to date. */
  readonly isSettled?: (connection: Connection) => Promise<boolean>;
  /** Writes these notes, in the transaction that changes the schema. */
  readonly settle?: (connection: Connection) => Promise<void>;
}

export interface MigrateOptions extends MigrationPlace {
  /** Of the program, for the history. */
  readonly version: string;
  /** How long to wait for others; 60 seconds by default. */
  readonly waitMs?: number;
  /** How long others wait behind a lock that is not to be had; 250 ms by default. */
  readonly lockWaitMs?: number;
  readonly signal?: AbortSignal;
}

/** Of waiting for a table: meanwhile everybody who wants it waits, too. */
export const LOCK_WAIT_MS = 250;
/** Of one statement that changes a table. */
export const CHANGE_MS = 600_000;
const WAIT_MS = 60_000;

/** When to give up waiting for others. */
export interface Patience {
  readonly world: World;
  readonly giveUpAt: number;
  readonly signal: AbortSignal | undefined;
}

export function patienceOf({ world, waitMs = WAIT_MS, signal }: PatienceOptions): Patience {
  return { world, giveUpAt: world.clock.monotonic() + waitMs, signal };
}

export type PatienceOptions = Pick<MigrateOptions, 'world' | 'waitMs' | 'signal'>;
