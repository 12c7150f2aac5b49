import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPawlError } from '../../domain/errors.ts';
import { type ParsedList, parseList } from './parse-list.ts';

const parse = (markdown: string): ParsedList => parseList(new TextEncoder().encode(markdown));
const tasksOf = (markdown: string) => parse(markdown).document.tasks;
const idsOf = (markdown: string) => tasksOf(markdown).map((task) => task.taskId);
const codesOf = (markdown: string) =>
  parse(markdown).document.findings.map((found) => `${found.line} ${found.code}`);

const CANONICAL = `# Platform

> Reference

## Legend
- **Status**: \`[ ]\` pending, \`[x]\` done

## 1. Foundation

\`\`\`
| ID | Task | Pri | Status |
|----|------|-----|--------|
| NOT-001 | in a fence | P1 | [ ] |
\`\`\`

| ID | Task | Pri | Status |
|----|------|-----|--------|
| FND-001 | Database schema | P1 | [x] |
| FND-002 | Error \\| handling | P3 | [~] |
| A11Y-003 | Zugänglichkeit | P2 | [ ] |

### Sub

| ID | Task | Pri | Status |
|----|------|-----|--------|
| SUB-001 | Under a smaller heading | P4 | [-] |
`;

describe('tables', () => {
  test('a canonical list is read with sections, priorities, marks and places', () => {
    const { document, places, source } = parse(CANONICAL);
    expect(document.title).toBe('Platform');
    expect(document.findings).toEqual([]);
    expect(
      document.tasks.map(({ taskId, section, priority, mark, position, line }) => [
        taskId,
        section,
        priority,
        mark,
        position,
        line,
      ]),
    ).toEqual([
      ['FND-001', '1. Foundation', 'P1', 'completed', 1, 18],
      ['FND-002', '1. Foundation', 'P3', 'running', 2, 19],
      ['A11Y-003', '1. Foundation', 'P2', 'queued', 3, 20],
      ['SUB-001', 'Sub', 'P4', 'skipped', 4, 26],
    ]);
    expect(document.tasks[1]?.description).toBe('Error | handling');
    const marks = [...places.values()].map((place) => source.text.slice(place.start, place.end));
    expect(marks).toEqual(['x', '~', ' ', '-']);
  });

  test('columns are found by their headings, and others are kept', () => {
    const [task, other] = tasksOf(`
| State | Blocked by | Task ID | Action | Priority | Owner | Agent | Timeout | Verify | Needs |
|---|---|---|---|---|---|---|---|---|---|
| Done | - | **A-1** | Do it | High | bob | codex | 20m | \`npm test\` | gpu, net |
| In Progress | A-1 | [A-2](a.md) | Then | | | | | | |
`);
    expect(task).toMatchObject({
      taskId: 'A-1',
      description: 'Do it',
      priority: 'P1',
      mark: 'completed',
      dependencies: [],
      agent: 'codex',
      timeoutMs: 1_200_000,
      verify: ['npm', 'test'],
      needs: ['gpu', 'net'],
      fields: { Owner: 'bob' },
    });
    expect(other).toMatchObject({ taskId: 'A-2', mark: 'running', dependencies: ['A-1'] });
  });

  test('padded cells hold the same tasks', () => {
    const padded = CANONICAL.replace(/\| (FND-\d+) \|/g, '|   $1    |').replaceAll('| P', '|  P');
    expect(tasksOf(padded)).toEqual(tasksOf(CANONICAL));
  });

  test('line ends, a byte order mark and front matter change no task', () => {
    const crlf = parse(`\uFEFF${CANONICAL.replaceAll('\n', '\r\n')}`);
    expect(crlf.document).toEqual(parse(CANONICAL).document);
    const [task] = tasksOf('---\ntitle: x\ntasks:\n- [ ] A-1: no\n---\n- [ ] A-2: yes\n');
    expect(task).toMatchObject({ taskId: 'A-2', line: 6, position: 1 });
  });

  test('ids without a status column are tasks without a place for a mark', () => {
    const list =
      '| ID | Description | Pass criteria |\n|--|--|--|\n| A-1 | x | works |\n| foo | y | |\n';
    const { document, places } = parse(list);
    expect(document.tasks).toMatchObject([{ taskId: 'A-1', mark: 'none', criteria: ['works'] }]);
    expect(places.size).toBe(0);
    expect(codesOf(list)).toEqual(['4 row_not_taken']);
  });

  test('an index of ids with one heading for each has the boxes below as steps', () => {
    const index = '| ID | Task |\n|--|--|\n| A-1 | x |\n| A-2 | y |\n';
    const [first, second] = tasksOf(
      `${index}\n## A-1: x\n- [x] one\n- [x] two\n## A-2\n- [ ] three\n`,
    );
    expect(first).toMatchObject({ steps: ['one', 'two'], mark: 'completed' });
    expect(second).toMatchObject({ steps: ['three'], mark: 'none' });
  });

  test('an unknown status has no place, so that a remark is never written over', () => {
    const list = '| ID | Task | Status |\n|--|--|--|\n| A-1 | x | see #12 |\n';
    expect(parse(list).places.size).toBe(0);
    expect(codesOf(list)).toEqual(['3 status_unknown']);
  });

  test('a pipe inside a code span is reported, because it shifts the cells', () => {
    const list = '| ID | Task | Status |\n|--|--|--|\n| A-1 | x `a|b` | [ ] |\n';
    expect(codesOf(list)).toContain('3 row_cells_differ');
    expect(parse(list).places.size).toBe(0);
  });
});

