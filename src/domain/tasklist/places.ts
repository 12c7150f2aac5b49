import type { ListTask } from './model.ts';

/** Where a task stands in its file. */
export type Place = Pick<ListTask, 'position' | 'line'>;

/** A row that stands elsewhere now, if only because others came or went above it. */
export interface PlaceChange {
  /** The stored row's own id. */
  readonly id: string;
  readonly from: Place;
  readonly to: Place;
}

/**
 * Of rows given in the order of the file: those that were really moved, as indexes. They are the
 * fewest without which the others stand in their old order.
 */
export function movedRows(positions: readonly number[]): readonly number[] {
  // The longest increasing subsequence stayed (patience sorting).
  const tails: number[] = [];
  const before: (number | undefined)[] = [];
  for (const [index, position] of positions.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((positions[tails[middle] as number] as number) < position) low = middle + 1;
      else high = middle;
    }
    before[index] = tails[low - 1];
    tails[low] = index;
  }
  const stayed = new Set<number>();
  for (let at = tails.at(-1); at !== undefined; at = before[at]) stayed.add(at);
  return [...positions.keys()].filter((index) => !stayed.has(index));
}
