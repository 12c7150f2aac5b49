/**
 * What no comparison of two schemas can know, said in code beside the declaration: one directive
 * for one object, never a wildcard. They stay in the code as long as a database may exist that has
 * not seen them; one that is done already asks for nothing.
 */
export interface Directives {
  readonly renamedTables?: readonly { readonly table: string; readonly renamedFrom: Names }[];
  readonly renamedColumns?: readonly {
    readonly table: string;
    readonly column: string;
    readonly renamedFrom: Names;
  }[];
  /** `since` is the release that no longer has it. */
  readonly droppedTables?: readonly { readonly table: string; readonly since: string }[];
  readonly droppedColumns?: readonly {
    readonly table: string;
    readonly column: string;
    readonly since: string;
  }[];
  /** Needed where no record tells that the index was declared once. */
  readonly droppedIndexes?: readonly { readonly index: string; readonly since: string }[];
  /** What a new column, or one that may no longer be null, holds in the rows that lack a value. */
  readonly backfills?: readonly ColumnExpression[];
  /** What becomes of the values of a column whose type changes, instead of a lossless cast. */
  readonly conversions?: readonly ColumnExpression[];
}

/** The names it had, in any release. */
export type Names = readonly string[];

export interface ColumnExpression {
  readonly table: string;
  readonly column: string;
  /** Plain SQL over the columns of the row, under their new names. */
  readonly expression: string;
}
