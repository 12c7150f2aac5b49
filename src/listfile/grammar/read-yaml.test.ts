import { describe, expect, test } from 'vitest';
import { markList } from '../marks/mark-list.ts';
import { type ParsedList, parseList } from './parse-list.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const parse = (text: string): ParsedList => parseList(bytesOf(text));
const fenced = (yaml: string) => `\`\`\`yaml\n${yaml}\n\`\`\`\n`;
const foundIn = (text: string) =>
  parse(text).document.findings.map(({ line, column, code }) => `${line}:${column} ${code}`);

const LIST = `---
status: "pending"
---

# Counter

## Context

- [x] \`spec.md\`

## Phase 1

### Task 1

${fenced(`id: T-001
phase: database
action: CREATE
file: "db/025.sql"
status: pending

requirements:
  - "Create the table"
  - Add indexes

gotchas:
  - use TEXT

validation:
  command: "npx tsc --noEmit"
  expected: "exit code 0"

template: |
  -- first line
    second line

depends_on: []
notes: null`)}
### Task 2: Count calls

${fenced(`id: T-002
action: UPDATE
file: db.ts
status: 'in_progress'
depends_on: ["T-001"]`)}`;

describe('one block a task', () => {
  test('gives tasks with texts, steps, a verify command, criteria and the rest as fields', () => {
    const { title, tasks, findings } = parse(LIST).document;
    expect({ title, findings }).toEqual({ title: 'Counter', findings: [] });
    expect(tasks[0]).toEqual({
      ...{ taskId: 'T-001', explicitId: true, description: 'CREATE db/025.sql' },
      ...{ section: 'Task 1', priority: 'P2', mark: 'queued', dependencies: [], position: 1 },
      ...{ line: 20, steps: ['Create the table', 'Add indexes'] },
      criteria: ['the check gives: exit code 0', 'Context: `spec.md`'],
      ...{ agent: null, verify: ['npx', 'tsc', '--noEmit'], timeoutMs: null, needs: [] },
      onDepFailure: null,
      fields: {
        ...{ phase: 'database', action: 'CREATE', file: 'db/025.sql', gotchas: 'use TEXT' },
        template: '-- first line\n  second line',
      },
    });
    expect(tasks[1]).toMatchObject({
      ...{ taskId: 'T-002', description: 'Count calls', mark: 'running', dependencies: ['T-001'] },
      fields: { action: 'UPDATE', file: 'db.ts' },
    });
  });

  test('is the same with other line ends, and inside a quote', () => {
    const { document } = parse(LIST);
    expect(parse(LIST.replaceAll('\n', '\r\n')).document).toEqual(document);
    const [head = '', body = ''] = LIST.split('# Counter');
    const quoted = `${head}${`# Counter${body}`.replace(/^/gm, '> ')}`;
    const withoutSection = (list: ParsedList) =>
      list.document.tasks.map((task) => ({ ...task, section: null, criteria: [] }));
    const texts = ['CREATE db/025.sql', 'UPDATE db.ts'];
    expect(withoutSection(parse(quoted)).map(({ description }) => description)).toEqual(texts);
    expect(withoutSection(parse(quoted)).map(({ line }) => line)).toEqual([20, 47]);
  });

  test('has the place of a mark in its status, in the words of the list', () => {
    for (const list of [LIST, LIST.replaceAll('\n', '\r\n')]) {
      const marked = markList(
        bytesOf(list),
        new Map([
          ['T-001', 'running'],
          ['T-002', 'completed'],
        ]),
      );
      expect(new TextDecoder().decode(marked.bytes)).toBe(
        list.replace('status: pending', 'status: in_progress').replace("'in_progress'", "'done'"),
      );
    }
  });

  test.each([
    ['status: "[ ]"', 'status: "[x]"'],
    ['status: [ ]', 'status: [x]'],
    ['status: ⬜', 'status: ✅'],
    ['status:', 'status: Done '],
    ['status: ~ # none', 'status: Done # none'],
    ['state: TODO', 'state: DONE'],
  ])('%j is marked as %j', (before, after) => {
    const list = fenced(`id: A-1\ntitle: x\n${before}\nnotes: y`);
    const { bytes } = markList(bytesOf(list), new Map([['A-1', 'completed']]));
    expect(new TextDecoder().decode(bytes)).toBe(list.replace(before, after));
  });

  test('where only true or false can stand there is no place for a mark', () => {
    const { document, places } = parse(fenced('id: A-1\ntitle: x\ndone: true'));
    expect(document.tasks[0]?.mark).toBe('completed');
    expect(places.size).toBe(0);
  });
});

