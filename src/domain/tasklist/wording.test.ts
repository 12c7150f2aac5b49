import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  COMPARED_PAIRS_MAX,
  SAME_TASK_SIMILARITY,
  similarity,
  similarPairs,
  wordingOf,
} from './wording.ts';

const near = (a: string, b: string): boolean =>
  similarity(wordingOf(a), wordingOf(b)) >= SAME_TASK_SIMILARITY;

describe('similarity', () => {
  it.each([
    ['write the manual', 'Write the user manual'],
    ['fix the login', 'fix teh login'],
    ['parser tests', 'tests of the parser'],
    ['support HTTP', 'support HTTP/2'],
  ])('%j may be %j', (a, b) => {
    expect(near(a, b)).toBe(true);
  });

  it.each([
    ['write the manual', 'draw a logo'],
    ['write chapter 1', 'write chapter 2'],
    ['...', '...'],
  ])('%j is not %j', (a, b) => {
    expect(near(a, b)).toBe(false);
  });
});

describe('similarPairs', () => {
  const anyText = fc
    .array(fc.constantFrom('write', 'test', 'the', 'parser', 'part 1', 'part 2', 'manual'), {
      maxLength: 5,
    })
    .map((words) => words.join(' '));

  it('finds every pair that comparing all of them would find', () => {
    fc.assert(
      fc.property(fc.array(anyText), fc.array(anyText), (lefts, rights) => {
        const all = lefts.flatMap((a, left) =>
          rights.flatMap((b, right) => (near(a, b) ? [`${left} ${right}`] : [])),
        );
        const found = similarPairs(lefts, rights) ?? [];
        expect(found.map(({ left, right }) => `${left} ${right}`).sort()).toEqual(all.sort());
      }),
    );
  });

  it('gives up where too many are alike, instead of taking for ever', () => {
    const many = Array.from({ length: Math.sqrt(COMPARED_PAIRS_MAX) + 1 }, () => 'the same');
    expect(similarPairs(many, many)).toBeNull();
  });
});
