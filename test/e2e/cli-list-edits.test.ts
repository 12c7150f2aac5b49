import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../chaos/pawl-process.ts';
import { testDepth } from '../support/test-depth.ts';
import { CliProject } from './cli-project.ts';

const LIST = `# Work

| ID  | Task | Pri | Depends | Status |
|-----|------|-----|---------|--------|
| A-1 | Do 1 | P1  |         | [ ]    |
| A-2 | Do 2 | P2  | A-1     | [ ]    |
`;

const AT_ONCE = testDepth.pick({ reduced: 8, full: 24 });

describe('a list that is changed by commands', () => {
  let project: CliProject;
  beforeEach(() => {
    project = new CliProject(LIST);
  });
  afterEach(() => project.remove());

  const text = (): string => project.read('tasks.md');
  const ids = (): readonly string[] =>
    [...text().matchAll(/^\| (A-\d+)/gm)].map(([, id]) => id ?? '');

  async function addAll(count: number): Promise<void> {
    const adding = Array.from({ length: count }, (_, index) =>
      project.start(['add', `Added ${index}`, 'tasks.md', '--json']).end(),
    );
    for (const added of await Promise.all(adding)) expect(added.code, added.err).toBe(0);
    const numbers = Array.from({ length: count }, (_, index) => index);
    for (const index of numbers) expect(text()).toContain(`| Added ${index} `);
    expect(ids()).toEqual(Array.from({ length: count + 2 }, (_, index) => `A-${index + 1}`));
  }

  it('is the file alone where there is no project, and no project is made', async () => {
    const added = await project.json('add', 'More', 'tasks.md', '--depends', 'A-2');
    expect(added).toMatchObject({
      code: 0,
      kind: 'add',
      data: { taskId: 'A-3', line: 7, written: true, queue: { kind: 'not-loaded' } },
    });
    expect(text()).toBe(`${LIST}| A-3 | More | P2  | A-2     | [ ]    |\n`);
    const edited = await project.pawl('edit', 'a-3', 'tasks.md', '--text', 'Less');
    expect(edited.out).toBe(
      'Changed A-3 (tasks.md:7, in Work).\n' +
        'No project knows this list yet: pawl run FILE loads it.\n',
    );
    expect(readdirSync(project.root).filter((name) => name.startsWith('.'))).toEqual([]);
    expect((await project.pawl('edit', 'A-3', '--text', 'x')).code).toBe(2);
  });

  it('says of a list with a cycle that it cannot be loaded as it stands', async () => {
    const cyclic = LIST.replace('|         |', '| A-2     |');
    project.write('tasks.md', cyclic);
    const added = await project.pawl('add', 'More', 'tasks.md');
    expect(added.code).toBe(1);
    expect(added.out).toMatch(/cannot be loaded as it stands \(list_cycle\): .*A-1 -> A-2 -> A-1/);
    expect(added.out).not.toContain('loads it');
    expect(text()).toBe(`${cyclic}| A-3 | More | P2  |         | [ ]    |\n`);
  });

  it('shows with --dry-run what would change, and changes nothing', async () => {
    const shown = await project.pawl('edit', 'A-2', 'tasks.md', '--priority', 'P1', '--dry-run');
    expect(shown.code).toBe(0);
    expect(shown.out.split('\n').filter((line) => /^[-+]\|/.test(line))).toEqual([
      '-| A-2 | Do 2 | P2  | A-1     | [ ]    |',
      '+| A-2 | Do 2 | P1  | A-1     | [ ]    |',
    ]);
    expect(text()).toBe(LIST);
    expect(existsSync(project.path('.pawl'))).toBe(false);
  });

  it('changes the queue with it, and says whether the task can run', async () => {
    await project.pawl('load', 'tasks.md');
    const added = await project.json('add', 'More', '--depends', 'a-2');
    expect(added.data.queue).toMatchObject({
      kind: 'loaded',
      added: 1,
      task: { state: 'blocked' },
    });
    const edited = await project.pawl('edit', 'A-3', '--depends', 'none', '--priority', 'p1');
    expect(edited.out).toContain('Changed A-3 (tasks.md:7, in Work): ready');
    const sql = "SELECT priority, dependencies FROM task_queue WHERE task_id = 'A-3'";
    expect(project.rows(sql)).toEqual([{ priority: 'P1', dependencies: '[]' }]);
    expect((await project.pawl('edit', 'A-3', '--depends', 'none')).out).toContain('so already');
  });

  it.each([
    ['a cycle', ['edit', 'A-1', '--depends', 'A-2'], 'A-1 -> A-2 -> A-1', 1],
    ['an unknown dependency', ['add', 'x', '--depends', 'A-9'], 'A-1, A-2', 1],
    ['another id', ['edit', 'A-1', '--id', 'A-7'], 'another task', 2],
    ['nothing to change', ['edit', 'A-1'], '--priority', 2],
    ['an unknown task', ['edit', 'A-9', '--text', 'x'], 'A-9', 1],
    ['a text that is read otherwise', ['add', 'x agent: codex'], 'read back', 1],
  ] as const)('is left as it is by %s', async (_name, args, said, code) => {
    await project.pawl('load', 'tasks.md');
    const refused = await project.pawl(...args);
    expect(refused).toMatchObject({ code });
    expect(refused.err).toContain(said);
    expect(text()).toBe(LIST);
  });

  it('gives the id of a task that left the list to no other', async () => {
    await project.pawl('load', 'tasks.md');
    project.write('tasks.md', LIST.replace(/^\| A-2 .*\n/m, ''));
    await project.pawl('load', 'tasks.md');
    expect((await project.json('add', 'More')).data.taskId).toBe('A-3');
    expect((await project.pawl('add', 'More', '--id', 'A-2')).err).toContain('task_id_taken');
  });

  it('takes every addition of many at once, without a project', async () => {
    await addAll(AT_ONCE);
    expect(readdirSync(project.root).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('takes every addition of many at once, while its tasks are run and marked', async () => {
    // The run lasts until A-2 is done, so that it marks what was added meanwhile.
    project.hold('A-1', 'A-2');
    const run = project.run('--concurrency', '3');
    await project.agentsBegun('A-1');
    const adding = addAll(AT_ONCE);
    project.release('A-1');
    await adding;
    project.release('A-2');
    expect((await run.end()).code).toBe(0);
    const statuses = Object.values(project.statuses());
    expect(statuses).toEqual(Array.from({ length: AT_ONCE + 2 }, () => 'completed'));
    expect(text().match(/\[x\]/g)).toHaveLength(AT_ONCE + 2);
    const marked = LIST.replaceAll('[ ]', '[x]');
    expect(text().startsWith(marked)).toBe(true);
  });

  it('says what an edit means for a task that runs, and for one that is done', async () => {
    project.hold('A-2');
    const run = project.run();
    await project.agentsBegun('A-2');
    const running = await project.pawl('edit', 'A-2', '--text', 'Two');
    expect(running.out).toContain('the running attempt goes on with what it was told');
    const done = await project.pawl('edit', 'A-1', '--text', 'One');
    expect(done.out).toContain('it stays completed');
    project.release('A-2');
    expect((await run.end()).code).toBe(0);
    expect(project.statuses()).toEqual({ 'A-1': 'completed', 'A-2': 'completed' });
    expect(text()).toContain('| A-2 | Two  | P2  | A-1     | [x]    |');
  });

  it('goes on when a process was killed while it edited', async () => {
    const started = project.start(['add', 'First', 'tasks.md']);
    await until(
      'a lock or an end',
      () => readdirSync(project.root).some(isLock) || text() !== LIST,
    );
    await started.kill();
    const added = await project.json('add', 'Second', 'tasks.md');
    expect(added.code, added.err).toBe(0);
    expect(text()).toContain('| Second ');
  });

  function isLock(name: string): boolean {
    return name.startsWith('.pawl-edit-');
  }
});
