import type {
  Catalogue,
  CatalogueCheck,
  CatalogueColumn,
  CatalogueForeignKey,
  CatalogueIndex,
  CatalogueTable,
  CatalogueTrigger,
  CatalogueUnique,
  Fold,
} from './catalogue.ts';
import type { Directives } from './directives.ts';
import type { Gate, Step } from './plan-model.ts';

/**
 * What one engine supplies. Everything else (what differs, whose it is, in which order it is put
 * right, what is refused) is the same for all of them.
 */
export interface Dialect {
  readonly fold: Fold;
  /** Whether a text speaks of a name; rather once too often than once too rarely. */
  mentions(sql: string, name: string): boolean;
  /** Nothing goes before what others still stand on: views are taken down from the top. */
  readonly tracksDependencies: boolean;
  /** In place, so that the engine itself rewrites what others wrote about the old name. */
  rename(rename: Rename): string;
  drop(kind: 'table' | 'index' | 'view', name: string): string;
  dropTrigger(trigger: CatalogueTrigger): string;
  /** The steps that make one table what it is declared to be; in place, or by one rebuild. */
  alter(change: TableChange, scene: Scene): readonly Step[];
  /** What must find nothing before that index can be made on rows that are there. */
  indexGates(index: CatalogueIndex, scene: Scene): readonly Gate[];
}

/** An engine that is asked without a way there and back. */
export interface Engine extends Dialect {
  /**
   * The catalogue of an empty database in which these statements have run.
   *
   * @throws PawlError `schema_invalid` when the engine does not take them.
   */
  pristine(statements: readonly string[]): Catalogue;
  /** Run statements on an empty copy of a schema, and say what it became. */
  rehearse(live: Catalogue, statements: readonly string[]): Rehearsal;
}

export interface Rehearsal {
  readonly catalogue: Catalogue;
  /** Views and triggers that read what is not there. */
  readonly broken: readonly string[];
  /** The statement that the engine did not take, and its words; the rest was not run. */
  readonly fault: { readonly statement: string; readonly message: string } | null;
}

export type Rename =
  | { readonly kind: 'table'; readonly from: string; readonly to: string }
  | {
      readonly kind: 'column';
      /** Under its new name. */
      readonly table: string;
      readonly from: string;
      readonly to: string;
    };

/** What one table lacks, or has too much. Columns are never compared by their order. */
export interface TableChange {
  readonly live: CatalogueTable;
  readonly wanted: CatalogueTable;
  readonly added: readonly CatalogueColumn[];
  /** By directive. */
  readonly dropped: readonly CatalogueColumn[];
  readonly altered: readonly ColumnChange[];
  readonly checks: Both<CatalogueCheck>;
  readonly uniques: Both<CatalogueUnique>;
  readonly foreignKeys: Both<CatalogueForeignKey>;
  readonly primaryKey: boolean;
  readonly options: boolean;
  /** Somebody else's columns, and the constraints that speak of them: they stay. */
  readonly foreign: {
    readonly columns: readonly CatalogueColumn[];
    readonly constraints: readonly string[];
  };
}

export interface ColumnChange {
  readonly live: CatalogueColumn;
  readonly wanted: CatalogueColumn;
  readonly parts: readonly ('type' | 'null' | 'default' | 'collation' | 'generated')[];
}

export interface Both<T> {
  readonly added: readonly T[];
  readonly dropped: readonly T[];
}

/** What a step may have to know of the rest. */
export interface Scene {
  /** Before the plan: the names that a gate must use. */
  readonly live: Catalogue;
  /** After its renames. */
  readonly renamed: Catalogue;
  readonly wanted: Catalogue;
  /** What is somebody else's after the renames: indexes, views and triggers that are to stay. */
  readonly kept: Pick<Catalogue, 'indexes' | 'views' | 'triggers'>;
  readonly renames: readonly Rename[];
  readonly changes: readonly TableChange[];
  readonly directives: Directives;
}
