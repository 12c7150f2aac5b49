/**
 * What no comparison of schemas can know. Each kind is a list with one entry for one object, never
 * a wildcard; an entry stays as long as a store may exist that has not seen it.
 *
 * - `renamedTables`, `renamedColumns`: an old name (`renamedFrom`) that lives on.
 * - `droppedTables`, `droppedColumns`: what goes, `since` which release. First a release that no
 *   longer needs it, with a raised `minReader`; only a later one drops it.
 * - `backfills`: what a new column holds in the rows that are there already.
 * - `conversions`: what becomes of the values of a column whose type changes.
 */
export const DIRECTIVES = {
  renamedTables: [],
  renamedColumns: [],
  droppedTables: [],
  droppedColumns: [],
  backfills: [],
  conversions: [],
} as const;
