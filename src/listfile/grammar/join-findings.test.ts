import { expect, test } from 'vitest';
import { parseList } from './parse-list.ts';

const findingsOf = (list: string) =>
  parseList(new TextEncoder().encode(list)).document.findings.map(
    ({ line, code, message, taskId }) => ({ line, code, message, taskId }),
  );
const table = (rows: readonly string[]) => `| ID | Task | Pri |\n|-|-|-|\n${rows.join('\n')}\n`;
const urgent = (numbers: readonly number[]) => numbers.map((at) => `| A-${at} | x | P0 |`);

test('a few findings that say the same stand each at its task', () => {
  expect(findingsOf(table(urgent([1, 2, 3])))).toMatchObject([
    { line: 3, code: 'priority_p0', taskId: 'A-1' },
    { line: 4, taskId: 'A-2' },
    { line: 5, taskId: 'A-3' },
  ]);
});

test('more of them are one, which names every line', () => {
  const rows = [...urgent([1, 2]), '| A-3 | x | P1 |', ...urgent([4, 5])];
  expect(findingsOf(table(rows))).toEqual([
    {
      ...{ line: 3, code: 'priority_p0', taskId: null },
      message: 'P0 is read as P1 (4 times: lines 3-4, 6-7)',
    },
  ]);
});

test('a table that is no list of tasks has one finding', () => {
  const rows = [1, 2, 3, 4, 5].map((at) => `| Norm ${at} | [x] |`);
  const list = `- [ ] A-1: x\n\n| Norm | Status |\n|-|-|\n${rows.join('\n')}\n`;
  expect(findingsOf(list)).toMatchObject([{ line: 5, code: 'row_not_taken' }]);
  expect(findingsOf(list)[0]?.message).toMatch(/\(5 times: lines 5-9\)$/);
});

test('findings with other words stay apart, and errors are never joined', () => {
  const words = table(['w', 'x', 'y', 'z'].map((word, at) => `| A-${at} | x | ${word} |`));
  expect(findingsOf(words)).toHaveLength(4);
  const commands = ['1', '2', '3', '4'].map((at) => `- [ ] A-${at}: x verify: a | b`);
  const errors = findingsOf(`${commands.join('\n')}\n`);
  expect(errors.map(({ code }) => code)).toEqual(Array(4).fill('verify_shell_operator'));
});
