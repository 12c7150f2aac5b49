import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliProject, jsonOf, listOf } from './cli-project.ts';

/** What every task has in every JSON answer, at least. */
const TASK_FIELDS = [
  ...['id', 'list', 'taskId', 'status', 'priority', 'section', 'description'],
  ...['dependencies', 'attempts', 'lastError', 'why'],
];

describe('what the commands answer', () => {
  let project: CliProject;
  beforeEach(() => {
    project = new CliProject(listOf(['A'], ['B', 'P1'], ['C', 'P2', 'A'], ['D', 'P2', 'C']));
  });
  afterEach(() => project.remove());

  it('a run prints lines, ends with a summary and marks the list', async () => {
    project.fail('C');
    const { code, out } = await project.run('--retries', '0').end();
    expect(code).toBe(1);
    expect(out).toMatch(/task:completed A /);
    expect(out).toMatch(/task:failed C /);
    expect(out).toContain('2/4 completed, 1 failed, 1 skipped');
    expect(out).toContain('pawl logs C');
    expect(out).not.toContain('\u001b');
    expect(project.read('tasks.md')).toContain('| B | Do B | P1 |  | [x] |');
    expect(project.read('tasks.md')).toContain('| C | Do C | P2 | A | [!] |');
    expect(project.read('tasks.md')).toContain('| D | Do D | P2 | C | [-] |');
  });

  it('every command answers with --json in one envelope, alone on standard output', async () => {
    project.fail('C');
    const ended = await project.run('--json', '--retries', '0').end();
    expect(ended.err).toBe('');
    const summary = JSON.parse(ended.out) as Record<string, unknown>;
    expect(summary).toMatchObject({
      schemaVersion: 1,
      kind: 'run',
      data: { counts: { completed: 2, failed: 1, skipped: 1 }, exitCode: 1, end: 'finished' },
    });
    // Each is a process here, which ends by itself.
    const answer = async (...args: readonly string[]) =>
      jsonOf(await project.start([...args, '--json']).end());
    const list = await answer('list');
    expect(list).toMatchObject({ code: 0, schemaVersion: 1, kind: 'list' });
    for (const task of list.data.tasks) {
      expect(Object.keys(task)).toEqual(expect.arrayContaining(TASK_FIELDS));
      expect(task.why).not.toBe('');
    }
    const answers = [
      await answer('status'),
      await answer('show', 'C'),
      await answer('why', 'D'),
      await answer('logs', 'A'),
      await answer('next'),
      await answer('doctor'),
      await answer('pause'),
      await answer('resume'),
      await answer('retry', 'C'),
      await answer('skip', 'C', '--reason', 'no'),
      await answer('init'),
      await answer('backup', 'copy.db'),
      await answer('run', 'tasks.md', '--dry-run'),
    ];
    expect(answers.map(({ code, kind }) => [kind, code])).toEqual([
      ['status', 0],
      ['show', 0],
      ['why', 0],
      ['logs', 0],
      ['next', 0],
      ['doctor', 0],
      ['pause', 0],
      ['resume', 0],
      ['retry', 0],
      ['skip', 0],
      ['init', 0],
      ['backup', 0],
      ['plan', 0],
    ]);
    expect(answers[1]?.data.attempts).toMatchObject([
      { attempt: 1, outcome: 'errored', exitCode: 1 },
    ]);
    expect(answers[3]?.data.output.agent).toBe('hello from A\ngood-bye from A\n');
    expect(existsSync(project.path('copy.db'))).toBe(true);
  });

  it('a dry run says what would run in which order, and creates nothing', async () => {
    const { code, data } = await project.json('run', 'tasks.md', '--dry-run', '--concurrency', '2');
    expect(code).toBe(0);
    const starts = data.starts as readonly { readonly taskId: string }[];
    expect(starts.map((start) => start.taskId)).toEqual(['B', 'A', 'C', 'D']);
    expect(existsSync(project.path('.pawl'))).toBe(false);
    expect(project.read('tasks.md')).toBe(
      listOf(['A'], ['B', 'P1'], ['C', 'P2', 'A'], ['D', 'P2', 'C']),
    );
  });

  it.each([
    [['stauts'], 2, /usage.*unknown command 'stauts'\s+\(Did you mean status\?\)/s],
    [
      ['run', 'tasks.md', '--concurrency', 'many', '--timeout', 'soon'],
      2,
      /--concurrency.*--timeout/s,
    ],
    [['run', 'nothing.md'], 1, /list_unreadable/],
    [['show', 'A'], 1, /store_not_found/],
    [['run', 'tasks.md', '--agent', 'nobody'], 2, /agent_unknown/],
    [['run', 'tasks.md', '--agent-command', 'no-such-program'], 1, /agent_missing/],
    [['run', 'tasks.md', '--agent-command', 'sh gone.sh'], 1, /agent_missing: sh is to run /],
    [['run', 'tasks.md', '--agent-command', 'a | b'], 2, /needs a shell for \|/],
    [['skip', 'A'], 2, /--reason/],
    [['logs', 'A', '--attempt', 'x'], 2, /--attempt/],
  ])('%j is refused with exit code %i, on standard error', async (args, code, text) => {
    const plain = await project.pawl(...args);
    expect([plain.code, plain.out]).toEqual([code, '']);
    expect(plain.err).toMatch(text);
    const json = await project.pawl(...args, '--json');
    expect([json.code, json.out]).toEqual([code, '']);
    expect(JSON.parse(json.err)).toMatchObject({
      schemaVersion: 1,
      kind: 'error',
      data: { code: expect.any(String), message: expect.any(String), remedy: expect.any(String) },
    });
  });

  it('a cycle is refused with its path and line; nothing is stored', async () => {
    project.write('tasks.md', listOf(['A', 'P2', 'B'], ['B', 'P2', 'A']));
    const { code, err } = await project.run().end();
    expect(code).toBe(1);
    expect(err).toMatch(/error\[dependency_cycle\]: .*A -> B -> A\n +--> \S*tasks\.md:5:\d+\n/);
    expect(err).toContain('\n5 | | A | Do A | P2 | B | [ ] |\n');
    expect(await project.json('list')).toMatchObject({ data: { lists: [], tasks: [] } });
  });

  it('a finding is printed as a compiler does, and the rest of the list runs', async () => {
    project.write('tasks.md', listOf(['A'], ['B', 'P2', 'X-9']));
    const { code, err } = await project.run().end();
    expect(code).toBe(4);
    expect(err).toMatch(/^warning\[dangling_dependency\]: .*\n +--> tasks\.md:6:\d+\n/m);
    expect(err).toContain('\n6 | | B | Do B | P2 | X-9 | [ ] |\n');
    expect((await project.json('why', 'B')).data.why).toContain('X-9, which is not in the list');
    expect((await project.run('--ignore-missing').end()).code).toBe(0);
  });

  it('asks nobody where nobody can answer, and names the option', async () => {
    await project.run().end();
    const { code, err } = await project.pawl('requeue', 'A');
    expect(code).toBe(3);
    expect(err).toContain('--yes');
    expect((await project.pawl('requeue', 'A', '--yes')).code).toBe(0);
    expect(project.statuses()['A']).toBe('queued');
  });

  it('with several lists each command wants to know which one', async () => {
    project.write('other.md', listOf(['A']));
    await project.run().end();
    await project.run('other.md').end();
    const ambiguous = await project.pawl('pause');
    expect(ambiguous.code).toBe(2);
    expect(ambiguous.err).toMatch(/list_ambiguous.*other\.md/s);
    expect((await project.pawl('why', 'A')).code).toBe(2);
    expect((await project.pawl('why', 'A', 'other.md')).code).toBe(0);
    expect((await project.json('status')).data.lists).toHaveLength(2);
    expect((await project.pawl('pause', '--list', 'other.md')).code).toBe(0);
  });

  it('works in another folder with -C, before or after the command', async () => {
    await project.run().end();
    const inRoot = { PWD: '/' };
    for (const args of [
      ['-C', '.', 'status', '--json'],
      ['status', '--json', '-C', project.root],
    ]) {
      const { code, out } = await project.start(args, inRoot).end();
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ data: { lists: [{ list: project.list }] } });
    }
  });
});
