import type { Connection, Intercept } from '../../store/sqlite/connection.ts';
import type { World } from '../../world/world.ts';
import type { Plan } from '../plan-model.ts';
import type { Policy } from '../policy.ts';

/**
 * Which database, what it is to be (`declaredSchema` gives the two), and whose it is: the same for
 * every verb of this folder.
 */
export interface MigrationPlace {
  readonly world: World;
  /** Absolute path of the database file. It need not exist. */
  readonly path: string;
  readonly makePlan: MakePlan;
  /** What is declared, as the next migration's `makePlan` wants to find it in the history. */
  readonly record?: string;
  readonly owner?: Owner;
  /** What may happen to it; by default everything that is guarded or declared. */
  readonly policy?: Policy;
  /** Absolute; `backups` beside the database by default, which keeps it on the same disk. */
  readonly backupFolder?: string;
}

/**
 * Compares the schema of an open database with the declared one. Reads only, and comes to the same
 * plan for the same schema. The declaration must have the table `migration_history`.
 */
export type MakePlan = (connection: Connection) => Plan;

/** The program whose database it is. Everything here runs in the migration's own transactions. */
export interface Owner {
  /** Throws when this program may not change the database: a newer one's, another program's. */
  readonly admit?: (connection: Connection) => void;
  /** False when its own notes about the schema (a fingerprint, say) are not up to date. */
  readonly isSettled?: (connection: Connection) => boolean;
  /** Writes these notes, in the transaction that changes the schema. */
  readonly settle?: (connection: Connection, change: SchemaChange) => void;
  /**
   * Makes void what was handed out since the backup was made, in the copy that will be put in
   * place. `replaced` is the database it replaces; null when that is missing or damaged.
   */
  readonly afterRestore?: (copy: Connection, replaced: Connection | null) => void;
}

export interface SchemaChange {
  readonly from: string;
  readonly to: string;
}

export interface MigrateOptions extends MigrationPlace {
  /** Of the program, for the history. */
  readonly version: string;
  /** How many backups of this kind are kept; 3 by default, at least 1. */
  readonly backupsKept?: number;
  /**
   * A database larger than this is not copied before a purely additive change; the history says so.
   * By default it always is.
   */
  readonly backupBytesMax?: number;
  /** How long to wait for others who hold the database; 60 seconds by default. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
  /** Flush the drive's own cache, too: macOS needs it said. */
  readonly fullFsync?: boolean;
  /** Sees every statement on the connection that migrates. */
  readonly intercept?: Intercept;
}

export const BACKUPS_KEPT = 3;
const WAIT_MS = 60_000;

/** When to give up waiting for others. */
export interface Patience {
  readonly world: World;
  readonly giveUpAt: number;
  readonly signal: AbortSignal | undefined;
}

export function patienceOf(
  world: World,
  { waitMs = WAIT_MS, signal }: Pick<MigrateOptions, 'waitMs' | 'signal'>,
): Patience {
  return { world, giveUpAt: world.clock.monotonic() + waitMs, signal };
}

export function backupFolderOf({ path, backupFolder }: MigrationPlace): string {
  return backupFolder ?? `${path.slice(0, path.lastIndexOf('/'))}/backups`;
}
