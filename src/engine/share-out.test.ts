import { describe, expect, it } from 'vitest';
import { shareOut } from './share-out.ts';

describe('how room is shared among lists', () => {
  it('evenly, the rest to those whose turn it is', () => {
    expect(shareOut(['a', 'b', 'c'], 7, 1)).toEqual([
      { item: 'b', share: 3 },
      { item: 'c', share: 2 },
      { item: 'a', share: 2 },
    ]);
    expect(shareOut([], 7, 0)).toEqual([]);
  });

  it('with less room than lists each gets its turn', () => {
    const got = [0, 1, 2].map((turn) => shareOut(['a', 'b', 'c'], 1, turn).map(({ item }) => item));
    expect(got).toEqual([['a'], ['b'], ['c']]);
  });
});
