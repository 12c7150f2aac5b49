import { describe, expect, test } from 'vitest';
import type { ListTask } from '../../domain/tasklist/model.ts';
import { markList } from '../marks/mark-list.ts';
import { parseList } from './parse-list.ts';

const bytesOf = (list: string) => new TextEncoder().encode(list);
const documentOf = (list: string) => parseList(bytesOf(list)).document;
const tasksOf = (list: string) => documentOf(list).tasks;
const found = (list: string) =>
  documentOf(list).findings.map(({ line, column, code }) => `${line}:${column} ${code}`);
const waits = (tasks: readonly ListTask[]) =>
  Object.fromEntries(tasks.map(({ taskId, dependencies }) => [taskId, dependencies.join(' ')]));

describe('a list in the form of spec-kit', () => {
  const LIST = `# Tasks: Albums

## Format: \`[ID] [P?] [Story] Description\`

- **[P]**: may run in parallel

## Phase 1: Setup

- [x] T001 Create the project
- [ ] T002 [P] Configure the linter
- [ ] T003 [P] Configure the tests

**Checkpoint**: ready

## Phase 2: Story 1

### Tests

- [ ] T004 [P] [US1] Contract test in test/a.ts

### Code

- [ ] T005 [P] [US1] Model in src/a.ts
- [ ] T006 [US1] Service in src/b.ts (depends on T005)
- [ ] T007 [US1] Endpoint in src/c.ts
- [ ] T008 [P] Manual

## Dependencies & Execution Order

- **Setup (Phase 1)**: no dependencies
`;

  test('has its flags as fields, and text about the order is no task', () => {
    const tasks = tasksOf(LIST);
    expect(tasks).toHaveLength(8);
    expect(tasks[3]).toMatchObject({
      ...{ taskId: 'T004', description: 'Contract test in test/a.ts', section: 'Tests' },
      fields: { parallel: 'true', story: 'US1' },
    });
    expect(tasks[5]?.description).toBe('Service in src/b.ts');
  });

  test('tells its order: without [P] one by one, [P] side by side, phase after phase', () => {
    expect(waits(tasksOf(LIST))).toEqual({
      ...{ T001: '', T002: 'T001', T003: 'T001' },
      ...{ T004: 'T002 T003', T005: 'T002 T003', T006: 'T005' },
      ...{ T007: 'T002 T003 T004 T005 T006', T008: 'T007' },
    });
    expect(found(LIST)).toEqual(['9:3 order_inferred']);
  });

  test('a task that names a later one makes no cycle', () => {
    const list = `- [ ] T001 [P] a (depends on T003)
- [ ] T002 b
- [ ] T003 c
- [ ] T004 d
`;
    expect(waits(tasksOf(list))).toEqual({
      ...{ T001: 'T003', T002: '', T003: 'T002', T004: 'T003 T001' },
    });
    expect(found(list)).toEqual(['1:3 order_inferred']);
  });

  test('two wide phases are joined by one task, not by every pair', () => {
    const phase = (from: number) =>
      Array.from({ length: 1_000 }, (_, at) => `- [ ] T${from + at} [P] x`).join('\n');
    const tasks = tasksOf(`## Phase 1\n\n${phase(1_000)}\n\n## Phase 2\n\n${phase(2_000)}\n`);
    const edges = tasks.reduce((sum, { dependencies }) => sum + dependencies.length, 0);
    expect(tasks).toHaveLength(2_000);
    expect(edges).toBeLessThan(2_000);
  });

  test('without any [P] the order is that of every list', () => {
    const list = '- [ ] T001 a\n- [ ] T002 b\n';
    expect(waits(tasksOf(list))).toEqual({ T001: '', T002: '' });
    expect(found(list)).toEqual([]);
  });
});

