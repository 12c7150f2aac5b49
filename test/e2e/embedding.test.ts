import { existsSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ExecutionConfig, TaskExecutor, type TaskNews } from '../../src/index.ts';
import { PawlProcess, until } from '../chaos/pawl-process.ts';
import { CliProject, listOf } from './cli-project.ts';

let project: CliProject;
const open = new Set<TaskExecutor>();

beforeEach(() => {
  project = new CliProject(listOf(['A', 'P3'], ['B', 'P1'], ['C', 'P4'], ['D', 'P2']));
});

afterEach(async () => {
  for (const executor of open) await executor.close();
  open.clear();
  await project.remove();
});

/** An executor of this process; a new one stands for a restart. */
function embed(config: Partial<ExecutionConfig> = {}): TaskExecutor {
  const agentCommand = ['sh', project.path('agent.sh')];
  const executor = new TaskExecutor({ config: { agentCommand, ...config } });
  open.add(executor);
  return executor;
}

async function workThrough(config: Partial<ExecutionConfig> = {}): Promise<TaskExecutor> {
  const executor = embed(config);
  await executor.loadTaskList(project.list);
  await executor.start();
  await executor.finished();
  return executor;
}

/** Two options in force in an executor that is told nothing; it stores them again. */
async function readBack(): Promise<readonly unknown[]> {
  const executor = new TaskExecutor();
  open.add(executor);
  await executor.loadTaskList(project.list);
  await executor.persistExecutorState();
  const { maxConcurrent, agentCommand } = executor.config;
  await executor.close();
  return [maxConcurrent, agentCommand];
}

/** The most agents that were at work at once. */
function mostAtOnce(): number {
  let now = 0;
  return Math.max(...project.runs().map((line) => (now += line.startsWith('start') ? 1 : -1)));
}

const starts = (id: string): number =>
  project.runs().filter((line) => line.startsWith(`start ${id} `)).length;

/** A program that embeds Pawl by the promised lines; the agent is named by its environment. */
const PROGRAM = (list: string): string => `
import { getTaskExecutor } from '${new URL('../../src/index.ts', import.meta.url).href}';
const executor = getTaskExecutor();
await executor.loadTaskList('${list}');
await executor.start();
await executor.finished();
await executor.close();
`;

describe('the promised three lines', () => {
  it('load a list and start it, and after a crash they go on', async () => {
    project.write('program.ts', PROGRAM(project.list));
    const env = { PAWL_AGENT_COMMAND: `sh ${project.path('agent.sh')}` };
    const where = { cwd: project.root, env };
    project.hold('D');
    const crashed = new PawlProcess(project.path('program.ts'), [], where);
    await project.agentsBegun('B', 'D');
    await crashed.kill();
    expect(project.statuses()).toMatchObject({ B: 'completed', D: 'running' });

    const again = new PawlProcess(project.path('program.ts'), [], where);
    const adopted = "SELECT seq FROM task_events WHERE kind = 'adopted'";
    await until('the adoption', () => project.rows(adopted).length > 0);
    project.release('D');
    expect(await again.end()).toMatchObject({ code: 0, err: '' });
    expect(new Set(Object.values(project.statuses()))).toEqual(new Set(['completed']));
    for (const id of ['A', 'B', 'C', 'D']) expect(starts(id)).toBe(1);
  });
});