describe('other names and shapes', () => {
  test('keys are known by many names', () => {
    const [task] = parse(
      fenced(`taskId: A-1
name: Write it
priority: High
blockedBy: A-2, A-3
agent: codex
timeout_minutes: 20
needs: [gpu]
on_dep_failure: run
verify: [npm, run, "a b"]
acceptance_criteria:
  - it works
subtasks:
  - {id: 1, title: first, status: done}
  - second
estimate: {hours: 3}`),
    ).document.tasks;
    expect(task).toMatchObject({
      ...{ taskId: 'A-1', description: 'Write it', priority: 'P1', agent: 'codex' },
      ...{ dependencies: ['A-2', 'A-3'], timeoutMs: 1_200_000, needs: ['gpu'] },
      ...{ onDepFailure: 'run', verify: ['npm', 'run', 'a b'], criteria: ['it works'] },
      ...{ steps: ['1: first', 'second'], fields: { 'estimate.hours': '3' } },
    });
  });

  test.each([
    ['a list', '- id: A-1\n  title: x\n- {id: A-2, title: y, deps: [A-1]}'],
    ['tasks', 'tasks:\n  - id: A-1\n    title: x\n  - {id: A-2, title: y, needs: [A-1]}'],
    ['a map of tasks', 'tasks:\n  A-1: {title: x}\n  A-2: {title: y, after: A-1}'],
    ['several documents', 'id: A-1\ntitle: x\n---\nid: A-2\ntitle: y\nrequires: A-1'],
    ['phases', 'phases:\n  - name: One\n    tasks: ["A-1: x", {id: A-2, title: y, deps: A-1}]'],
    ['aliases', 'tasks:\n  - &a {id: A-1, title: x}\n  - {<<: *a, id: A-2, title: y, deps: A-1}'],
  ])('%s holds tasks', (_what, yaml) => {
    const { tasks, findings } = parse(fenced(yaml)).document;
    expect(findings).toEqual([]);
    expect(tasks).toMatchObject([
      { taskId: 'A-1', description: 'x', dependencies: [] },
      { taskId: 'A-2', description: 'y', dependencies: ['A-1'] },
    ]);
  });

  test('what verifies a task may be said in words', () => {
    const [task] = parse(fenced('id: A-1\ntitle: x\nverify: The page is shown')).document.tasks;
    expect(task).toMatchObject({ verify: null, criteria: ['The page is shown'] });
  });

  test('a row of an index and the block of the same id are one task', () => {
    const index = '| ID | Task | Pri | Status |\n|-|-|-|-|\n| A-1 | x | P1 | [x] |\n\n';
    const { tasks, findings } = parse(
      index + fenced('id: A-1\ntitle: longer\npriority: P3\nsteps: [one]\nfile: a.ts'),
    ).document;
    expect(findings).toEqual([]);
    expect(tasks).toMatchObject([
      {
        description: 'x',
        priority: 'P1',
        mark: 'completed',
        steps: ['one'],
        fields: { file: 'a.ts' },
      },
    ]);
  });

  test.each([
    'services:\n  web:\n    image: x\n    depends_on: [db]',
    'name: CI\non: push\njobs:\n  test:\n    steps: [{name: x, id: y}]',
    'id: my-agent\nname: My agent\nmodel: x',
    'openapi: 3.0.0\ninfo: {title: x, description: y}',
    'id: x\ntitle: {{ a template }}: y',
  ])('%j is somebody else’s, and nothing is said about it', (yaml) => {
    const { tasks, findings } = parse(`- [ ] A-1: x\n\n${fenced(yaml)}`).document;
    expect(tasks).toHaveLength(1);
    expect(findings.filter(({ severity }) => severity !== 'error')).toEqual([]);
  });
});

