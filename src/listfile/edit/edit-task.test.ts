import { describe, expect, test } from 'vitest';
import { isPawlError } from '../../domain/errors.ts';
import { parseList } from '../grammar/parse-list.ts';
import { editTask, type TaskWish } from './edit-task.ts';

const TABLE = `# Shop

## Orders

| ID      | Task                          | Pri | Depends          | Status |
|---------|-------------------------------|-----|------------------|--------|
| API-001 | Add the orders table          | P1  |                  | [x]    |
| API-002 | List orders. verify: npm test | P1  | API-001          | [ ]    |
| API-003 | Show one order                | P2  | API-001, API-002 | [ ]    |

## Web

| ID | Task | Pri | Depends | Status |
|---|---|---|---|---|
| WEB-1 | A | High | - | Done |
| WEB-2 | B | Medium | WEB-1 | Todo |
`;

const BOXES = `# Work

- [ ] **T-1**: one (P1) \`depends: T-2\` \`timeout: 5m\`
  - [ ] a step
  - agent: codex
- [x] **T-2**: two
  with more. needs: gpu

## Plain

+ [ ] write the docs
+ [ ] read`;

type Wish = Partial<TaskWish>;

function edited(list: string, taskId: string, wish: Wish): string {
  const whole = { taskId, settings: {}, place: {}, ignoreMissing: false, ...wish };
  return new TextDecoder().decode(editTask(new TextEncoder().encode(list), whole).bytes);
}

/** The lines that went, then those that came. */
function changed(list: string, taskId: string, wish: Wish): readonly string[] {
  const before = list.split('\n');
  const after = edited(list, taskId, wish).split('\n');
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `-${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+${line}`),
  ];
}

function codeOf(list: string, taskId: string, wish: Wish): string {
  try {
    edited(list, taskId, wish);
    return 'edited';
  } catch (error) {
    if (!isPawlError(error)) throw error;
    return error.code;
  }
}

describe('a row', () => {
  test('gets another text and keeps its clause and its padding', () => {
    expect(changed(TABLE, 'api-002', { text: 'List | all' })).toEqual([
      '-| API-002 | List orders. verify: npm test | P1  | API-001          | [ ]    |',
      '+| API-002 | List \\| all verify: npm test  | P1  | API-001          | [ ]    |',
    ]);
  });

  test('gets other values in its columns, and others as clauses', () => {
    const settings = { priority: 'P3', depends: null, verify: null, agent: 'codex' };
    expect(changed(TABLE, 'API-002', { settings })[1]).toBe(
      '+| API-002 | List orders. agent: codex     | P3  |                  | [ ]    |',
    );
    expect(changed(TABLE, 'WEB-2', { settings: { priority: 'P1', depends: null } })[1]).toBe(
      '+| WEB-2 | B | High | - | Todo |',
    );
  });

  test('gets and loses single dependencies', () => {
    const add = { addDepends: 'WEB-1' };
    expect(changed(TABLE, 'API-002', add)[1]).toContain('| API-001, WEB-1   |');
    const remove = { removeDepends: 'api-001', addDepends: 'WEB-1' };
    expect(changed(TABLE, 'API-003', remove)[1]).toContain('| API-002, WEB-1   |');
  });

  test('that grew shrinks to its column again', () => {
    const wide = edited(TABLE, 'API-001', { text: 'x'.repeat(60) });
    expect(wide).toContain(`| ${'x'.repeat(60)} | P1  |`);
    expect(edited(wide, 'API-001', { text: 'Add the orders table' })).toBe(TABLE);
  });

  test('goes to another place, and to a table with the same columns', () => {
    const before = edited(TABLE, 'API-003', { place: { before: 'API-001' } });
    expect(before.indexOf('| API-003')).toBeLessThan(before.indexOf('| API-001 |'));
    const moved = edited(TABLE, 'WEB-2', { place: { section: 'orders' } });
    expect(moved).toContain(
      '| Show one order                | P2  | API-001, API-002 | [ ]    |\n| WEB-2 | B |',
    );
    expect(edited(moved, 'WEB-2', { place: { section: 'Web' } })).toBe(TABLE);
  });
});

