import { describe, expect, test } from 'vitest';
import { MARK_CHARACTERS } from '../../domain/tasklist/mark.ts';
import type { ListTask } from '../../domain/tasklist/model.ts';
import { parseList } from './parse-list.ts';

/** What people write, and what it must become: a task a line, as `[x] A-1 P1 text <- B-1, B-2`. */
function read(list: string): {
  readonly tasks: readonly string[];
  readonly found: readonly string[];
} {
  const { tasks, findings } = parseList(new TextEncoder().encode(list)).document;
  const found = findings.map(({ line, column, code }) => `${line}:${column} ${code}`);
  return { tasks: tasks.map(line), found };
}

function line({ taskId, explicitId, mark, priority, description, dependencies }: ListTask): string {
  const box = mark === 'none' ? '[none]' : `[${MARK_CHARACTERS[mark]}]`;
  const waits = dependencies.length === 0 ? '' : ` <- ${dependencies.join(', ')}`;
  return `${box} ${explicitId ? taskId : '(made)'} ${priority} ${description}${waits}`;
}

const tasksOf = (list: string) => parseList(new TextEncoder().encode(list)).document.tasks;

describe('tables', () => {
  test('columns are found by their header, unknown ones are kept as fields', () => {
    const list = `| State | Action | Blocked by | Task ID | Pri | Owner | Pass Criteria |
|-|-|-|-|-|-|-|
| Done | Lay the table | | A-1 | P1 | bob | all sit |
| In Progress | Eat | A-1 | A-2 | P3 | | |
`;
    expect(read(list)).toEqual({
      tasks: ['[x] A-1 P1 Lay the table', '[~] A-2 P3 Eat <- A-1'],
      found: [],
    });
    expect(tasksOf(list)[0]).toMatchObject({ criteria: ['all sit'], fields: { Owner: 'bob' } });
  });

  test('padded cells, a table without outer pipes and one in a list or quote are the same', () => {
    const bare = 'ID | Task | Status\n--|--|--\nA-1 | x | [ ]\nA-2 | y | [x]\n';
    const expected = { tasks: ['[ ] A-1 P2 x', '[x] A-2 P2 y'], found: [] };
    const padded = bare.replaceAll('|', '   |  ');
    const lines = bare.trimEnd().split('\n');
    const inList = lines.map((row, at) => `${at === 0 ? '- ' : '  '}| ${row} |`).join('\n');
    const inQuote = lines.map((row) => `> | ${row} |`).join('\n');
    for (const list of [bare, padded, inList, inQuote]) expect(read(list)).toEqual(expected);
  });

  test.each([
    ['[X]', '[x]'],
    ['[!]', '[!]'],
    ['[-]', '[-]'],
    ['[~]', '[~]'],
    ['Pending', '[ ]'],
    ['**Done**', '[x]'],
    ['In Progress', '[~]'],
    ['in_progress', '[~]'],
    ['Partial', '[~]'],
    ['✅ Done', '[x]'],
    ['❌', '[!]'],
    ['🚧', '[~]'],
    ['⏳', '[~]'],
    ['', '[ ]'],
  ])('the status %j is %s', (word, mark) => {
    const { tasks } = read(`| ID | Task | Status |\n|-|-|-|\n| A-1 | x | ${word} |\n`);
    expect(tasks).toEqual([`${mark} A-1 P2 x`]);
  });

  test('ids with digits, lower case, bold, code and links are ids', () => {
    const ids = ['A11Y-001', 'TU-PROJ-042', 'AA-001b', '**B-1**', '`B-2`', '[B-3](b.md)'];
    const rows = ids.map((id) => `| ${id} | x |`).join('\n');
    expect(tasksOf(`| ID | Task |\n|-|-|\n${rows}\n`).map(({ taskId }) => taskId)).toEqual([
      ...['A11Y-001', 'TU-PROJ-042', 'AA-001b', 'B-1', 'B-2', 'B-3'],
    ]);
  });

  test('priorities in words are mapped, a missing one is P2, a guess is a finding', () => {
    const rows = ['P0', 'Critical', 'High', '', 'soon'].map(
      (pri, at) => `| A-${at} | x | ${pri} |`,
    );
    expect(read(`| ID | Task | Priority |\n|-|-|-|\n${rows.join('\n')}\n`)).toEqual({
      tasks: [1, 1, 1, 2, 2].map((priority, at) => `[none] A-${at} P${priority} x`),
      found: ['3:13 priority_p0', '7:13 priority_guessed'],
    });
  });

  test.each([
    ['B-001 to B-003', ['B-001', 'B-002', 'B-003'], []],
    ['B-001..003', ['B-001', 'B-002', 'B-003'], []],
    ['B-001–B-003', ['B-001', 'B-002', 'B-003'], []],
    ['B-001, `B-003`', ['B-001', 'B-003'], []],
    ['Task B-001', ['B-001'], []],
    ['B-001 (schema only)', ['B-001'], ['free_text_dependency']],
    ['All agent tasks', [], ['free_text_dependency']],
    ['B-009', ['B-009'], ['dangling_dependency']],
    ['None', [], []],
    ['—', [], []],
  ])('the dependency %j is read', (written, dependencies, codes) => {
    const list = `| ID | Task | Depends On |
|-|-|-|
| A-1 | x | ${written} |
| B-001 | x | |
| B-002 | x | |
| B-003 | x | |
`;
    expect(tasksOf(list)[0]?.dependencies).toEqual(dependencies);
    expect(read(list).found).toEqual(codes.map((code) => `3:13 ${code}`));
  });

  test.each([
    ['a row', '| ID | Task |\n|-|-|\n| A-2 | y depends on: all of it |\n', '7:9'],
    ['a box', '- [ ] A-2: y depends: all of it\n', '5:3'],
    ['brackets', '- [ ] A-2: y (depends on: all of it)\n', '5:3'],
    ['brackets without a colon', '- [ ] A-2: y (depends on all of it)\n', '5:3'],
    ['backticks', '- [ ] A-2: y `depends: all of it` `agent: codex`\n', '5:3'],
    ['a line below a box', '- [ ] A-2: y\n  - **Depends On**: all of it\n', '6:5'],
    ['a number below a box', '- [ ] A-2: y\n  1. Blocked by: all of it\n', '6:6'],
    ['a line below a heading', '## A-2: y\nStatus: pending\nDepends On: all of it\n', '7:1'],
    ['an item below a heading', '## A-2: y\n- Dependencies: all of it\n- [ ] z\n', '6:3'],
    ['YAML', '```yaml\nid: A-2\ntitle: y\ndepends_on: all of it\n```\n', '8:13'],
  ])('a dependency in nothing but words has a finding in %s', (_where, task, place) => {
    const list = `- [ ] A-1: x\n\ntext\n\n${task}`;
    expect(tasksOf(list)[1]?.dependencies).toEqual([]);
    expect(read(list).found).toEqual([`${place} free_text_dependency`]);
    const nothing = list.replace('depends on all', 'depends on: all').replace('all of it', 'none');
    expect(read(nothing).found).toEqual([]);
  });

  test('a dependency in words stays a note, beside an order that is inferred, too', () => {
    const note = '- [ ] A-1: x\n  - Depends On: all of it\n';
    expect(tasksOf(note)[0]?.fields).toEqual({ Notes: 'Depends On: all of it' });
    const counted = '- [ ] T001 x\n- [ ] T002 y\n  - Depends On: all of it\n- [ ] T003 [P] z\n';
    expect(tasksOf(counted)[1]?.dependencies).toEqual(['T001']);
    expect(tasksOf('- [ ] A-1: x\n  After: lunch\n  - Requires: a key\n')).toHaveLength(1);
    expect(read('- [ ] A-1: x\n  - Requires: a key\n').found).toEqual([]);
  });

  test.each([
    ['P2.1-T01–T03', 'P2.1-T01 P2.1-T02 P2.1-T03'],
    ['T02..T03', 'P2.1-T02 P2.1-T03'],
    ['P2.1-T01..03', 'P2.1-T01 P2.1-T02 P2.1-T03'],
  ])('a range whose end is shortened, %j, is read in a cell and in a clause', (written, ids) => {
    const rows = [1, 2, 3].map((at) => `| P2.1-T0${at} | x | |\n`).join('');
    const table = `| ID | Task | Depends |\n|-|-|-|\n${rows}| P2.1-T04 | y | ${written} |\n`;
    expect(tasksOf(table)[3]?.dependencies.join(' ')).toBe(ids);
    expect(read(table).found).toEqual([]);
    const boxes = [1, 2, 3].map((at) => `- [ ] P2.1-T0${at}: x\n`).join('');
    const list = `${boxes}- [ ] P2.1-T04: y depends: ${written}\n`;
    expect(tasksOf(list)[3]?.dependencies.join(' ')).toBe(ids);
    expect(read(list).found).toEqual([]);
  });

  test('the ends of ids that all begin alike are these ids, as far as they are ends of one', () => {
    const rows = ['T-037-01 | x |', 'T-037-02 | y | 01', 'T-037-03 | z | 01, 02'];
    const table = (more: string) =>
      `| ID | Task | Depends |\n|-|-|-|\n| ${[...rows, more].join(' |\n| ')} |\n`;
    const list = table('T-037-04 | v | 09');
    expect(tasksOf(list).map(({ dependencies }) => dependencies.join(' '))).toEqual([
      ...['', 'T-037-01', 'T-037-01 T-037-02', ''],
    ]);
    expect(read(list).found).toEqual(['6:18 free_text_dependency']);
    const other = table('T-038-01 | v |');
    expect(read(other).found).toHaveLength(2);
  });

  test('rows with an id, a text and criteria are queued without status or priority', () => {
    const list = '| ID | Description | Pass Criteria |\n|-|-|-|\n| A-1 | x | it works |\n';
    expect(read(list)).toEqual({ tasks: ['[none] A-1 P2 x'], found: [] });
  });

  test('Task and Status are enough, except in what is about the tasks of other tables', () => {
    const loose = '| Task | Status |\n|-|-|\n| write it | Pending |\n| A-7: test it | [x] |\n';
    expect(read(loose).tasks).toEqual(['[ ] (made) P2 write it', '[x] A-7 P2 test it']);
    const beside = `| ID | Task |\n|-|-|\n| A-1 | x |\n\n## Other\n\n${loose}`;
    expect(read(beside)).toEqual({
      tasks: ['[none] A-1 P2 x', '[ ] (made) P2 write it', '[x] A-7 P2 test it'],
      found: [],
    });
    expect(read(beside.replace('Other', 'Progress so far'))).toEqual({
      tasks: ['[none] A-1 P2 x', '[x] A-7 P2 test it'],
      found: ['9:3 row_not_taken'],
    });
  });

  test('a row that nobody has numbered yet is a task if it has a status', () => {
    const list = `| ID | Task | Status |
|-|-|-|
| A-1 | x | done |
| - | y | open |
|  | z | done |
| - | **Total** | done |
`;
    expect(read(list)).toEqual({
      tasks: ['[x] A-1 P2 x', '[ ] (made) P2 y'],
      found: ['5:1 row_not_taken', '6:3 row_not_taken'],
    });
  });

  test.each(['Version', 'Error code', 'RFC'])('numbers in a column %s are no ids', (name) => {
    const list = `| ${name} | Description |\n|-|-|\n| A-1.2 | x |\n| A-1.3 | y |\n`;
    expect(read(list).tasks).toEqual([]);
    expect(read(list.replace(name, 'Ref')).tasks).toHaveLength(2);
  });

  test('ids in a column of another name are tasks, unless all their statuses are strange', () => {
    const list = '| Ref | Title | Status |\n|-|-|-|\n| A-1 | x | Final |\n| A-2 | y | Draft |\n';
    expect(read(list).tasks).toEqual([]);
    expect(read(list.replace('Final', 'Done')).tasks).toHaveLength(2);
    expect(read(list.replace('Ref', 'ID')).tasks).toHaveLength(2);
  });

  test('words behind an id in its cell are the beginning of the text', () => {
    const list = (id: string) => `| ID | Task | Exit |\n|-|-|-|\n| ${id} | do it | x |\n`;
    expect(read(list('A1.R2 sign in')).tasks).toEqual(['[none] A1.R2 P2 sign in: do it']);
    expect(read(list('[A-1](a.md)')).tasks).toEqual(['[none] A-1 P2 do it']);
    for (const id of ['A-1 to A-5', 'A-1 & A-2', 'sign in A-1']) {
      expect(read(list(id)).tasks).toEqual([]);
      expect(read(list(id)).found).toContain('3:3 row_not_taken');
    }
  });

  test('boxes of a checklist beside a table of ids say when all is done', () => {
    const table = '## Tasks\n\n| ID | Task |\n|-|-|\n| A-1 | x |\n\n';
    const boxes = '## Release Checklist\n\n- [ ] all green\n- [ ] B-1: tag it\n';
    expect(read(table + boxes)).toEqual({
      tasks: ['[none] A-1 P2 x', '[ ] B-1 P2 tag it'],
      found: ['9:3 box_without_id'],
    });
    expect(read(boxes).tasks).toEqual(['[ ] (made) P2 all green', '[ ] B-1 P2 tag it']);
  });

  test('sums, logs and legends are no tasks, and nothing is said about them', () => {
    const list = `- [ ] A-1: x

## Legend

- \`[ ]\` pending, \`[x]\` done

## Summary

| Phase | Tasks | Status |
|-|-|-|
| One | 6 | [ ] Not started |
| **Total** | **6** | |

## Execution Log

| Task | Status | Notes |
|-|-|-|
| A-1 | done | quickly |
`;
    expect(read(list)).toEqual({ tasks: ['[ ] A-1 P2 x'], found: [] });
  });
});