describe('what is wrong is said with its place', () => {
  test.each([
    ['a doubled key', 'id: A-1\ntitle: x\ntitle: y', '4:1 yaml_invalid'],
    ['broken YAML', 'id: A-1\ntitle: "x', '3:10 yaml_invalid'],
    ['a tab for indentation', 'id: A-1\ntitle:\n\tx: y', '4:1 yaml_invalid'],
    ['a key that is a list', 'id: A-1\n? [a]\n: b\ntitle: x', '3:3 yaml_invalid'],
    ['an alias to nothing', 'id: A-1\ntitle: *b', '3:8 yaml_invalid'],
    ['an alias to itself', 'id: A-1\ntitle: x\na: &a [*a]', '4:8 yaml_invalid'],
    ['no status', 'id: A-1\ntitle: x\nstatus: soon', '4:9 status_unknown'],
    ['a dangling id', 'id: A-1\ntitle: x\ndepends_on: [A-9]', '4:13 dangling_dependency'],
    ['no duration', 'id: A-1\ntitle: x\ntimeout: "5"', '4:11 clause_invalid'],
    ['no text', 'id: A-1\nstatus: done', '2:5 description_missing'],
    ['no id', 'id: setup\ntitle: x', '2:1 row_not_taken'],
  ])('%s', (_what, yaml, found) => {
    expect(foundIn(fenced(yaml))).toContain(found);
  });

  test('aliases that multiply are refused', () => {
    const levels = Array.from({ length: 12 }, (_, at) => {
      const inner = at === 0 ? 'x' : `*b${at - 1}`;
      return `b${at}: &b${at} [${Array.from({ length: 9 }, () => inner).join(', ')}]`;
    });
    const [found] = parse(fenced(`id: A-1\ntitle: x\n${levels.join('\n')}`)).document.findings;
    expect(found).toMatchObject({ line: 0, code: 'no_tasks' });
    expect(foundIn(fenced(`id: A-1\ntitle: x\n${levels.join('\n')}`))[1]).toMatch(/yaml_invalid$/);
  });

  test('steps of a pipeline are no tasks, though they have ids and conditions', () => {
    const pipeline = '- id: retry\n  type: while\n  steps:\n    - id: fix\n      run: x';
    expect(parse(fenced(pipeline)).document.tasks).toEqual([]);
    const withText = pipeline.replace('type', 'title');
    expect(parse(fenced(withText)).document.tasks).toMatchObject([{ taskId: 'retry' }]);
    const withId = pipeline.replace('retry', 'R-1');
    expect(parse(fenced(withId)).document.tasks).toMatchObject([{ taskId: 'R-1' }]);
  });

  test('a command that needs a shell gets one, and is said to; a list of words gets none', () => {
    const list = fenced('id: A-1\ntitle: x\nvalidation:\n  command: "a < b && c"');
    const { tasks, findings } = parse(list).document;
    expect(tasks[0]?.verify).toEqual(['sh', '-c', 'a < b && c']);
    expect(findings).toMatchObject([
      { code: 'verify_in_shell', severity: 'info', line: 5, column: 13, length: 10, taskId: 'A-1' },
    ]);
    const words = parse(list.replace('"a < b && c"', '[a, "&&", c]')).document;
    expect(words.tasks[0]?.verify).toEqual(['a', '&&', 'c']);
    expect(words.findings).toEqual([]);
  });

  test.each(['verify: a | b', 'validation: {command: a | b}', 'check: {run: "a | b"}'])(
    '%s is a line for a shell',
    (written) => {
      const [task] = parse(fenced(`id: A-1\ntitle: x\n${written}`)).document.tasks;
      expect(task?.verify).toEqual(['sh', '-c', 'a | b']);
    },
  );
});
