import { describe, expect, test } from 'vitest';
import { isPawlError } from '../../domain/errors.ts';
import { addTask, type NewTask } from './add-task.ts';

const TABLE = `# Shop

## 1. Orders (CRITICAL)

| ID      | Task                          | Pri | Depends          | Status |
|---------|-------------------------------|-----|------------------|--------|
| API-001 | Add the orders table          | P1  |                  | [x]    |
| API-002 | List orders. verify: npm test | P1  | API-001          | [ ]    |
| API-003 | Show one order                | P2  | API-001, API-002 | [ ]    |

Text between.

## 2. Web

| Task ID | Description | State | Priority | Blocked by |
|---|---|---|---|---|
| **WEB-1** | A | Done | High | - |
| **WEB-2** | B | Todo | Medium | \`WEB-1\` |
`;

type Wish = Partial<NewTask>;

function wishOf(wish: Wish): NewTask {
  return { text: 'New', place: {}, settings: {}, steps: [], ignoreMissing: false, ...wish };
}

/** The lines that are there now and were not. */
function added(list: string, wish: Wish): readonly string[] {
  const { bytes } = addTask(new TextEncoder().encode(list), wishOf(wish));
  const after = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const lines = after.split('\n');
  const known = list.split('\n');
  const first = lines.findIndex((line, index) => line !== known[index]);
  const count = lines.length - known.length;
  expect([...lines.slice(0, first), ...lines.slice(first + count)].join('\n')).toBe(list);
  return lines.slice(first, first + count);
}

function codeOf(list: string, wish: Wish): string {
  try {
    added(list, wish);
    return 'added';
  } catch (error) {
    if (!isPawlError(error)) throw error;
    return error.code;
  }
}

describe('a new row', () => {
  test('is padded as its table is, under the next id of the series', () => {
    const settings = { depends: 'api-003', priority: 'P1' };
    expect(added(TABLE, { place: { section: 'orders' }, settings })).toEqual([
      '| API-004 | New                           | P1  | API-003          | [ ]    |',
    ]);
  });

  test('grows alone where its text is longer than the column', () => {
    const text = 'A text that is far too long for its column';
    expect(added(TABLE, { text, place: { before: 'API-002' } })).toEqual([
      `| API-004 | ${text} | P2  |                  | [ ]    |`,
    ]);
  });

  test('has the words, the quotes and the missing padding of its table', () => {
    const settings = { depends: 'WEB-1, WEB-2', priority: 'P1' };
    expect(added(TABLE, { settings })).toEqual([
      '| **WEB-3** | New | Todo | High | `WEB-1`, `WEB-2` |',
    ]);
    expect(added(TABLE, { settings: { priority: 'P3' } })).toEqual([
      '| **WEB-3** | New | Todo | Low | - |',
    ]);
  });

  test('says at the end of its text what the table has no column for', () => {
    const settings = { agent: 'codex', timeout: '20m', verify: 'npm test', onDepFailure: 'run' };
    const [row] = added(TABLE, { settings });
    expect(row).toContain('New agent: codex timeout: 20m verify: npm test on-dep-failure: run |');
  });

  test('escapes a pipe, and stands beside the tasks of its series', () => {
    expect(added(TABLE, { text: 'a | b', taskId: 'API-010' })[0]).toMatch(
      /^\| API-010 \| a \\\| b /,
    );
  });

  test('keeps CRLF, a missing line end and missing outer pipes', () => {
    const crlf = TABLE.replaceAll('\n', '\r\n');
    expect(added(crlf, {})).toEqual(['| **WEB-3** | New | Todo | Medium | - |\r']);
    const open = 'ID | Task | Status\n---|---|---\nA-1 | a | [ ]\nA-2 | b | [x]';
    const { bytes } = addTask(new TextEncoder().encode(open), wishOf({}));
    expect(new TextDecoder().decode(bytes)).toBe(`${open}\nA-3 | New | [ ]`);
  });
});