describe('of the options', () => {
  it('maxConcurrent bounds how many agents work at once, from one upwards', async () => {
    await workThrough();
    expect(mostAtOnce()).toBe(1);
    rmSync(project.path('.pawl'), { recursive: true });
    project.write('runs.log', '');
    project.write('tasks.md', listOf(['A'], ['B'], ['C'], ['D']));
    project.hold('A', 'B', 'C');
    const executor = embed({ maxConcurrent: 3 });
    await executor.loadTaskList(project.list);
    await executor.start();
    await project.agentsBegun('A', 'B', 'C');
    expect(starts('D')).toBe(0);
    project.release('A', 'B', 'C');
    await executor.finished();
    expect(mostAtOnce()).toBe(3);
  });

  it('retryAttempts bounds the tries after the first, and none means none', async () => {
    project.fail('A', 'B');
    await workThrough({ retryAttempts: 2, retryDelayMs: 0, minPriority: 'P1' });
    expect(starts('B')).toBe(3);
    await workThrough({ retryAttempts: 0, minPriority: 'P3' });
    expect([starts('A'), starts('B')]).toEqual([1, 3]);
    expect(project.statuses()).toMatchObject({ A: 'failed', B: 'failed' });
  });

  it('retryDelayMs keeps a failed task waiting', async () => {
    project.fail('B');
    const executor = embed({ retryDelayMs: 3_600_000, minPriority: 'P1' });
    await executor.loadTaskList(project.list);
    const retried = new Promise((resolve) => executor.once('task:retry', resolve));
    await executor.start();
    expect(await retried).toMatchObject({ taskId: 'B' });
    const sql = "SELECT due_at_ms FROM task_queue WHERE task_id = 'B'";
    expect(Number(project.rows(sql)[0]?.['due_at_ms'])).toBeGreaterThan(0);
    expect(starts('B')).toBe(1);
  });

  it('executionTimeoutMs ends an agent, and is five minutes when nobody says', async () => {
    expect(embed().config.executionTimeoutMs).toBe(300_000);
    project.hold('B');
    await workThrough({
      ...{ executionTimeoutMs: 300, killGraceMs: 100, retryAttempts: 0, minPriority: 'P1' },
    });
    expect(project.statuses()).toMatchObject({ B: 'failed' });
    await project.nothingLeft();
  });

  it('minPriority leaves what is less urgent for another run', async () => {
    await workThrough({ minPriority: 'P2' });
    expect(project.statuses()).toEqual({
      ...{ A: 'queued', B: 'completed', C: 'queued', D: 'completed' },
    });
  });

  it('autoStart begins with the load', async () => {
    const executor = embed({ autoStart: true });
    await executor.loadTaskList(project.list);
    await executor.finished();
    expect(new Set(Object.values(project.statuses()))).toEqual(new Set(['completed']));
  });

  it('dryRun runs nothing and changes nothing, and the queue is still there', async () => {
    const executor = await workThrough({ dryRun: true });
    expect(project.runs()).toEqual([]);
    expect(new Set(Object.values(project.statuses()))).toEqual(new Set(['queued']));
    expect(await executor.getStatus()).toMatchObject({ totalTasks: 4, running: false });
    expect(existsSync(project.path('.pawl/attempts'))).toBe(false);
  });

  it('those of the last run are read back by the next executor', async () => {
    const first = embed({ maxConcurrent: 3 });
    await first.loadTaskList(project.list);
    await first.start();
    await first.close();
    expect(await readBack()).toEqual([3, ['sh', project.path('agent.sh')]]);
  });

  it('those of `start`, too, and by every executor after the next one', async () => {
    const first = embed();
    await first.loadTaskList(project.list);
    await first.start({ maxConcurrent: 3 });
    await first.finished();
    await first.close();
    const expected = [3, ['sh', project.path('agent.sh')]];
    expect([await readBack(), await readBack()]).toEqual([expected, expected]);
  });
});

