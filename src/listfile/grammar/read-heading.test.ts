import { describe, expect, test } from 'vitest';
import { markList } from '../marks/mark-list.ts';
import { parseList } from './parse-list.ts';

const parsed = (list: string) => parseList(new TextEncoder().encode(list));
const tasksOf = (list: string) => parsed(list).document.tasks;
const idsOf = (list: string) => tasksOf(list).map(({ taskId }) => taskId);
const found = (list: string) =>
  parsed(list).document.findings.map(({ line, code }) => `${line} ${code}`);

describe('a heading with an id and a status with a remark', () => {
  const LIST = `# Plan

## A1.2. Sign in

**Status:** Done (by Ada, in May)

## A1.3. Sign out

**Status:** Not started: see A1.2
`;

  test('is read by the status in front, and left as it is written', () => {
    expect(tasksOf(LIST)).toMatchObject([
      { taskId: 'A1.2', mark: 'completed', description: 'Sign in' },
      { taskId: 'A1.3', mark: 'queued' },
    ]);
    expect([...parsed(LIST).places]).toEqual([]);
    expect(found(LIST)).toEqual([]);
  });

  test('is no task without the id: any chapter may say that much of itself', () => {
    expect(idsOf(LIST.replace('A1.2. ', '').replace('A1.3. ', ''))).toEqual([]);
  });

  test('has a finding when its status is none, and is one by its boxes alone', () => {
    const unknown = '## API-7: Sign in\n\nEffort: 2h\nStatus: needs love\n';
    expect(found(`${unknown}\n- [ ] a\n`)).toEqual(['4 status_unknown']);
    expect(idsOf(`${unknown}\n- [ ] a\n`)).toEqual(['API-7']);
    expect(idsOf(unknown)).toEqual([]);
  });
});

describe('a heading with the id of a task and boxes below it', () => {
  test('is the task, and they are its steps; a table below it is something to read', () => {
    const list = `# Plan

## T1 — Clear the desk

- [ ] papers
- [x] cups

### Where

| Drawer | Holds |
|-|-|
| left | papers |

## US-002: As a guest I sign in

**Acceptance Criteria:**

- [ ] the name is shown
`;
    expect(tasksOf(list)).toMatchObject([
      {
        ...{ taskId: 'T1', description: 'Clear the desk', steps: ['papers', 'cups'] },
        ...{ mark: 'none', fields: { Notes: 'Where\nDrawer | Holds\nleft | papers' } },
      },
      { taskId: 'US-002', steps: [], criteria: ['the name is shown'] },
    ]);
    expect(found(list)).toEqual([]);
  });

  test.each([
    'M1: Base',
    'P2 — Base',
    'Phase 1: Base',
    'PHASE-1: Base',
    'Sprint-2: Base',
    'v1.2: Base',
    '1.2 Base',
    'ADR-004: Base',
  ])('is none when it counts milestones, versions and the like: %s', (title) => {
    expect(tasksOf(`# T\n\n## ${title}\n\n- [ ] a\n- [ ] b\n`)).toMatchObject([
      { description: 'a', explicitId: false, section: title },
      { description: 'b' },
    ]);
  });

  test('is none when its boxes, or headings below it, have ids of their own', () => {
    expect(idsOf('# T\n\n## T1 — one\n\n- [ ] AB-1: a\n- [ ] AB-2: b\n')).toEqual(['AB-1', 'AB-2']);
    const nested = '# T\n\n## US-1: one\n\n### T1: a\n\n- [ ] x\n\n### T2: b\n\n- [ ] y\n';
    expect(idsOf(nested)).toEqual(['T1', 'T2']);
    expect(idsOf('# T\n\n## T1 — one\n\n- [ ] x\n\n| ID | Task |\n|-|-|\n| A-1 | b |\n')).toEqual([
      'A-1',
    ]);
  });
});

describe('headings with a status and without ids', () => {
  const LIST = '# T\n\n## Write it\n\nStatus: open\n\n## Test it\n\nStatus: done\n';

  test('are tasks although a chapter stands beside them', () => {
    expect(tasksOf(`${LIST}\n## Notes\n\nx\n`)).toHaveLength(2);
  });

  test('are none in a report, most of whose chapters have no status', () => {
    const report = `${LIST}\n## A\n\n## B\n\n## C\n`;
    expect(idsOf(report)).toEqual([]);
    expect(found(report)).toEqual(['0 no_tasks', '3 row_not_taken', '7 row_not_taken']);
    expect(idsOf(report.replace('Write', 'W-1: Write'))).toEqual(['W-1']);
  });
});

describe('the line of a status in a list', () => {
  const WITHIN = '## T-1: x\n\n- Owner: Ada\n  Status: open\n  Effort: 2h\n- Status: done\n';

  test('is no note of its task, whichever line of its item it is', () => {
    expect(tasksOf(WITHIN)).toMatchObject([
      { taskId: 'T-1', mark: 'queued', fields: { Notes: 'Owner: Ada\nEffort: 2h\nStatus: done' } },
    ]);
    const bytes = new TextEncoder().encode(WITHIN);
    const after = parseList(markList(bytes, new Map([['T-1', 'completed']])).bytes).document;
    expect(after.tasks).toEqual(tasksOf(WITHIN).map((task) => ({ ...task, mark: 'completed' })));
  });

  test('takes nothing with it that stands in the same item', () => {
    const [task] = tasksOf('## T-1: x\n\n- Status: open\n  timeout: 5m\n  - [ ] a\n  - [x] b\n');
    expect(task).toMatchObject({ mark: 'queued', timeoutMs: 300_000, fields: {} });
    expect(task?.steps).toMatchObject(['a', 'b'].map((text) => expect.stringContaining(text)));
  });
});
