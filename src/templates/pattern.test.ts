import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testDepth } from '../../test/support/test-depth.ts';
import { MATCHED_LENGTH_MAX, readPattern } from './pattern.ts';

const matches = (source: string, text: string): boolean | string => {
  const read = readPattern(source);
  return read.ok ? read.pattern.matches(text) : read.message;
};

/** Patterns of all that is supported, at most a few levels deep. */
const { pattern: PATTERNS } = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\d', '\\.', '1', '^', '$', '😀'),
    tie('pattern').map((inside) => `(${inside})`),
    tie('pattern').map((inside) => `(?:${inside})`),
  ),
  pattern: fc
    .array(
      fc.tuple(tie('atom'), fc.constantFrom('', '*', '+', '?', '{2}', '{0,2}', '{1,}', '*?', '|')),
      { maxLength: 4 },
    )
    .map((parts) => parts.map(([atom, sign]) => atom + (/^[$^]$/.test(atom) ? '' : sign)).join('')),
}));

describe('a pattern of a template', () => {
  it('matches what the regular expression of the language matches', () => {
    let compared = 0;
    const numRuns = testDepth.pick({ reduced: 100, full: 3_000 });
    fc.assert(
      fc.property(
        PATTERNS,
        fc.array(fc.constantFrom('a', 'b', '1', '.', '😀')),
        (source, parts) => {
          const text = parts.join('').slice(0, 12);
          const found = matches(source, text);
          if (!text.isWellFormed() || typeof found === 'string') return;
          compared += 1;
          expect(found).toBe(new RegExp(`^(?:${source})`, 'u').test(text));
        },
      ),
      { numRuns },
    );
    expect(compared).toBeGreaterThan(numRuns / 3);
  });

  it.each([
    ['^[a-zA-Z][a-zA-Z0-9_-]*$', 'my-project', true],
    ['^[a-zA-Z][a-zA-Z0-9_-]*$', '1st', false],
    ['^[0-9]{4}-[0-9]{2}-[0-9]{2}$', '2026-02-28', true],
    ['^[0-9]{4}-[0-9]{2}-[0-9]{2}$', '2026-2-28', false],
    ['(?P<kind>feat|fix)/\\w+', 'fix/this', true],
    ['(feat|fix)$', 'fix', true],
    ['\\A\\-?\\d+\\Z', '-42', true],
    ['\\p{Lu}\\u0061', 'Ëa', true],
    ['a|', '', true],
  ])('%s and %s: %s', (source, text, expected) => {
    expect(matches(source, text)).toBe(expected);
  });

  it('takes time that grows with the text alone, where backtracking never ends', () => {
    const hard = `(${'a*'.repeat(20)})*$`;
    expect(matches('(a+)+$', `${'a'.repeat(MATCHED_LENGTH_MAX - 1)}b`)).toBe(false);
    expect(matches(hard, `${'a'.repeat(MATCHED_LENGTH_MAX - 1)}b`)).toBe(false);
    expect(matches('((a?){15}){15}$', `${'a'.repeat(MATCHED_LENGTH_MAX - 1)}b`)).toBe(false);
  });

  it('refuses what has no automaton, and what repeats too much', () => {
    for (const source of ['(?=a)', '(?<!a)b', '(a)\\1', '(a', 'a)', '*', '[a', 'a\\']) {
      expect(matches(source, 'a')).toEqual(expect.any(String));
    }
    expect(matches('((a{500}){500}){500}', 'a')).toContain('repeat');
    expect(matches('[z-a]', 'a')).toContain('regular expression');
    expect(matches('(a?){1000}'.repeat(20), 'a'.repeat(1_000))).toBe('repeats too much');
    expect(matches('^.{1,500}$', 'a'.repeat(500))).toBe(true);
    expect(matches('a'.repeat(201), 'a')).toContain('longer than');
  });

  it('matches no text that is longer than is tried', () => {
    expect(matches('a*', 'a'.repeat(MATCHED_LENGTH_MAX))).toBe(true);
    expect(matches('a*', 'a'.repeat(MATCHED_LENGTH_MAX + 1))).toBe(false);
  });
});
