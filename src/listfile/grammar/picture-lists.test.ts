import { describe, expect, test } from 'vitest';
import { markList } from '../marks/mark-list.ts';
import { collectTasks } from './collect-tasks.ts';
import { outlineOf } from './outline.ts';
import { parseList } from './parse-list.ts';

const bytesOf = (list: string) => new TextEncoder().encode(list);
const documentOf = (list: string) => parseList(bytesOf(list)).document;
const tasksOf = (list: string) => documentOf(list).tasks;
const found = (list: string) =>
  documentOf(list).findings.map(({ line, column, code }) => `${line}:${column} ${code}`);

describe('a list whose items begin with pictures', () => {
  test('pictures are boxes where one of them is open', () => {
    const list = '- ⬜ write it\n- ✅ A-1: read it\n- 🚧 test it\n';
    expect(tasksOf(list).map(({ mark, description }) => `${mark} ${description}`)).toEqual([
      ...['queued write it', 'completed read it', 'running test it'],
    ]);
    const { bytes } = markList(bytesOf(list), new Map([['A-1', 'queued']]));
    expect(new TextDecoder().decode(bytes)).toBe(list.replace('✅', '⬜'));
    expect(tasksOf('- [ ] x\n\ntext\n\n- ✅ fast\n- ❌ no tests\n')).toHaveLength(1);
  });

  test('pictures stay boxes when the last one is done', () => {
    const list = '- ⬜ write it\n- ✅ read it\n';
    const tasks = tasksOf(list);
    const marks = new Map(tasks.map(({ taskId }) => [taskId, 'completed'] as const));
    const { bytes } = markList(bytesOf(list), marks);
    expect(new TextDecoder().decode(bytes)).toBe('- ✅ write it\n- ✅ read it\n');
    const knownBoxes = tasks.map(({ taskId, section, description }) => ({
      ...{ taskId, section, description },
    }));
    expect(parseList(bytes, { knownBoxes }).document.tasks).toMatchObject([
      { taskId: tasks[0]?.taskId, mark: 'completed' },
      { taskId: tasks[1]?.taskId, mark: 'completed' },
    ]);
    expect(parseList(bytes).document.tasks).toEqual([]);
    expect(tasksOf('- ✅ A-1: praised\n- ❌ A-2: blamed\n')).toEqual([]);
  });

  test('pictures of known ids are boxes, unless the tasks stand elsewhere', () => {
    const named = (taskId: string) => ({ taskId, section: null, description: '', named: true });
    const options = { knownBoxes: [named('A-1'), named('A-2')] };
    const ofText = (list: string) =>
      parseList(bytesOf(list), options).document.tasks.map(({ taskId, mark }) => [taskId, mark]);
    const over = '- ✅ A-1: done\n- ❌ A-2: tried\n';
    const tasks = [
      ['A-1', 'completed'],
      ['A-2', 'failed'],
    ];
    expect(ofText(over)).toEqual(tasks);
    expect(ofText(`${over}\n## Again\n\n${over}`)).toEqual(tasks);
    const report = `${over}\n- [ ] A-1: one\n- [ ] A-2: two\n`;
    expect(ofText(report)).toEqual([
      ['A-1', 'queued'],
      ['A-2', 'queued'],
    ]);
    expect(ofText('- ✅ B-1: praised\n')).toEqual([]);
  });

  /** Mark one task as done, and read the list as somebody who knows it. */
  function doneIn(list: string, taskId: string) {
    const before = tasksOf(list);
    const { bytes } = markList(bytesOf(list), new Map([[taskId, 'completed']]));
    const knownBoxes = before.map((task) => ({ ...task, named: task.explicitId }));
    const after = parseList(bytes, { knownBoxes }).document.tasks;
    return { before, after, text: new TextDecoder().decode(bytes) };
  }

  test.each([
    [
      'a list that is there twice',
      '- 🚧 T-2: x\n- ✅ T-3: y\n\ntext\n\n- 🚧 T-2: x\n- ✅ T-3: y\n',
    ],
    ['what is done above what is open', '- ✅ T-2: x\n- ✅ T-3: y\n\ntext\n\n- 🚧 T-2: x\n'],
    [
      'what shares one task with two others',
      '- ✅ T-1: x\n\na\n\n- ⬜ T-1: x\n- ✅ T-2: y\n\nb\n\n- ✅ T-2: z\n',
    ],
    ['the same without ids', '- ✅ write it\n\ntext\n\n- 🚧 write it\n'],
    [
      'a list above a row of its id',
      '- 🚧 T-2: x\n\n| ID | Task | Status |\n|-|-|-|\n| T-2 | y | [ ] |\n',
    ],
    ['a text that a box has, too', '- ✅ write it\n\ntext\n\n- [ ] write it\n'],
    ['steps below the pictures', '- 🚧 T-1: x\n  - [ ] a step\n- ✅ T-2: y\n'],
    ['pictures inside pictures', '- ✅ first of all\n  - 🚧 T-1: x\n  - ✅ T-2: y\n'],
    ['numbers that begin again', '## A\n\n- 🚧 1: x\n\n## B\n\n- 🚧 1: y\n- ✅ 2: z\n'],
    ['texts that say a status', '- [ ] pending\n- [ ] done\n'],
  ])('%s: every task stays where it is when it is marked', (_what, list) => {
    for (const { taskId } of tasksOf(list)) {
      const { before, after } = doneIn(list, taskId);
      expect(after).toEqual(
        before.map((task) => (task.taskId === taskId ? { ...task, mark: 'completed' } : task)),
      );
    }
  });

  test('of two lists of pictures with the same ids the first one counts', () => {
    const list = '- 🚧 T-2: x\n- ✅ T-3: y\n\ntext\n\n- ⬜ T-2: z\n- ✅ T-3: y\n';
    expect(tasksOf(list).map(({ line }) => line)).toEqual([1, 2]);
    expect(found(list)).toEqual(['6:3 duplicate_id', '7:3 duplicate_id']);
    expect(doneIn(list, 'T-2').text).toBe(list.replace('🚧', '✅'));
  });

  test('a picture with the id of a row is no task, and what is open besides is one', () => {
    const row = '\n| ID | Task |\n|-|-|\n| T-2 | x |\n';
    expect(tasksOf(`- ✅ T-2: x\n- ✅ T-9: y\n${row}`).map(({ taskId }) => taskId)).toEqual([
      'T-2',
    ]);
    expect(found(`- ✅ T-2: x\n- ✅ T-9: y\n${row}`)).toEqual([]);
    const open = `- 🚧 T-2: x\n- ⬜ T-9: y\n${row}`;
    expect(tasksOf(open).map(({ taskId, line }) => [taskId, line])).toEqual([
      ['T-9', 2],
      ['T-2', 6],
    ]);
    expect(found(open)).toEqual(['1:3 duplicate_id']);
  });

  test('a list of pictures does not make everything else be read twice', () => {
    /** How often the content of a block is asked for. */
    const readsOf = (list: string): number => {
      let reads = 0;
      const counted = outlineOf(list).map((block) =>
        block.kind !== 'fence'
          ? block
          : Object.defineProperty({ ...block }, 'content', {
              get() {
                reads += 1;
                return block.content;
              },
            }),
      );
      expect(collectTasks(counted).tasks[0]).toMatchObject({ taskId: 'Y-1' });
      return reads;
    };
    const yaml = '```yaml\nid: Y-1\ntitle: x\nstatus: pending\n```\n';
    expect(readsOf(yaml)).toBeGreaterThan(0);
    expect(readsOf(`${yaml}\n- 🚧 T-1: x\n`)).toBe(readsOf(yaml));
  });
});
