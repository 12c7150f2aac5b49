import { type Table, table } from '../../schema/vocabulary.ts';
import type { CopiedKey, CopiedRow, CopiedTable } from './copied-tables.ts';

/**
 * Where rows lie until they are made a store, beside where it will be: under names that no Pawl
 * takes for those of a store. It outlives whoever fills it, and whoever comes next goes on with it.
 * Each of its changes is a transaction of its own, and may be done twice.
 */
export interface CopyArea {
  /**
   * Take it over from whoever filled it before, who can change nothing in it from then on.
   *
   * @throws PawlError `copy_target_taken` when there is a store.
   */
  begin(wanted: WantedArea): Promise<BegunArea>;
  /** The first so many rows of a table in the order of its key: those behind `after`. */
  page(table: CopiedTable, after: CopiedKey | null, count: number): Promise<readonly CopiedRow[]>;
  /** @throws PawlError `copy_target_taken` when another took it over. */
  write(table: CopiedTable, change: AreaChange): Promise<void>;
  /** Throw it away, unless it is another's by now. */
  discard(): Promise<void>;
}

export interface AreaChange {
  /** In place of those with their keys. */
  readonly put: readonly CopiedRow[];
  readonly remove: readonly CopiedKey[];
}

export interface WantedArea {
  readonly storeId: string;
  readonly tables: readonly CopiedTable[];
  /** Throw away what is there. */
  readonly restart: boolean;
  readonly nowMs: number;
}

export interface BegunArea {
  /** When it was begun, if there was one to go on with. */
  readonly begunAtMs: number | null;
  /** Why the one that was there was thrown away; null: it was not, or there was none. */
  readonly discarded: Discarded | null;
}

export type Discarded = 'restart' | 'other_store' | 'other_schema' | 'unreadable';

/** What an area says of itself: whose rows lie in it, and who fills it. */
export interface AreaMark {
  readonly run: string;
  readonly storeId: string;
  readonly fingerprint: string;
  readonly begunAtMs: number;
}

/** Every table of an area is called so, or has a name that goes on after it. */
export const AREA_MARK = 'pawl_copying';

/**
 * On a server, beside the mark: the rows that lay there are a store, and only to say so is left. It
 * has the sum of that store as it was made.
 */
export const AREA_MADE = `${AREA_MARK}_made`;

export const isOfArea = (table: string): boolean =>
  table === AREA_MARK || table.startsWith(`${AREA_MARK}_`);

export const AREA_MARK_TABLE: Table = table({
  name: AREA_MARK,
  about: 'An unfinished copy of a store.',
  columns: {
    one: { type: 'integer', nullable: false },
    run: { type: 'text', nullable: false },
    store_id: { type: 'text', nullable: false },
    fingerprint: { type: 'text', nullable: false },
    begun_at_ms: { type: 'integer', nullable: false },
  },
  primaryKey: ['one'],
});

export const READ_AREA_MARK =
  `SELECT run, store_id AS "storeId", fingerprint, begun_at_ms AS "begunAtMs" FROM ${AREA_MARK} ` +
  'WHERE one = 1';

/** Where the rows of a table lie in an area: with their key, and nothing else that is declared. */
export function areaTable({ name, columns, key }: CopiedTable): CopiedTable {
  const declared: Table = table({
    name: `${AREA_MARK}_${name}`,
    about: 'Rows that are brought to where a store is copied.',
    columns: Object.fromEntries(
      columns.map((column) => [
        column.name,
        { type: column.type, nullable: !key.includes(column.name) },
      ]),
    ),
    primaryKey: key,
  });
  return { name: declared.name, columns, key, identity: null, declared };
}

/** Why one cannot go on with what is there; null when one can. */
export function reasonToDiscard(
  mark: AreaMark | null,
  { storeId, restart }: WantedArea,
  fingerprint: string,
): Discarded | null {
  if (restart) return 'restart';
  if (mark === null) return 'unreadable';
  if (mark.storeId !== storeId) return 'other_store';
  return mark.fingerprint === fingerprint ? null : 'other_schema';
}
