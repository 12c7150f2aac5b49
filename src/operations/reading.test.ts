import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { explainTask } from './explain-task.ts';
import { getStatus } from './get-status.ts';
import { listTasks } from './list-tasks.ts';
import { loadTaskList } from './load-task-list.ts';
import { nextTasks } from './next-tasks.ts';
import { resolveList } from './resolve-list.ts';
import { resolveTask } from './resolve-task.ts';
import { runOverview } from './run-overview.ts';
import { showTask } from './show-task.ts';
import { summarizeRun } from './summarize-run.ts';

const LIST = `# Site

## Build

- [ ] A-1: set up (P1)
- [ ] A-2: build depends: A-1
- [ ] A-3: test depends: A-2
- [ ] A-4: missing depends: X-9
- [x] A-5: done before
`;

describe('reading a queue', () => {
  let project: ScratchProject;
  beforeEach(async () => {
    project = await openScratchProject(LIST);
  });
  afterEach(() => project.close());

  const why = async (taskId: string): Promise<string> =>
    (await explainTask(project, await project.task(taskId))).why;

  it('gives every task of a list its state and one sentence', async () => {
    const list = await project.load();
    const tasks = await listTasks(project, list);
    expect(tasks.map((task) => `${task.taskId} ${task.state}`)).toEqual([
      'A-1 ready',
      'A-2 blocked',
      'A-3 blocked',
      'A-4 blocked',
      'A-5 completed',
    ]);
    expect(tasks.every((task) => task.why.length > 5)).toBe(true);
    expect(tasks[2]?.why).toBe('waits for A-2, which waits for A-1 (ready)');
  });

  it('explains one task as the list does, reading only what it waits for', async () => {
    const list = await project.load();
    for (const task of await listTasks(project, list)) {
      expect(await why(task.taskId)).toBe(task.why);
    }
    expect(await why('A-4')).toContain('X-9, which is not in the list');
  });

  it('names the list to run where several are known', async () => {
    await project.load();
    expect(await why('A-1')).toContain(': `pawl run` does');
    const path = `${project.root}/other.md`;
    project.write('- [ ] B-1: other\n', path);
    await loadTaskList(project, { path });
    expect(await why('A-1')).toContain(`: \`pawl run ${project.listPath}\` does`);
  });

  it('says who holds a running task, and that a dead process does not', async () => {
    const list = await project.load();
    await project.claim(list, project.world.processes.self);
    expect(await why('A-1')).toMatch(/^running since .* held by process \d+ on this host$/);
    expect(await why('A-3')).toMatch(/^waits for A-2, which waits for A-1 \(running since/);
  });

  it('says that the holder of a running task is gone', async () => {
    const list = await project.load();
    await project.claim(list, null);
    expect(await why('A-1')).toContain('is gone: the next `pawl run` takes over');
  });

  it('filters by status and by derived state', async () => {
    const list = await project.load();
    const ids = async (state: 'blocked' | 'queued'): Promise<readonly string[]> =>
      (await listTasks(project, list, { states: [state] })).map((task) => task.taskId);
    expect(await ids('blocked')).toEqual(['A-2', 'A-3', 'A-4']);
    expect(await ids('queued')).toEqual(['A-1', 'A-2', 'A-3', 'A-4']);
  });

  it('tells where a list stands', async () => {
    const list = await project.load();
    const [claimed] = await project.claim(list, project.world.processes.self);
    const [status] = await getStatus(project);
    expect(status).toMatchObject({
      list: project.listPath,
      total: 5,
      counts: { completed: 1, running: 1, queued: 3 },
      blocked: 3,
      executor: { status: 'running', process: expect.stringContaining('on this host') },
      running: [{ id: claimed?.id, taskId: 'A-1', attempt: 1 }],
    });
  });

  it('tells what is next, and what a live view shows', async () => {
    const list = await project.load();
    expect((await nextTasks(project, list, 5)).map((task) => task.taskId)).toEqual(['A-1']);
    const overview = await runOverview(project, list.listId, 'P4');
    expect(overview).toMatchObject({ total: 5, ready: 1, blocked: 3, next: [{ taskId: 'A-1' }] });
    expect(overview?.waits[0]).toEqual({ taskId: 'A-2', why: 'waits for A-1 (ready)' });
  });

  it('shows a task with its dependencies, attempts and events', async () => {
    const list = await project.load();
    const [claimed] = await project.claim(list, project.world.processes.self);
    const shown = await showTask(project, await project.task('A-1'));
    expect(shown.attempts).toMatchObject([{ attempt: 1, fence: claimed?.fence, outcome: null }]);
    expect(shown.events.map(({ event }) => event.kind)).toEqual(['enqueued', 'claimed']);
    const waiting = await showTask(project, await project.task('A-4'));
    expect(waiting.dependsOn).toEqual([{ taskId: 'X-9', status: null, satisfied: false }]);
  });

  it('summarizes what is left, with the reasons', async () => {
    const list = await project.load();
    const summary = await summarizeRun(project, list.listId);
    expect(summary.left.map((task) => task.taskId)).toEqual(['A-1', 'A-2', 'A-3', 'A-4']);
    expect(summary).toMatchObject({ failed: [], skipped: [], counts: { completed: 1 } });
  });
});

describe('finding what a person means', () => {
  let project: ScratchProject;
  beforeEach(async () => {
    project = await openScratchProject();
  });
  afterEach(() => project.close());

  const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
    await work.then(
      () => 'resolved',
      (error: { code: string }) => error.code,
    );

  it('takes the only list, and asks when there are several', async () => {
    expect(await codeOf(resolveList(project, null))).toBe('list_not_found');
    const list = await project.load('- [ ] A-1: one\n');
    expect((await resolveList(project, null)).listId).toBe(list.listId);
    const other = `${project.root}/other.md`;
    project.write('- [ ] A-1: another\n', other);
    const { loadTaskList } = await import('./load-task-list.ts');
    await loadTaskList(project, { path: other });
    expect(await codeOf(resolveList(project, null))).toBe('list_ambiguous');
    expect((await resolveList(project, other)).path).toBe(other);
    expect(await codeOf(resolveTask(project, 'A-1', null))).toBe('task_ambiguous');
    expect((await resolveTask(project, 'A-1', list.listId)).description).toBe('one');
  });

  it('finds a task by its id, its UUID, or an end of that', async () => {
    await project.load('- [ ] A-1: one\n- [ ] A-2: two\n');
    const { id } = await project.task('A-2');
    expect((await resolveTask(project, id, null)).taskId).toBe('A-2');
    expect((await resolveTask(project, id.slice(-12), null)).taskId).toBe('A-2');
    expect(await codeOf(resolveTask(project, 'nothing', null))).toBe('task_not_found');
  });

  it('leaves one line in the log for each refusal', async () => {
    await codeOf(resolveTask(project, 'nothing', null));
    expect(project.logged).toMatchObject([
      {
        level: 'warn',
        event: 'operation.refused',
        fields: { operation: 'resolve-task', task: 'nothing' },
        error: { code: 'task_not_found' },
      },
    ]);
  });
});