describe('check boxes', () => {
  test('every list marker and every form of id is read', () => {
    const list = [
      '- [ ] **TEST-001**: text',
      '* [x] 1.1.1: text',
      '+ [~] T001 text',
      '1. [!] `B-2` - text',
      '2. [-] B-3 text',
      '> - [X] Q-1: quoted',
    ].join('\n');
    expect(tasksOf(list).map(({ taskId, mark }) => `${taskId} ${mark}`)).toEqual([
      'TEST-001 queued',
      '1.1.1 completed',
      'T001 running',
      'B-2 failed',
      'B-3 skipped',
      'Q-1 completed',
    ]);
  });

  test('clauses stand at the end of the text or on lines of their own below', () => {
    const [task] = tasksOf(
      '- [ ] A-1: build [P1] after: A-2\n  timeout: 5m\n  - verify: `npm test`\n  - a note\n' +
        '  - Acceptance: it works\n  - [ ] step\n    - [x] deeper\n- [ ] A-2: other\n',
    );
    expect(task).toMatchObject({
      description: 'build',
      priority: 'P1',
      dependencies: ['A-2'],
      timeoutMs: 300_000,
      verify: ['npm', 'test'],
      steps: ['step', 'deeper'],
      criteria: ['it works'],
      fields: { Notes: 'a note' },
    });
  });

  test('a box without an id gets one that other lines do not change', () => {
    const [before] = tasksOf('## S\n- [ ] write it\n');
    const after = tasksOf('## S\n- [ ] first this\n- [ ] write it\n- [ ] write it\n');
    expect(before?.explicitId).toBe(false);
    expect(after[1]?.taskId).toBe(before?.taskId);
    expect(after[2]?.taskId).toBe(`${before?.taskId}~2`);
  });

  test('boxes under exit criteria are the criteria of their section', () => {
    const list = `## Phase 1\n\n| ID | Task | Status |\n|--|--|--|\n| A-1 | x | [ ] |

**Exit Criteria:**

- [ ] All tables created

## Phase 2

| ID | Task | Status |\n|--|--|--|\n| B-1 | x | [ ] |
`;
    expect(tasksOf(list)).toMatchObject([
      { taskId: 'A-1', criteria: ['All tables created'] },
      { taskId: 'B-1', criteria: [] },
    ]);
    expect(codesOf(list)).toEqual([]);
  });

  test('a box without an id beside a table of tasks is a finding', () => {
    const list = '| ID | Task | Status |\n|--|--|--|\n| A-1 | x | [ ] |\n\n- [ ] also this\n';
    expect(idsOf(list)).toEqual(['A-1']);
    expect(codesOf(list)).toEqual(['5 box_without_id']);
  });

  test('a plain item, a link and a comment are no tasks', () => {
    expect(idsOf('- A-1: x\n- [x](link) A-2\n- [docs][1]\n\n<!--\n- [ ] A-3: x\n-->\n')).toEqual(
      [],
    );
  });
});