describe('a check box', () => {
  test('gets another text, and values where they stand', () => {
    const settings = { priority: 'P2', depends: null, agent: 'claude', timeout: '7m' };
    expect(changed(BOXES, 'T-1', { text: 'uno', settings })).toEqual([
      '-- [ ] **T-1**: one (P1) `depends: T-2` `timeout: 5m`',
      '-  - agent: codex',
      '+- [ ] **T-1**: uno (P2) `timeout: 7m`',
      '+  - agent: claude',
    ]);
    expect(changed(BOXES, 'T-1', { settings: { agent: null } })).toEqual(['-  - agent: codex']);
  });

  test('of two lines gets a text of one', () => {
    expect(changed(BOXES, 'T-2', { text: 'due' })).toEqual([
      '-- [x] **T-2**: two',
      '-  with more. needs: gpu',
      '+- [x] **T-2**: due needs: gpu',
    ]);
  });

  test('gets what it needs beside what its list needs', () => {
    const list = `---\nneeds: gpu\n---\n${BOXES}`;
    expect(changed(list, 'T-1', { settings: { needs: 'net' } })).toEqual([
      '-- [ ] **T-1**: one (P1) `depends: T-2` `timeout: 5m`',
      '+- [ ] **T-1**: one (P1) `depends: T-2` `timeout: 5m` needs: net',
    ]);
  });

  test('without an id keeps the one it was given, or is refused', () => {
    const reworded = edited(BOXES, boxIdOf(BOXES), { text: 'write all the docs' });
    expect(reworded).toContain('+ [ ] write all the docs\n');
    expect(codeOf(BOXES, boxIdOf(BOXES), { text: 'something else' })).toBe('list_edit_refused');
  });

  test('goes with its steps, from the end of a file without a line end, too', () => {
    const moved = edited(BOXES, 'T-1', { place: { section: 'Plain' } });
    expect(moved.endsWith(['+ [ ] read', ...BOXES.split('\n').slice(2, 5)].join('\n'))).toBe(true);
    expect(edited(moved, 'T-1', { place: { before: 'T-2' } })).toBe(BOXES);
  });
});

test('what is so already changes no byte', () => {
  const wish = { text: 'List orders.', settings: { depends: 'api-001', verify: 'npm test' } };
  expect(edited(TABLE, 'API-002', wish)).toBe(TABLE);
  expect(edited(TABLE, 'API-002', { place: { section: 'Orders' } })).toBe(TABLE);
});

describe('what cannot be written so that it is read back is refused', () => {
  test.each<readonly [string, string, Wish, string]>([
    ['an unknown task', 'API-009', { text: 'x' }, 'task_not_found'],
    ['a clause in the text', 'API-001', { text: 'x agent: codex' }, 'list_edit_refused'],
    ['itself as a dependency', 'API-001', { settings: { depends: 'API-001' } }, 'usage'],
    ['a cycle', 'API-001', { settings: { depends: 'API-003' } }, 'list_cycle'],
    ['an unknown dependency', 'API-001', { addDepends: 'API-03' }, 'dependency_unknown'],
    ['a dependency it has not', 'API-001', { removeDepends: 'API-002' }, 'usage'],
    ['a table with other columns', 'WEB-1', { place: { after: 'WEB-1' } }, 'task_not_found'],
  ])('%s', (_name, taskId, wish, code) => {
    expect(codeOf(TABLE, taskId, wish)).toBe(code);
  });

  test('a row among boxes', () => {
    const list = `${TABLE}\n## Boxes\n\n- [ ] B-1: x\n`;
    expect(codeOf(list, 'WEB-1', { place: { section: 'Boxes' } })).toBe('list_edit_refused');
  });

  test('a task that is a block of YAML', () => {
    const yaml = '```yaml\nid: A-1\ntitle: x\nstatus: todo\n```\n';
    expect(codeOf(yaml, 'A-1', { text: 'y' })).toBe('list_edit_refused');
  });
});

/** The id that the first box without one is given. */
function boxIdOf(list: string): string {
  const { tasks } = parseList(new TextEncoder().encode(list)).document;
  return tasks.find((task) => !task.explicitId)?.taskId ?? '';
}

describe('`(depends on A)`, and an order that says what waits', () => {
  const list = `# Tasks

## Phase 1

- [ ] T001 Create the project
- [ ] T002 [P] Set up lint
- [ ] T004 Model
- [ ] T006 [P] [US1] Service (depends on T001 and T004) in src/service.ts
`;
  const line = '- [ ] T006 [P] [US1] Service';
  const depends = (value: string | null) => changed(list, 'T006', { settings: { depends: value } });

  test('the bracket is given other ids', () => {
    expect(depends('T002')).toContain(`+${line} (depends on T002) in src/service.ts`);
    expect(depends('T001, T002')).toContain(`+${line} (depends on T001, T002) in src/service.ts`);
  });

  test('where without it the order would decide, it says that nothing is waited for', () => {
    expect(depends(null)).toContain(`+${line} (depends: none) in src/service.ts`);
    const last = `${list}- [ ] T007 Page\n`;
    const edit = changed(last, 'T007', { settings: { depends: null } });
    expect(edit).toContain('+- [ ] T007 Page depends: none');
  });

  test('where nothing else decides, it goes', () => {
    const plain = '- [ ] T001 one\n- [ ] T002 two (depends on T001)\n';
    expect(changed(plain, 'T002', { settings: { depends: null } })).toContain('+- [ ] T002 two');
  });
});
