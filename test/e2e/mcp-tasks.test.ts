import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { McpWire, scratchRepository } from './mcp-wire.ts';

const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const LOOK_MS = 100;

const AGENT = 'touch "started-$PAWL_TASK_ID"; while [ -e hold ]; do sleep 0.05; done';
const CHECK = 'while [ -e hold ]; do sleep 0.05; done; test ! -e wrong';

const PLAN = {
  description: 'Three steps',
  parent_task_id: 'task_run',
  subtasks: [
    { task_id: 'one', title: 'One' },
    { task_id: 'two', title: 'Two', dependencies: ['one'] },
    { task_id: 'three', title: 'Three', dependencies: ['two'] },
  ],
};

/** What takes long goes on as a task: its state is in the store, not in a process. */
describe('a call that goes on as a task', () => {
  let root: string;
  const wires: McpWire[] = [];

  beforeEach(() => {
    root = scratchRepository();
    mkdirSync(join(root, '.pawl'));
    const config = { agentCommand: '/bin/sh agent.sh', retryAttempts: 0 };
    write('.pawl/config.json', JSON.stringify(config));
    write('agent.sh', AGENT);
    write('check.sh', CHECK);
  });
  afterEach(async () => {
    rmSync(join(root, 'hold'), { force: true });
    for (const wire of wires.splice(0)) {
      wire.process.kill('SIGTERM');
      await wire.ended;
    }
    rmSync(root, { recursive: true, force: true });
  });

  const write = (name: string, text: string): void => writeFileSync(join(root, name), text);

  const open = (): McpWire => {
    const wire = new McpWire(root);
    wires.push(wire);
    return wire;
  };

  const started = async (wire: McpWire, name: string, args: object) => {
    const params = { name: `orchestrator_${name}`, arguments: args };
    return (await wire.ask('tools/call', params, TASKS)).result;
  };

  const get = async (wire: McpWire, taskId: string) =>
    (await wire.ask('tasks/get', { taskId }, TASKS)).result;

  const until = async (wire: McpWire, taskId: string, status: string) => {
    for (;;) {
      const task = await get(wire, taskId);
      if (task.status === status) return task;
      expect(task.status).toBe('working');
      await wait(LOOK_MS);
    }
  };

  const exists = async (name: string): Promise<void> => {
    while (!existsSync(join(root, name))) await wait(LOOK_MS);
  };

  it('runs a breakdown to its end, over the death of the server', async () => {
    const first = open();
    await first.call('plan_task', PLAN);
    write('hold', '');
    const task = await started(first, 'run', { parent_task_id: 'task_run' });
    expect(task).toMatchObject({ resultType: 'task', status: 'working' });
    await exists('started-one');
    first.process.kill('SIGKILL');
    await first.ended;

    const second = open();
    expect(await get(second, task.taskId)).toMatchObject({ status: 'working' });
    rmSync(join(root, 'hold'));
    const done = await until(second, task.taskId, 'completed');
    expect(done.result.structuredContent).toMatchObject({
      ...{ list: 'breakdown:task_run', status: { counts: { completed: 3 } } },
    });
    expect(await get(second, task.taskId)).toEqual(done);
    const { result } = await second.ask('tasks/cancel', { taskId: task.taskId }, TASKS);
    expect(result).toMatchObject({ resultType: 'complete' });
    expect(await get(second, task.taskId)).toEqual(done);
  });

  it('is cancelled: the agents are ended, their tasks queued again', async () => {
    const wire = open();
    await wire.call('plan_task', PLAN);
    write('hold', '');
    const { taskId } = await started(wire, 'run', { parent_task_id: 'task_run' });
    await exists('started-one');
    await wire.ask('tasks/cancel', { taskId }, TASKS);
    expect(await get(wire, taskId)).toMatchObject({ status: 'cancelled' });
    const { structuredContent } = await wire.call('get_status');
    expect(structuredContent).toMatchObject({ summary: { ready: 1, blocked: 2 } });
  });

  it('answers who takes no task at once, with what to poll', async () => {
    const wire = open();
    await wire.call('plan_task', PLAN);
    const { structuredContent } = await wire.call('run', { parent_task_id: 'task_run' });
    expect(structuredContent).toMatchObject({ started: true, list: 'breakdown:task_run' });
    expect(structuredContent.next).toContain('orchestrator_get_status');
    for (;;) {
      const { structuredContent: status } = await wire.call('get_status', {
        ...{ parent_task_id: 'task_run' },
      });
      if (status.summary.completed === 3) break;
      await wait(LOOK_MS);
    }
  });

  it.each([
    { wrong: false, outcome: 'succeeded' },
    { wrong: true, outcome: 'errored' },
  ])('verifies what was finished, and says $outcome', async ({ wrong, outcome }) => {
    const wire = open();
    const subtasks = [{ task_id: 'one', title: 'One', verify: 'sh check.sh' }];
    await wire.call('plan_task', { description: 'Checked', subtasks });
    const { claim } = (await wire.call('claim_next')).structuredContent;
    write('hold', '');
    if (wrong) write('wrong', '');
    const task = await started(wire, 'complete_task', { claim, summary: 'done' });
    expect(task).toMatchObject({ resultType: 'task', status: 'working' });
    rmSync(join(root, 'hold'));
    const { result } = await until(wire, task.taskId, 'completed');
    expect(result.structuredContent).toMatchObject({ result: 'ended', outcome });
  });

  it('is told only to who declares the extension, by an id that was given', async () => {
    const wire = open();
    await wire.call('plan_task', PLAN);
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      const undeclared = await wire.ask(method, { taskId: 'x' });
      expect(undeclared.error).toMatchObject({ code: -32_021 });
      const made = Buffer.from(root).toString('base64url');
      for (const taskId of ['x', `${'0'.repeat(32)}.${made}`, `a.${'Lw'}`]) {
        const unknown = await wire.ask(method, { taskId }, TASKS);
        expect(unknown.error).toMatchObject({ code: -32_602 });
      }
    }
  });
});
