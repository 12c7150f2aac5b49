import { describe, expect, it } from 'vitest';
import { readColumns } from './columns.ts';
import { parseList } from './parse-list.ts';

const rolesOf = (names: readonly string[]) =>
  Object.fromEntries(
    readColumns(names.map((text) => ({ text, start: 0, end: 0, cellStart: 0, cellEnd: 0 }))).byRole,
  );
const tasksOf = (list: string) => parseList(new TextEncoder().encode(list)).document.tasks;

describe('the headings of a table', () => {
  it.each([
    ['编号', '任务', '状态', '优先级', '依赖'],
    ['番号', 'タスク', '状態', '優先度', '依存'],
    ['Nr.', 'Aufgabe', 'Zustand', 'Priorität', 'Abhängigkeit'],
    ['Task ID', 'Task / how it is checked', 'Status (today)', 'Prio', 'Prereqs'],
  ])('%s, %s, %s, %s and %s are known', (...names) => {
    const roles = { id: 0, text: 1, status: 2, priority: 3, depends: 4 };
    expect(rolesOf(names)).toEqual(roles);
  });

  it('a heading that only begins with a known word of many is unknown', () => {
    expect(rolesOf(['ID', 'Task', 'Item (colour)'])).toEqual({ id: 0, text: 1 });
  });

  it('the longest column of no known name is the text, beside ids and a status', () => {
    const rows = '| B-1 | high | the door is open | ✅ fixed |\n| B-2 | low | no key | open |\n';
    expect(tasksOf(`| ID | Severity | Finding | Status |\n|-|-|-|-|\n${rows}`)).toMatchObject([
      { taskId: 'B-1', description: 'the door is open', mark: 'completed' },
      { taskId: 'B-2', description: 'no key', mark: 'queued' },
    ]);
    expect(tasksOf(`| ID | Risk | Chance |\n|-|-|-|\n| R-1 | fire | low |\n`)).toEqual([]);
  });

  it('numbered rows with a priority or what they wait for are tasks, a glossary is none', () => {
    const rows = '| 1 | x | |\n| 02 | y | 1 |\n';
    expect(tasksOf(`| # | Item | Dependencies |\n|-|-|-|\n${rows}`)).toMatchObject([
      { taskId: '1', dependencies: [] },
      { taskId: '02', dependencies: ['1'] },
    ]);
    expect(tasksOf(`| # | Item | Meaning |\n|-|-|-|\n${rows}`)).toEqual([]);
  });

  it('a sum is no task', () => {
    const list =
      '| 任务 | 状态 | 耗时 |\n|-|-|-|\n| 单元测试 | 未开始 | 2h |\n| **总计** | | 2h |\n';
    expect(tasksOf(list)).toMatchObject([{ description: '单元测试', mark: 'queued' }]);
  });
});
