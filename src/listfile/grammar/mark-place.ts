import type { WrittenMark } from '../../domain/tasklist/mark.ts';

/** Where a task's mark stands. Offsets are UTF-16 units in the list's text. */
export type MarkPlace =
  /** A check box: what stands between its brackets. */
  | { readonly kind: 'box'; readonly start: number; readonly end: number }
  /** A status word in a table cell, or in YAML. */
  | {
      readonly kind: 'word';
      /** Null when the cell is empty. */
      readonly mark: WrittenMark | null;
      /** The word; `start` = `end` when the cell is empty. */
      readonly start: number;
      readonly end: number;
      /** The cell, from behind its left pipe to its right one. */
      readonly cellStart: number;
      readonly cellEnd: number;
      /** The cell is as wide as its heading's: a formatter pads this column. */
      readonly aligned: boolean;
      /** It stands where a list item has its check box: only a picture can take its place. */
      readonly picture?: true;
      /** It is a scalar of YAML. */
      readonly yaml?: true;
    };
