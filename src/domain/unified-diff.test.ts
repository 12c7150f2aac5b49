import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unifiedDiff } from './unified-diff.ts';

test('equal texts differ in nothing', () => {
  expect(unifiedDiff('a\nb\n', 'a\nb\n', 'x.md')).toBe('');
});

test('a changed and an added line are shown with three lines around them', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', ''].join('\n');
  const after = ['a', 'b', 'c', 'd', 'E', 'f', 'g', 'h', 'i', ''].join('\n');
  expect(unifiedDiff(before, after, 'x.md').split('\n')).toEqual([
    '--- x.md',
    '+++ x.md',
    '@@ -2,7 +2,8 @@',
    ...[' b', ' c', ' d', '-e', '+E', ' f', ' g', ' h', '+i'],
  ]);
});

test('a missing line end at the end is said', () => {
  expect(unifiedDiff('a', 'a\nb', 'x.md').split('\n').slice(2)).toEqual([
    '@@ -1,1 +1,2 @@',
    '-a',
    '\\ No newline at end of file',
    '+a',
    '+b',
    '\\ No newline at end of file',
  ]);
});

test('going by the difference makes the one text of the other', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 30 });
  fc.assert(
    fc.property(lines, lines, (old, now) => {
      const text = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
      const diff = unifiedDiff(text(old), text(now), 'x');
      expect(patched(old, diff.split('\n').slice(2))).toEqual(now);
    }),
  );
});

/** As `patch` goes by it: every hunk at its very line, every other line as it is. */
function patched(old: readonly string[], diff: readonly string[]): readonly string[] {
  const made: string[] = [];
  let at = 0;
  for (const line of diff) {
    const hunk = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/.exec(line);
    if (hunk !== null) {
      const start = Number(hunk[1]) - (hunk[2] === '0' ? 0 : 1);
      made.push(...old.slice(at, start));
      at = start;
      expect(made.length).toBe(Number(hunk[3]) - (hunk[4] === '0' ? 0 : 1));
    } else if (line.startsWith('+')) {
      made.push(line.slice(1));
    } else {
      expect(old[at]).toBe(line.slice(1));
      if (line.startsWith(' ')) made.push(line.slice(1));
      at += 1;
    }
  }
  return [...made, ...old.slice(at)];
}