describe('findings', () => {
  test.each([
    ['a missing list marker', 'text\n[ ] A-1: x\n', '2 row_not_taken'],
    ['a box indented into code', '# h\n\n    - [ ] A-1: x\n', '3 row_not_taken'],
    [
      'a line that goes on with the box above',
      '- [ ] A-1: x\n      - [ ] A-2: y\n',
      '2 row_not_taken',
    ],
    ['a table without its line of dashes', '| ID | Task |\n| A-1 | x |\n', '2 row_not_taken'],
    [
      'a row behind a blank line',
      '| ID | Task |\n|--|--|\n| A-1 | x |\n\n| A-2 | y |\n',
      '5 row_not_taken',
    ],
    [
      'a row without an id',
      '| ID | Task | Status |\n|--|--|--|\n| | x | [ ] |\n',
      '3 row_not_taken',
    ],
    ['a status without tasks', '| Goal | Status |\n|--|--|\n| x | [ ] |\n', '3 row_not_taken'],
    ['broken YAML', '```yaml\nid: T-1\naction: X\nid: T-2\n```\n', '4 yaml_invalid'],
    ['a box without a text', '- [ ]\n', '1 row_not_taken'],
    ['a mark of nobody', '- [?] A-1: x\n', '1 status_unknown'],
    [
      'a priority of nobody',
      '- [ ] A-1: x\n\n| ID | Task | Pri |\n|-|-|-|\n| B-1 | x | soon |\n',
      '5 priority_guessed',
    ],
    ['P0', '| ID | Task | Pri |\n|-|-|-|\n| B-1 | x | P0 |\n', '3 priority_p0'],
    ['an id twice', '- [ ] A-1: x\n- [x] A-1: y\n', '2 duplicate_id'],
    ['a dangling id', '- [ ] A-1: x after: Z-9\n', '1 dangling_dependency'],
    [
      'prose for a dependency',
      '| ID | Task | Depends |\n|-|-|-|\n| B-1 | x | all of it |\n',
      '3 free_text_dependency',
    ],
    ['a task that waits for itself', '- [ ] A-1: x after: A-1\n', '1 dependency_on_self'],
    ['a cycle', '- [ ] A-1: x after: A-2\n- [ ] A-2: y after: A-1\n', '1 dependency_cycle'],
    ['a pipe in a command', '- [ ] A-1: x verify: a | b\n', '1 verify_shell_operator'],
    ['a variable in a command', '- [ ] A-1: x verify: echo $HOME\n', '1 verify_shell_operator'],
    ['no text', '- [ ] **A-1**\n', '1 description_missing'],
    ['no duration', '- [ ] A-1: x timeout: soon\n', '1 clause_invalid'],
    ['no task', '# only a title\n', '0 no_tasks'],
  ])('%s is reported with its line', (_what, list, code) => {
    expect(codesOf(list)).toContain(code);
  });

  test('a capital letter in brackets explains something, and is no box', () => {
    const { tasks, findings } = parse('- [X] A-1: x\n\n## Notes\n\n- [P] in parallel\n').document;
    expect([tasks.map(({ taskId, mark }) => [taskId, mark]), findings]).toEqual([
      [['A-1', 'completed']],
      [],
    ]);
  });

  test('the first line of an id is the task', () => {
    expect(tasksOf('- [ ] A-1: first\n- [x] A-1: second\n')).toMatchObject([
      { description: 'first', mark: 'queued' },
    ]);
  });

  test('the remedy for a command only a shell understands is that command written out', () => {
    const { findings } = parse('- [ ] A-1: x verify: make && make test\n').document;
    expect(findings[0]).toMatchObject({
      severity: 'error',
      remedy: "Write: sh -c 'make && make test'",
    });
    const [task] = tasksOf("- [ ] A-1: x verify: sh -c 'make && make test'\n");
    expect(task?.verify).toEqual(['sh', '-c', 'make && make test']);
  });

  test('what must be true is a criterion, and no command that fails for ever', () => {
    const cells = [
      'Log file exists after a start',
      '`npm test` exits with 0',
      'make check',
      '`Run`',
    ];
    const rows = cells.map((cell, index) => `| A-${index} | x | ${cell} |\n`).join('');
    const tasks = tasksOf(`| ID | Task | Verify |\n|-|-|-|\n${rows}`);
    expect(tasks.map(({ verify, criteria }) => [verify, criteria])).toEqual([
      [null, ['Log file exists after a start']],
      [['npm', 'test'], ['`npm test` exits with 0']],
      [['make', 'check'], []],
      [['Run'], []],
    ]);
  });

  test('what a task needs is a task of the list, or something its agent must have', () => {
    const list = '- [ ] A-1: x needs: gpu\n- [ ] A-2: y needs: A-1\n';
    expect(tasksOf(list)).toMatchObject([
      { needs: ['gpu'], dependencies: [] },
      { needs: [], dependencies: ['A-1'] },
    ]);
  });

  test.each([
    ['needs: gpu, net', ['net', 'gpu']],
    ['title: x\nNeeds:\n  - gpu\n  - net', ['net', 'gpu']],
    ['needs: []', ['net']],
    ['title: needs nothing', ['net']],
  ])('what the front matter says a list needs, each of its tasks does: %j', (front, first) => {
    const list = `---\n${front}\n---\n\n- [ ] A-1: x needs: net\n- [ ] A-2: y\n`;
    const { document } = parseList(new TextEncoder().encode(list));
    expect(document.findings).toEqual([]);
    expect(document.tasks[0]?.needs).toEqual(first);
    expect(document.tasks[1]?.needs.toSorted()).toEqual(first.length === 1 ? [] : ['gpu', 'net']);
  });

  test.each([
    ['needs: {gpu: 1}', 'no list of labels', []],
    ['needs: [gpu, A-1]', 'cannot need its own tasks', ['gpu']],
    ['a: [\nneeds: gpu', 'cannot be read', []],
  ])('a list that needs what is no label says so: %j', (front, message, needs) => {
    const list = `---\n${front}\n---\n\n- [ ] A-1: x\n`;
    const { document } = parseList(new TextEncoder().encode(list));
    expect(document.findings).toMatchObject([{ code: 'clause_invalid' }]);
    expect(document.findings[0]?.message).toContain(message);
    expect(document.tasks[0]?.needs).toEqual(needs);
  });

  test('a dangling dependency is kept, prose is not', () => {
    const list = '| ID | Task | Depends |\n|-|-|-|\n| A-1 | x | Z-9, the rest |\n';
    expect(tasksOf(list)[0]?.dependencies).toEqual(['Z-9']);
  });
});