describe('a list in the form of Kiro', () => {
  const LIST = `# Implementation Plan

- [x] 1. Set up
  - Create folders
  - _Requirements: 1.1, 2.3_

- [ ] 2. Build
  - [ ] 2.1 Model
    - Write the type
    - _Requirements: 2.1_
  - [ ]* 2.2 Tests of the model
    - **Validates: 2.1**

- [ ]* 2.3 More tests

## Notes

- Tasks marked with \`*\` are optional
`;

  test('details stay with their step, requirements are a field, the star means optional', () => {
    expect(tasksOf(LIST)).toMatchObject([
      {
        ...{ taskId: '1', description: 'Set up', mark: 'completed', steps: [] },
        fields: { Notes: 'Create folders', requirements: '1.1, 2.3' },
      },
      {
        ...{ taskId: '2', description: 'Build', fields: { requirements: '2.1' } },
        steps: [
          '2.1 Model\n  - Write the type',
          '2.2 Tests of the model (optional)\n  - **Validates: 2.1**',
        ],
      },
      { taskId: '2.3', description: 'More tests', fields: { optional: 'true' } },
    ]);
    expect(found(LIST)).toEqual(['14:3 task_optional']);
  });

  test('the star stays when the box is marked', () => {
    const { bytes } = markList(bytesOf(LIST), new Map([['2.3', 'completed']]));
    expect(new TextDecoder().decode(bytes)).toBe(LIST.replace('[ ]* 2.3', '[x]* 2.3'));
  });
});

describe('headings', () => {
  test('with a status below them are tasks, and what follows is theirs', () => {
    const list = `# TODO

## TASK-001: Fix the login
Status: in progress
Priority: high

It fails on Mondays.

### Acceptance criteria

- [ ] it works
- it is fast

### Task 1.2: Show it

- **Status**: Pending
- **Dependencies**: TASK-001
- Steps:
  - one
  - two
`;
    const [, shown] = list.split('### Task');
    const first = list.replace(`### Task${shown}`, '');
    expect(tasksOf(`${first}## Task${shown}`)).toMatchObject([
      {
        ...{ taskId: 'TASK-001', description: 'Fix the login', section: 'TODO', priority: 'P1' },
        ...{ mark: 'running', criteria: ['it works', 'it is fast'], line: 4 },
        fields: { Notes: 'It fails on Mondays.' },
      },
      {
        ...{ taskId: '1.2', description: 'Show it', dependencies: ['TASK-001'] },
        ...{ mark: 'queued', steps: ['one', 'two'] },
      },
    ]);
    expect(found(`${first}## Task${shown}`)).toEqual([]);
  });

  test('are marked in their own words, in whatever line the status stands', () => {
    const list =
      '## A-1: x\n\n**Priority:** P1  \n  **Status:** Pending\n\n## A-2: y\n\nStatus: Done\n';
    const { bytes } = markList(bytesOf(list), new Map([['A-1', 'completed']]));
    expect(new TextDecoder().decode(bytes)).toBe(list.replace('Pending', 'Done'));
  });

  test('with a check box are tasks', () => {
    expect(tasksOf('## [x] A-1: x\n\n- [ ] step\n\n## [ ] y\n')).toMatchObject([
      { taskId: 'A-1', mark: 'completed', steps: ['step'] },
      { explicitId: false, description: 'y', mark: 'queued' },
    ]);
    expect(found('## [ ] A-1: x\n')).toEqual([]);
    const { bytes } = markList(bytesOf('>\n\n##  [ ] A-1: x\n'), new Map([['A-1', 'completed']]));
    expect(new TextDecoder().decode(bytes)).toBe('>\n\n##  [x] A-1: x\n');
  });

  test('without ids are tasks only where nothing else is', () => {
    const headings = '# T\n\n## Write it\n\nStatus: open\n\n## Test it\n\nStatus: done\n';
    expect(tasksOf(headings).map(({ description }) => description)).toEqual([
      'Write it',
      'Test it',
    ]);
    expect(tasksOf(`${headings}\n## Rest\n\n- [ ] A-1: x\n`)).toMatchObject([{ taskId: 'A-1' }]);
  });

  test('with the number of a task are tasks, and boxes below them its steps', () => {
    const list =
      '# Plan\n\n### Task 1: Write it\n\n**Priority:** High (now)\n\n' +
      '- [x] **Step 1: a test**\n- [x] run it\n\n' +
      '### Task 2: Ship it\n\n- [x] Step 1: tag\n- [ ] Step 2: push\n\n## Phase 1: x\n\n- [ ] y\n';
    expect(tasksOf(list)).toMatchObject([
      {
        taskId: '1',
        description: 'Write it',
        priority: 'P1',
        mark: 'completed',
        steps: ['**Step 1: a test**', 'run it'],
      },
      { taskId: '2', mark: 'none', steps: ['Step 1: tag', 'Step 2: push'] },
      { description: 'y', section: 'Phase 1: x' },
    ]);
  });

  test('that divide tasks into groups are none, whatever their status', () => {
    const list = `# T

**Status:** Active

## 1. One

**Status:** done

- [x] a

## PH-2: Two

Status: open

| ID | Task |
|-|-|
| A-1 | x |
`;
    expect(tasksOf(list).map(({ description }) => description)).toEqual(['a', 'x']);
    expect(found(list)).toEqual([]);
  });
});

