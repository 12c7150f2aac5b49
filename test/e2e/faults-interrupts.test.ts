import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChaosProject, freeTasks } from '../chaos/chaos-project.ts';
import { until } from '../chaos/pawl-process.ts';
import { damageOf, query } from '../chaos/verdict.ts';

const TASKS = 4;

let project: ChaosProject;

beforeEach(() => {
  project = new ChaosProject(freeTasks(TASKS));
  project.pace(2);
});

afterEach(async () => {
  await project.remove();
});

/** A run with two agents at work. */
async function running(env: Readonly<Record<string, string>> = {}) {
  const pawl = project.run({ concurrency: 2, env });
  await until('two agents', () => starts() === 2);
  return pawl;
}

function starts(): number {
  return project.agents().filter((line) => line.kind === 'start').length;
}

function tasks(): readonly { status: string; attempts: number }[] {
  return query(project.database, 'SELECT status, attempts FROM task_queue ORDER BY position');
}

async function finishes(): Promise<void> {
  project.pace(0.1);
  expect(await project.run().end()).toMatchObject({ code: 0 });
  await project.nothingLeft();
}

describe('Ctrl-C', () => {
  it('once: nothing new is started, what runs is waited for, and a hint is given', async () => {
    const pawl = await running({ PAWL_INTERRUPT_GRACE: '30s' });
    pawl.interrupt();
    await until('the hint', () => /pawl run tasks.md/.test(pawl.said));
    const { code } = await pawl.end();
    expect(code).toBe(130);
    expect(starts()).toBe(2);
    expect(tasks().map((task) => task.status)).toEqual([
      ...['completed', 'completed', 'queued', 'queued'],
    ]);
    await finishes();
    expect(await damageOf(project)).toEqual([]);
  });

  it('once, and the grace is over: the agents go on, and the next run collects them', async () => {
    const pawl = await running({ PAWL_INTERRUPT_GRACE: '100ms' });
    pawl.interrupt();
    const { code, out } = await pawl.end();
    expect(code).toBe(130);
    expect(out).toMatch(/2 agents go on without us/);
    expect(project.livingAgents()).toBe(2);
    await finishes();
    expect(await damageOf(project)).toEqual([]);
    expect(starts()).toBe(TASKS);
  });

  it('twice: the agents are ended, and their tasks are queued uncharged', async () => {
    project.pace(600);
    const pawl = await running({ PAWL_INTERRUPT_GRACE: '30s', PAWL_KILL_GRACE: '500ms' });
    pawl.interrupt();
    await until('the hint', () => /pawl run tasks.md/.test(pawl.said));
    pawl.interrupt();
    expect((await pawl.end()).code).toBe(130);
    await project.nothingLeft();
    expect(tasks()).toEqual(Array(TASKS).fill({ status: 'queued', attempts: 0 }));
    await finishes();
    expect(tasks().map((task) => task.status)).toEqual(Array(TASKS).fill('completed'));
    expect(starts()).toBe(TASKS + 2);
  });

  it('SIGTERM leaves at once, and the agents go on', async () => {
    const pawl = await running();
    pawl.signal('SIGTERM');
    expect((await pawl.end()).code).toBe(130);
    expect(project.livingAgents()).toBe(2);
    await finishes();
    expect(await damageOf(project)).toEqual([]);
    expect(starts()).toBe(TASKS);
  });
});
