import { describe, expect, it } from 'vitest';
import { sourcesOf } from './tidy/repository.ts';
import { parse, type Source, walk } from './tidy/source.ts';

/** Gives verbs to a driver, and its promises to callers: it is outside of every transaction. */
const HANDS_THEM_ON = ['src/store/sql/sql-store.ts'];

/** Where a verb could wait for something else than its SQL. */
function waits(source: Source): readonly string[] {
  const found: string[] = [];
  walk(source.tree, (node) => {
    const isAsync = node.type.includes('Function') && node['async'] === true;
    if (node.type === 'AwaitExpression' || isAsync) found.push(`${source.path}: ${node.type}`);
  });
  return found;
}

describe('the verbs of the store', () => {
  it('wait for nothing but SQL while their transaction is open', () => {
    const sources = sourcesOf('src/store/sql').filter(({ path }) => !HANDS_THEM_ON.includes(path));
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.flatMap(waits)).toEqual([]);
  });

  it('(negative control) that do wait are found', () => {
    const text = 'async function* verb() { await pause(); }';
    expect(waits(parse('planted.ts', text))).toHaveLength(2);
  });
});