describe('what is no list', () => {
  test.each([
    ['bytes that are no UTF-8', new Uint8Array([0x23, 0xff, 0xfe]), 'list_not_text'],
    ['a NUL', new Uint8Array([0x23, 0x00]), 'list_not_text'],
    ['too many bytes', new Uint8Array(2_000), 'list_too_large'],
  ] as const)('%s', (_what, bytes, code) => {
    expect(() => parseList(bytes, { listBytesMax: 1_000 })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test('no bytes crash it: there is a document, or one of its errors', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.string({ unit: 'binary' })), (input) => {
        const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
        try {
          expect(parseList(bytes).document.tasks).toBeInstanceOf(Array);
        } catch (error) {
          expect(isPawlError(error, 'list_not_text')).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

test('10,000 rows, each waiting for the one above, are read completely', () => {
  const rows = Array.from(
    { length: 10_000 },
    (_, at) => `| T-${at} | Do thing ${at} | P2 | [ ] | ${at === 0 ? '' : `T-${at - 1}`} |\n`,
  );
  const { document } = parse(
    `| ID | Task | Pri | Status | Depends |\n|-|-|-|-|-|\n${rows.join('')}`,
  );
  expect(document.tasks).toHaveLength(10_000);
  expect(document.tasks.at(-1)?.dependencies).toEqual(['T-9998']);
  expect(document.findings).toEqual([]);
});
