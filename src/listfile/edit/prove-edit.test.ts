import { describe, expect, test } from 'vitest';
import type { ListTask } from '../../domain/tasklist/model.ts';
import { type ParsedList, parseList } from '../grammar/parse-list.ts';
import { type ExpectedEdit, proveEdit, readBack } from './prove-edit.ts';

const LIST = '- [ ] A-1: one\n- [x] A-2: two depends: A-1\n- [ ] read the text\n';

const parsed = (text: string): ParsedList => parseList(new TextEncoder().encode(text));

function verdict(after: string, expected: Partial<ExpectedEdit>): string {
  const before = parsed(LIST);
  const read = readBack(new TextEncoder().encode(after), before, {});
  const whole = { fields: {}, old: null, moved: false, ignoreMissing: false, ...expected };
  const proof = proveEdit(before, read, whole);
  return proof.kind === 'proved' ? `proved ${proof.task.taskId}` : proof.why;
}

const [old] = parsed(LIST).document.tasks as readonly [ListTask, ...ListTask[]];
const added = { fields: { taskId: 'A-3', description: 'three' } };
const reworded = { old, fields: { description: 'uno' } };

test('an added task and an edited one, all else as it was, are proved', () => {
  expect(verdict(`${LIST}- [ ] A-3: three\n`, added)).toBe('proved A-3');
  expect(verdict(LIST.replace('one', 'uno'), reworded)).toBe('proved A-1');
});

describe('an edit is refuted when', () => {
  test.each<readonly [string, string, Partial<ExpectedEdit>, string]>([
    ['nothing came', LIST, added, 'not be read as one task'],
    ['two came', `${LIST}- [ ] A-3: three\n- [ ] A-4: x\n`, added, 'not be read as one task'],
    ['it reads otherwise', `${LIST}- [ ] A-3: drei\n`, added, '"drei", not "three"'],
    ['the task is gone', LIST.replace(/^.*\n/, ''), reworded, 'A-1 would be gone'],
    ['another is gone', LIST.replace('one', 'uno').replace(/- \[x.*\n/, ''), reworded, 'A-2 would'],
    [
      'another has a new text',
      LIST.replace('one', 'uno').replace('two', 'due'),
      reworded,
      'of A-2',
    ],
    [
      'another has a new mark',
      LIST.replace('one', 'uno').replace('x', ' '),
      reworded,
      'mark of A-2',
    ],
    ['others changed places', reordered(LIST.replace('one', 'uno')), reworded, 'order of other'],
    ['its own mark changed', LIST.replace('[ ] A-1: one', '[x] A-1: uno'), reworded, 'its mark'],
    ['a line is no task', `${LIST}- [ ] A-3: three\n\n[ ] x\n`, added, 'would bring a finding'],
  ])('%s', (_name, after, expected, why) => {
    expect(verdict(after, expected)).toContain(why);
  });

  test('a dependency dangles, unless that is wanted', () => {
    const after = `${LIST}- [ ] A-3: three depends: A-9\n`;
    expect(verdict(after, added)).toContain('would bring a finding');
    expect(verdict(after, { ...added, ignoreMissing: true })).toBe('proved A-3');
  });

  test('it closes a circle: then with its path', () => {
    const after = LIST.replace('one', 'one depends: A-2');
    const expected = { old, fields: { dependencies: ['A-2'] } };
    expect(() => verdict(after, expected)).toThrow('A-1 -> A-2 -> A-1');
  });
});

test('a box without an id keeps it when its text stays similar', () => {
  const box = parsed(LIST).document.tasks[2] as ListTask;
  const same = { old: box, fields: { description: 'read all the text' } };
  const other = { old: box, fields: { description: 'go home' } };
  expect(verdict(LIST.replace('read the', 'read all the'), same)).toBe(`proved ${box.taskId}`);
  expect(verdict(LIST.replace('read the text', 'go home'), other)).toContain('a new task');
});

function reordered(list: string): string {
  const [first, second, third] = list.split('\n');
  return [first, third, second, ''].join('\n');
}