describe('an embedded executor', () => {
  it('tells what happens, in its order', async () => {
    project.write('tasks.md', listOf(['A'], ['B', 'P2', 'A'], ['C']));
    project.fail('A');
    const executor = embed({ retryAttempts: 1, retryDelayMs: 0 });
    const told: string[] = [];
    for (const name of ['taskList:loaded', 'executor:started', 'executor:complete'] as const) {
      executor.on(name, () => told.push(name));
    }
    executor.on('task:started', ({ taskId }) => told.push(`task:started ${taskId}`));
    for (const name of ['task:retry', 'task:failed', 'task:skipped', 'task:completed'] as const) {
      executor.on(name, (news: TaskNews) => told.push(`${name} ${news.taskId}`));
    }
    await executor.loadTaskList(project.list);
    await executor.start();
    await executor.finished();
    expect(told.slice(0, 3)).toEqual(['taskList:loaded', 'executor:started', 'task:started A']);
    expect(told.at(-1)).toBe('executor:complete');
    expect(told).toEqual(
      expect.arrayContaining([
        ...['task:retry A', 'task:failed A', 'task:skipped B', 'task:completed C'],
      ]),
    );
  });

  it('refuses a status that only a run can bring about, and changes nothing', async () => {
    const executor = embed();
    await executor.loadTaskList(project.list);
    for (const status of ['running', 'failed', 'waiting'] as const) {
      await expect(executor.updateTaskQueueStatus('A', status)).rejects.toMatchObject({
        code: 'illegal_transition',
      });
    }
    expect(project.statuses()).toMatchObject({ A: 'queued' });
    await executor.updateTaskQueueStatus('A', 'completed');
    await executor.persistQueueToDatabase();
    expect(project.statuses()).toMatchObject({ A: 'completed' });
    await expect(executor.updateTaskQueueStatus('A', 'skipped')).rejects.toMatchObject({
      code: 'illegal_transition',
    });
  });

  it('keeps what is leased and what is finished when it stores its queue again', async () => {
    project.hold('D');
    const executor = embed();
    await executor.loadTaskList(project.list);
    await executor.start();
    await project.agentsBegun('B', 'D');
    await executor.persistQueueToDatabase();
    const expected = { A: 'queued', B: 'completed', C: 'queued', D: 'running' };
    expect(project.statuses()).toEqual(expected);
    const { tasks, completedTasks } = await executor.restoreQueueFromDatabase(project.list);
    expect(Object.fromEntries(tasks.map(({ id, status }) => [id, status]))).toEqual(expected);
    expect(completedTasks).toBe(1);
    project.release('D');
    await executor.finished();
  });

  it('leaves its agents to the next one when it is closed, and stop ends them', async () => {
    project.hold('B');
    const first = embed();
    await first.loadTaskList(project.list);
    await first.start();
    await project.agentsBegun('B');
    await first.close();
    expect(project.statuses()).toMatchObject({ B: 'running' });

    const second = embed();
    await second.loadTaskList(project.list);
    await second.start();
    await second.stop();
    await project.nothingLeft();
    const sql = "SELECT status, attempts FROM task_queue WHERE task_id = 'B'";
    expect(project.rows(sql)).toEqual([{ status: 'queued', attempts: 0 }]);
    expect(await second.getStatus()).toMatchObject({ running: false });
  });

  it('ends every call at once when its signal aborts, and changes nothing by it', async () => {
    const executor = embed();
    await executor.loadTaskList(project.list);
    const call = { signal: AbortSignal.abort() };
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      start: () => executor.start({}, call),
      pause: () => executor.pause(call),
      resume: () => executor.resume(call),
      stop: () => executor.stop(call),
      executeTask: () => executor.executeTask('A', call),
      skipTask: () => executor.skipTask('A', 'no', call),
      requeueTask: () => executor.requeueTask('A', call),
      getStatus: () => executor.getStatus(call),
      getNextTask: () => executor.getNextTask(call),
      persistQueueToDatabase: () => executor.persistQueueToDatabase(call),
      persistExecutorState: () => executor.persistExecutorState(call),
      restoreQueueFromDatabase: () => executor.restoreQueueFromDatabase(project.list, call),
      updateTaskQueueStatus: () => executor.updateTaskQueueStatus('A', 'completed', call),
    };
    const before = project.rows('SELECT seq FROM task_events');
    for (const [name, abort] of Object.entries(calls)) {
      await expect(abort(), name).rejects.toMatchObject({ code: 'aborted' });
    }
    expect(project.rows('SELECT seq FROM task_events')).toEqual(before);
    await expect(executor.loadTaskList(project.list, call)).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('waits for an agent no longer than its signal says, and the agent goes on', async () => {
    project.hold('B');
    const executor = embed();
    await executor.loadTaskList(project.list);
    const controller = new AbortController();
    const executed = executor.executeTask('B', { signal: controller.signal });
    await project.agentsBegun('B');
    controller.abort();
    await expect(executed).rejects.toMatchObject({ code: 'aborted' });
    expect(project.statuses()).toMatchObject({ B: 'running' });
    project.release('B');
    await until('the end of the agent', () => project.statuses()['B'] === 'completed');
  });
});
