/**
 * What no comparison of schemas can know. Each kind is a list with one entry for one object, never
 * a wildcard; an entry stays as long as a store may exist that has not seen it.
 *
 * - `renamedTables`, `renamedColumns`: an old name (`renamedFrom`) that lives on.
 * - `droppedTables`, `droppedColumns`: what goes, `since` which release. First a release that no
 *   longer needs it, with a raised `minReader`; only a later one drops it.
 * - `droppedIndexes`: the same of indexes, for stores without a record of what was declared.
 * - `backfills`: what a new column holds in the rows that are there already.
 * - `conversions`: what becomes of the values of a column whose type changes.
 */
export const DIRECTIVES = {
  renamedTables: [],
  renamedColumns: [],
  droppedTables: [],
  droppedColumns: [],
  // On a server; files have them.
  droppedIndexes: [
    { index: 'task_queue_by_priority', since: '0.1.0' },
    { index: 'task_queue_by_position', since: '0.1.0' },
  ],
  backfills: [],
  conversions: [],
} as const;