describe('signs of other programs', () => {
  test('dates, priorities and ids of note-taking programs are read', () => {
    const list =
      '- [ ] #task call 🔺 📅 2026-01-31 🆔 c1\n- [ ] write ⛔ c1 🔽\n- [ ] keep ✅ this\n';
    expect(tasksOf(list)).toMatchObject([
      { taskId: 'c1', description: 'call', priority: 'P1', fields: { due: '2026-01-31' } },
      { description: 'write', dependencies: ['c1'], priority: 'P3' },
      { description: 'keep ✅ this' },
    ]);
  });
});

describe('what is not taken is said', () => {
  test.each([
    ['a box without a space', '- [ ]x\n', '1:3 row_not_taken'],
    [
      'a plain item in the series of the others',
      '- [ ] A-1: x\n\n1. A-2: y\n',
      '3:4 row_not_taken',
    ],
    ['plain lines under Tasks', '## Tasks\n\n1. do\n2. do more\n', '3:4 row_not_taken'],
    ['todo.txt', '(A) call +home\nx 2026-01-31 done\n', '1:1 shape_not_supported'],
    ['items that say TODO', '* TODO write it\n* DONE read it\n', '1:3 row_not_taken'],
    ['a file for one task', '# Task ID: 1\n# Title: x\n', '1:3 shape_not_supported'],
    ['tasks in JSON', '```json\n{"tasks": [{"id": 1}]}\n```\n', '1:1 shape_not_supported'],
    ['a box in a paragraph', 'text\n  [ ] A-1: x\n', '2:3 row_not_taken'],
  ])('%s', (_what, list, expected) => {
    expect(found(list)).toContain(expected);
  });

  test.each([
    '1. A-1: about it\n2. A-1.1: a part of it\n',
    '- B-1: of another series\n',
    '## Tasks\n\n1. do\n',
    '## Change Log\n\n- A-2: was done\n',
    '(A) first, (B) second\n',
    '```json\n{"tasks": [{"id": 1}]}\n```\n',
  ])('beside a task nothing is said about %j', (text) => {
    expect(found(`- [ ] A-1: x\n\ntext\n\n${text}`)).toEqual([]);
  });
});

test('numbers that begin again under another heading mean those of their heading', () => {
  const table = (a: string, b: string) =>
    '| # | Task | Depends on | Status |\n|-|-|-|-|\n' +
    `| 1 | ${a} | | done |\n| 2 | ${b} | 1 | todo |\n\n`;
  const list = `## A\n\n${table('one', 'two')}## B\n\n${table('three', 'four')}`;
  const tasks = tasksOf(list);
  expect(tasks.map(({ description }) => description)).toEqual(['one', 'two', 'three', 'four']);
  const [one, two, three, four] = tasks;
  expect([two?.dependencies, four?.dependencies]).toEqual([[one?.taskId], [three?.taskId]]);
  expect(found(list)).toEqual([]);
  // Below the same heading it is the same number.
  expect(found(`${table('a', 'b')}${table('c', 'd')}`)).toHaveLength(2);
});

describe('boxes that are no tasks', () => {
  test('explain what the marks mean', () => {
    const legend = '## Legend\n\n- [ ] Not started\n- [!] Blocked\n- [x] Done\n\n';
    expect(tasksOf(`${legend}## Tasks\n\n- [ ] a\n- [x] done\n`)).toHaveLength(2);
  });

  test('repeat the tasks of a story in the record of its agent', () => {
    const list = '## Tasks\n\n- [x] a\n\n## Dev Agent Record\n\n### Progress\n\n- [x] a\n';
    expect(tasksOf(list)).toMatchObject([{ description: 'a', section: 'Tasks' }]);
    expect(found(list)).toEqual([]);
    expect(found(`${list}- [ ] b\n`)).toEqual(['10:3 row_not_taken']);
  });

  test('stand below headings that are themselves below criteria', () => {
    const list = '## Do\n\n- [ ] a\n\n## Success Metrics\n\n### Speed\n\n- [ ] fast\n';
    expect(tasksOf(list)).toMatchObject([{ description: 'a', section: 'Do' }]);
  });
});
