import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChaosProject, freeTasks } from '../chaos/chaos-project.ts';
import { type PawlProcess, until } from '../chaos/pawl-process.ts';
import { query } from '../chaos/verdict.ts';

const TASKS = 3;
const QUICK = { PAWL_KILL_GRACE: '500ms' };

let project: ChaosProject;

beforeEach(() => {
  project = new ChaosProject(freeTasks(TASKS));
  project.pace(600);
});

afterEach(async () => {
  await project.remove();
});

type Holder = 'a living holder' | 'a killed holder';

/** All tasks are at work; with a killed holder, nobody watches over them. */
async function running(holder: Holder): Promise<PawlProcess> {
  const pawl = project.run({ env: QUICK });
  await until('the agents', () => starts() === TASKS);
  if (holder === 'a killed holder') await pawl.kill();
  return pawl;
}

function starts(taskId?: string): number {
  const begun = project.agents().filter((line) => line.kind === 'start');
  return begun.filter((line) => taskId === undefined || line.taskId === taskId).length;
}

function task(taskId: string): { status: string; attempts: number; reason: string | null } {
  const rows = query<{ taskId: string; status: string; attempts: number; reason: string | null }>(
    project.database,
    'SELECT task_id AS taskId, status, attempts, status_reason AS reason FROM task_queue',
  );
  const found = rows.find((row) => row.taskId === taskId);
  if (found === undefined) throw new Error(`no ${taskId}`);
  const { status, attempts, reason } = found;
  return { status, attempts, reason };
}

async function command(...words: readonly string[]): Promise<void> {
  const end = await project.start(words, { env: QUICK }).end();
  expect(end, `${end.err}${end.out}`).toMatchObject({ code: 0 });
}

/** The other tasks go on, under the eyes of whoever watches. */
function expectOthersUndisturbed(taskId: string): void {
  expect(project.livingAgents()).toBe(TASKS - 1);
  for (const { id } of project.tasks) {
    expect(starts(id)).toBe(1);
    if (id !== taskId) expect(task(id).status).toBe('running');
  }
}

/** A task that nobody holds back is marked by whoever changed it. */
async function marked(taskId: string, mark: string): Promise<void> {
  const line = new RegExp(`^\\| ${taskId} \\|.*\\| \\[${mark}\\] \\|$`, 'm');
  await until('its mark', () => line.test(readFileSync(project.list, 'utf8')));
}

describe.each<Holder>(['a living holder', 'a killed holder'])('with %s', (holder) => {
  it('stop ends the agents, and queues their tasks uncharged', async () => {
    const pawl = await running(holder);
    await command('stop');
    await until('the end of all agents', () => project.livingAgents() === 0);
    expect(task('T-1')).toMatchObject({ status: 'queued', attempts: 0 });
    if (holder === 'a living holder') expect((await pawl.end()).code).toBe(4);
    await project.nothingLeft();
    project.pace(0.1);
    expect(await project.run().end()).toMatchObject({ code: 0 });
    expect(starts()).toBe(2 * TASKS);
  });

  it('cancel ends the one agent, and the task is cancelled', async () => {
    await running(holder);
    await command('cancel', 'T-1', '--reason', 'not needed');
    await until('its status', () => task('T-1').status === 'cancelled');
    expect(task('T-1').reason).toBe('not needed');
    expectOthersUndisturbed('T-1');
    await marked('T-1', '-');
  });

  it('skip ends the one agent, and the task is skipped with its reason', async () => {
    await running(holder);
    await command('skip', 'T-2', '--reason', 'done by hand');
    await until('its status', () => task('T-2').status === 'skipped');
    expect(task('T-2').reason).toBe('done by hand');
    expectOthersUndisturbed('T-2');
    await marked('T-2', '-');
  });

  it('requeue ends the one agent, and the task runs again, uncharged', async () => {
    await running(holder);
    project.pace(0.1);
    await command('requeue', 'T-3');
    if (holder === 'a killed holder') {
      expect(project.livingAgents()).toBe(TASKS - 1);
      expect(task('T-3')).toMatchObject({ status: 'queued', attempts: 0 });
      project.run({ env: QUICK });
    }
    await until('its second end', () => task('T-3').status === 'completed');
    expect(task('T-3').attempts).toBe(1);
    expect(starts('T-3')).toBe(2);
    expect(starts()).toBe(TASKS + 1);
    expect(project.livingAgents()).toBe(TASKS - 1);
  });
});

describe('while a list runs', () => {
  it('pause keeps new tasks from being started until resume', async () => {
    project.pace(2);
    const pawl = project.run({ concurrency: 1 });
    await until('the first agent', () => starts() === 1);
    await command('pause');
    const begun = starts();
    await until('their ends', () => project.agents().length === 2 * begun);
    await until('their outcomes', () => task(`T-${begun}`).status === 'completed');
    await until('a look at the queue', () => /executor:paused/.test(pawl.said));
    expect(starts()).toBe(begun);
    expect(begun).toBeLessThan(TASKS);
    expect(pawl.over).toBe(false);
    project.pace(0.1);
    await command('resume');
    expect(await pawl.end()).toMatchObject({ code: 0 });
    expect(starts()).toBe(TASKS);
  });

  it('retry gives a failed task another chance, in the same run', async () => {
    project.failOnce('T-1');
    project.pace(0.1);
    const pawl = project.run({ concurrency: 1, args: ['--retries', '0'] });
    await until('the agent of T-1', () => starts() === 1);
    project.pace(4);
    await until('the failure', () => starts() === 2 && task('T-1').status === 'failed');
    await command('retry', 'T-1');
    project.pace(0.1);
    expect(await pawl.end()).toMatchObject({ code: 0 });
    expect(task('T-1').status).toBe('completed');
    expect(starts('T-1')).toBe(2);
  });
});