describe('a new check box', () => {
  const BOXES = `- [ ] **T-1**: one \`depends: T-2\`
  - [ ] a step
- [x] **T-2**: two

* [ ] U-1: x
  - agent: codex

3. [ ] [N-1](#n-1) - a (P3)

## Plain

+ [ ] write

+ [x] read [P1]
`;

  test('has the bullet, the bold id, the quoted clauses and the steps of its list', () => {
    const wish = { place: { after: 'T-2' }, settings: { depends: 'T-1' }, steps: ['do', 'look'] };
    expect(added(BOXES, wish)).toEqual([
      '- [ ] **T-3**: New `depends: T-1`',
      '  - [ ] do',
      '  - [ ] look',
    ]);
  });

  test('writes clauses below it where its neighbour does', () => {
    const wish = { place: { after: 'U-1' }, settings: { agent: 'claude' } };
    expect(added(BOXES, wish)).toEqual(['* [ ] U-2: New', '  - agent: claude']);
  });

  test('counts on, links its id, and writes a priority as the others do', () => {
    const wish = { place: { after: 'N-1' }, settings: { priority: 'P1' } };
    expect(added(BOXES, wish)).toEqual(['4. [ ] [N-2](#n-2) - New (P1)']);
  });

  test('has no id where its neighbours have none, and stands as far apart as they do', () => {
    const wish = { place: { section: 'Plain' }, settings: { priority: 'P3' } };
    expect(added(BOXES, wish)).toEqual(['+ [ ] New [P3]', '']);
    expect(added(BOXES, { place: { section: 'Plain' }, taskId: 'Z-1' })).toEqual([
      '+ [ ] [Z-1](#z-1) - New',
      '',
    ]);
  });
});

describe('what cannot be written so that it is read back is refused', () => {
  test.each<readonly [string, Wish, string]>([
    ['a clause at the end of the text', { text: 'x depends: API-001' }, 'list_edit_refused'],
    ['a text with a line break', { text: 'x\ny' }, 'usage'],
    ['no text', { text: ' ' }, 'usage'],
    ['a comment', { text: 'x <!-- y -->' }, 'list_edit_refused'],
    ['a word that no dependency is', { settings: { depends: 'API-009' } }, 'dependency_unknown'],
    ['a text as a dependency', { settings: { depends: 'the schema' } }, 'dependency_unknown'],
    ['an id that is taken', { taskId: 'api-001' }, 'task_id_taken'],
    ['an id of two words', { taskId: 'API 9' }, 'usage'],
    ['an unknown section', { place: { section: 'Nowhere' } }, 'usage'],
    ['an unknown neighbour', { place: { after: 'API-9' } }, 'task_not_found'],
    ['two neighbours', { place: { after: 'API-001', before: 'API-001' } }, 'usage'],
    ['steps in a row', { steps: ['a'] }, 'list_edit_refused'],
    ['a shell command', { settings: { verify: 'a && b' } }, 'usage'],
    ['no duration', { settings: { timeout: 'soon' } }, 'usage'],
    ['no priority', { settings: { priority: 'P9' } }, 'usage'],
  ])('%s', (_name, wish, code) => {
    expect(codeOf(TABLE, wish)).toBe(code);
  });

  test('an id at the front of a text without one', () => {
    expect(codeOf('- [ ] write\n', { text: 'A-1: read' })).toBe('list_edit_refused');
  });

  test('an id, where those beside it are of several series or of none', () => {
    expect(codeOf('- [ ] A-1: x\n- [ ] B-1: y\n', {})).toBe('task_id_needed');
    expect(codeOf('- [ ] A-1b: x\n', {})).toBe('task_id_needed');
  });

  test('a cycle, with its path', () => {
    const list = '- [ ] A-1: x depends: A-2\n';
    const wish = wishOf({ settings: { depends: 'A-1' } });
    expect(() => addTask(new TextEncoder().encode(list), wish)).toThrow('A-1 -> A-2 -> A-1');
  });

  test('a list in YAML', () => {
    const yaml = '```yaml\nid: A-1\ntitle: x\nstatus: todo\n```\n';
    expect(codeOf(yaml, { taskId: 'A-2' })).toBe('list_edit_refused');
  });
});

test('an id that left the list is given to no other task', () => {
  const bytes = new TextEncoder().encode(TABLE);
  const former = { formerIds: ['WEB-3'] };
  expect(addTask(bytes, wishOf({}), former).task.taskId).toBe('WEB-4');
  expect(() => addTask(bytes, wishOf({ taskId: 'WEB-3' }), former)).toThrow('was a task');
});

