import { describe, expect, it } from 'vitest';
import { canonOf, mentions, tokensOf } from './tokens.ts';

const canon = (sql: string): string => canonOf(tokensOf(sql));

describe('what a text says', () => {
  it.each([
    ['CREATE  TABLE t(a)', 'create table T ( a )'],
    ['a -- why\n+ b', 'a + b'],
    ['a /* b */ + c', 'a+c'],
    ['"a" = `b` + [c]', 'a = b + c'],
    ["x'AB'", "X'ab'"],
  ])('%s and %s are the same', (left, right) => {
    expect(canon(left)).toBe(canon(right));
  });

  it.each([
    ["'a'", "'A'"],
    ["'a'", 'a'],
    ["'it''s'", "'its'"],
    ['"null"', 'null'],
    ['"current_timestamp"', 'current_timestamp'],
    ['"É"', '"é"'],
    ['a - -1', 'a'],
    ["'-- a'", "''"],
  ])('%s and %s are not', (left, right) => {
    expect(canon(left)).not.toBe(canon(right));
  });

  it('can be run in its place', () => {
    expect(canon("lower('A' || b) <= c ->> '$.d' AND e <> .5e-3")).toBe(
      "lower ( 'A' || b ) <= c ->> '$.d' and e <> .5e-3",
    );
  });
});

it('a name is found as a word or in quotes, never in a string or a comment', () => {
  const tokens = tokensOf('SELECT "Task".a FROM \'step\' /* note */ WHERE [b c] = 1');
  expect(['task', 'a', 'b c', 'step', 'note'].map((name) => mentions(tokens, name))).toEqual([
    ...[true, true, true, false, false],
  ]);
});

it('an unfinished text is read to its end', () => {
  expect(canon("a 'b")).toBe("a ' b");
  expect(canon('a /* b')).toBe('a');
});