describe('check boxes', () => {
  test('a task per top-level box, of every marker; nested boxes are its steps', () => {
    const list = `- [ ] **TEST-E2E-001**: one
  - [x] first
  - [ ] second
1. [x] 1.1.1: two

+ [ ] three

* [~] \`A-4\` - four
`;
    expect(read(list)).toEqual({
      tasks: [
        '[ ] TEST-E2E-001 P2 one',
        '[x] 1.1.1 P2 two',
        '[ ] (made) P2 three',
        '[~] A-4 P2 four',
      ],
      found: [],
    });
    expect(tasksOf(list)[0]?.steps).toEqual(['first', 'second']);
  });

  test('a line inserted above changes no made id', () => {
    const ids = (list: string) => tasksOf(list).map(({ taskId }) => taskId);
    const [first, second] = ids('## S\n- [ ] a\n- [ ] b\n');
    expect(ids('## S\n- [ ] new\n- [ ] a\n- [ ] b\n').slice(1)).toEqual([first, second]);
  });

  test.each(['Exit criteria', 'Definition of done', 'Acceptance'])(
    'boxes under %s beside a table are criteria of its tasks',
    (label) => {
      const table = '| ID | Task |\n|-|-|\n| A-1 | x |\n';
      const [task, ...others] = tasksOf(`## One\n\n${table}\n### ${label}\n\n- [ ] it holds\n`);
      expect(task?.criteria).toEqual(['it holds']);
      expect(others).toEqual([]);
    },
  );

  test('what to read first keeps its heading; what ends the whole list is of no task', () => {
    const list = `# T

## Required Context

- [x] the spec

## Tasks

| ID | Task |
|-|-|
| A-1 | x |

## Completion Checklist

- [ ] everything is done
`;
    expect(tasksOf(list)[0]?.criteria).toEqual(['Required Context: the spec']);
    expect(read(list).found).toEqual([]);
  });

  test('an index of ids and a heading for each are one task each', () => {
    const index = '| ID | Task | Status |\n|-|-|-|\n| A-1 | x | [ ] |\n| A-2 | y | [x] |\n';
    const list = `${index}\n## A-1: x\n\n- [ ] do\n\n## A-2: y\n\nStatus: done\n\n- [x] did\n`;
    expect(read(list)).toEqual({ tasks: ['[ ] A-1 P2 x', '[x] A-2 P2 y'], found: [] });
    expect(tasksOf(list).map(({ steps }) => steps)).toEqual([['do'], ['did']]);
  });

  test('clauses at the end of the text are fields', () => {
    const list =
      '- [ ] A-1: x after: A-2 agent: codex timeout: 20m verify: npm test\n- [ ] A-2: y\n';
    expect(tasksOf(list)[0]).toMatchObject({
      ...{ description: 'x', dependencies: ['A-2'], agent: 'codex' },
      ...{ timeoutMs: 1_200_000, verify: ['npm', 'test'] },
    });
  });
});

