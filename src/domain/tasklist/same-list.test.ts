import { describe, expect, it } from 'vitest';
import { compareLists, type ListedTask } from './same-list.ts';

const tasks = (...ids: readonly string[]): ListedTask[] =>
  ids.map((taskId) => ({ taskId, explicitId: true, description: `do ${taskId}` }));
const boxes = (...texts: readonly string[]): ListedTask[] =>
  texts.map((text) => ({ taskId: `box ${text}`, explicitId: false, description: text }));

describe('compareLists', () => {
  it.each([
    [tasks('A', 'B', 'C', 'D'), tasks('A', 'B', 'X', 'Y'), 'same'],
    [tasks('A', 'B', 'C', 'D'), tasks('A', 'B', 'V', 'X', 'Y'), 'maybe'],
    [tasks('A', 'B', 'C', 'D'), tasks('A', 'X', 'Y', 'Z'), 'maybe'],
    [tasks('A', 'B', 'C', 'D', 'E'), tasks('A', 'W', 'X', 'Y', 'Z'), 'other'],
    [tasks('A'), tasks('A', 'B', 'C', 'D', 'E', 'F'), 'maybe'],
    [tasks('A', 'B'), tasks('X', 'Y'), 'other'],
    [[], tasks('A'), 'other'],
    [boxes('one', 'two'), boxes('two', ' two'), 'same'],
    [boxes('one', 'one'), boxes('one', 'x', 'y'), 'maybe'],
  ] as const)('takes half of both for the same, less for a guess (%#)', (stored, file, verdict) => {
    expect(compareLists(stored, file)).toBe(verdict);
  });

  it('asks for the same words, not just the same ids', () => {
    const other = tasks('A', 'B').map((task) => ({ ...task, description: 'something else' }));
    expect(compareLists(tasks('A', 'B'), other)).toBe('other');
  });
});