test('a dependency that is still to come is written when that is asked for', () => {
  const wish = { settings: { depends: 'WEB-9' }, ignoreMissing: true };
  expect(added(TABLE, wish)).toEqual(['| **WEB-3** | New | Todo | Medium | `WEB-9` |']);
});

describe('a list whose order says what waits for what', () => {
  const PHASES = [
    ...['## Phase 1', '', '- [ ] T001 Set up', '- [ ] T002 [P] Lint', ''],
    ...['## Phase 2', '', '- [ ] T003 [P] Test', '- [ ] T004 Build', ''],
  ].join('\n');

  test('says it of a new task, too', () => {
    const { task } = addTask(new TextEncoder().encode(PHASES), wishOf({}));
    expect([task.taskId, task.dependencies]).toEqual(['T005', ['T004']]);
    expect(added(PHASES, {})).toEqual(['- [ ] T005 New']);
  });

  test('gives way to what is wished', () => {
    const wish = wishOf({ settings: { depends: 'T001' } });
    const { task } = addTask(new TextEncoder().encode(PHASES), wish);
    expect(task.dependencies).toEqual(['T001']);
  });

  test('takes no task in a place where others would wait for it', () => {
    const wish = wishOf({ place: { after: 'T001' } });
    expect(() => addTask(new TextEncoder().encode(PHASES), wish)).toThrow('would change, too');
  });
});

test.each([
  [100, '| C-2 | New `agent: codex` |'],
  [300, '| C-2 | New agent: codex |'],
])('among %i cells with an agent a clause is looked for, but not among any number', (rows, row) => {
  const cells = Array.from({ length: rows }, (_, at) => `| B-${at + 1} | x | claude |`);
  const table = (head: string, dashes: string, ...lines: readonly string[]): string =>
    `${[head, dashes, ...lines].join('\n')}\n\n`;
  const list =
    table('| ID | Task |', '|--|--|', '| A-1 | x `agent: claude` |') +
    table('| ID | Task | Agent |', '|--|--|--|', ...cells) +
    table('| ID | Task |', '|--|--|', '| C-1 | x |');
  expect(added(list, { settings: { agent: 'codex' } })).toEqual([row]);
});

const SPEC_KIT = `# Tasks

## Phase 1: Setup

- [ ] T001 Create the project
- [ ] T002 [P] Set up lint

## Phase 2: Stories

- [ ] T004 [US1] Model
- [ ] T006 [P] [US1] Service (depends on T004)
- [ ] T012 [US1] Page
`;

describe('a list in the form of spec-kit', () => {
  test('gets a line like its own, without the flags of its neighbour', () => {
    expect(added(SPEC_KIT, { text: 'Wire it up' })).toEqual(['- [ ] T013 Wire it up']);
    const flagged = `${SPEC_KIT}- [ ] T014 [P] [US2] Last\n`;
    expect(added(flagged, {})).toEqual(['- [ ] T015 New']);
  });

  test('says of a task what it waits for, and that it waits for nothing', () => {
    const on = (depends: string) => added(SPEC_KIT, { settings: { depends } });
    expect(on('T001, T004')).toEqual(['- [ ] T013 New (depends on T001, T004)']);
    expect(added(SPEC_KIT, { settings: { depends: null } })).toEqual([
      '- [ ] T013 New depends: none',
    ]);
  });
});

describe('characters that steer a terminal or turn the direction of reading', () => {
  test.each([
    ['in the text', { text: 'a \u001b[2J b' }],
    ['that turn it', { text: 'safe\u202egnp.exe' }],
    ['in a step', { text: 'a', steps: ['b\u2066c'] }],
    ['in a setting', { text: 'a', settings: { verify: 'npm \u0007test' } }],
  ])('%s are refused', (_, wish: Wish) => {
    expect(codeOf(SPEC_KIT, wish)).toBe('usage');
    expect(() => added(SPEC_KIT, wish)).toThrow(/U\+[0-9A-F]{4}: take it out/);
  });

  test('a tab is white space, and other scripts and pictures are what they are', () => {
    expect(added(SPEC_KIT, { text: 'a\tb 👩‍💻 שלום' })).toEqual(['- [ ] T013 a b 👩‍💻 שלום']);
  });
});