describe('the text around tasks', () => {
  const LIST = `# Ünïcode \\| pipes

| ID | Task | Status |
|-|-|-|
| Ä-001 | one \\| two – 三 | [ ] |

- [ ] B-1: tab\there
`;

  test('line ends, byte order mark, tabs and a missing last line end change no task', () => {
    const expected = {
      tasks: ['[ ] Ä-001 P2 one | two – 三', '[ ] B-1 P2 tab here'],
      found: [],
    };
    const crlf = LIST.replaceAll('\n', '\r\n');
    for (const list of [LIST, crlf, `\uFEFF${crlf}`, LIST.trimEnd(), LIST.replaceAll('\n', '\r')]) {
      expect(read(list)).toEqual(expected);
    }
  });

  test.each([
    ['a fence', '```\nx\n```'],
    ['a fence of tildes', '~~~md\nx\n~~~'],
    ['a fence that never ends', '````\nx\n```'],
    ['a comment', '<!--\nx\n-->'],
    ['front matter', '---\nkey: |\nx\n---'],
    ['an example in YAML', '```yaml\nservices:\n  web:\n    - x\n```'],
  ])('%s holds no tasks, and no findings', (_what, around) => {
    const inside = '- [ ] A-9: no\n| ID | Task |\n|-|-|\n| A-8 | no |';
    const text = around.replace('x', () => inside);
    const list = around.startsWith('````')
      ? `- [ ] A-1: yes\n\n${text}`
      : `${text}\n\n- [ ] A-1: yes\n`;
    expect(read(list)).toEqual({ tasks: ['[ ] A-1 P2 yes'], found: [] });
  });

  test('of a doubled id the first line is the task, the other a finding at its place', () => {
    expect(read('- [ ] A-1: x\n\n  text\n\n- [x] A-1: y\n')).toEqual({
      tasks: ['[ ] A-1 P2 x'],
      found: ['5:3 duplicate_id'],
    });
  });
});

test('a row whose id has other characters says so, and which an id may have', () => {
  const rows = ['| A.*-1 | one | [ ] |', '| $&-3 | two | [ ] |', '|  | three | [ ] |'];
  const list = ['| ID | Task | Status |', '|--|--|--|', ...rows, '| A-1 | four | [ ] |'].join('\n');
  const { tasks, findings } = parseList(new TextEncoder().encode(list)).document;
  expect(tasks.map(({ taskId }) => taskId)).toEqual(['A-1']);
  const may = 'letters, digits and `. _ / # : + -`, and begins with a letter or digit';
  expect(findings.map(({ message }) => message)).toEqual([
    `\`A.*-1\` is not taken for an id: an id is at most 128 ${may}`,
    `\`$&-3\` is not taken for an id: an id is at most 128 ${may}`,
    'this row has no id',
  ]);
});
