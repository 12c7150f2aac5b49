import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../chaos/pawl-process.ts';
import { CliProject, listOf } from './cli-project.ts';

describe('a person’s verbs while a list runs', () => {
  let project: CliProject;
  beforeEach(() => {
    project = new CliProject(listOf(['A'], ['B'], ['C']));
  });
  afterEach(() => project.remove());

  it('pause starts nothing new, resume goes on', async () => {
    project.hold('A');
    const run = project.run();
    await project.agentsBegun('A');
    expect((await project.pawl('pause')).code).toBe(0);
    project.release('A');
    await until('A', () => project.statuses()['A'] === 'completed');
    expect((await project.json('why', 'B')).data.why).toContain('paused');
    expect(project.statuses()).toEqual({ A: 'completed', B: 'queued', C: 'queued' });
    expect((await project.pawl('resume')).code).toBe(0);
    expect((await run.end()).code).toBe(0);
  });

  it('stop ends the agents and the run; what ran is queued, uncharged', async () => {
    project.hold('A');
    const run = project.run();
    await project.agentsBegun('A');
    const stopped = await project.json('stop');
    expect(stopped).toMatchObject({ code: 0, data: { stillRunning: [] } });
    expect((await run.end()).code).toBe(4);
    expect(project.rows("SELECT attempts FROM task_queue WHERE task_id = 'A'")).toEqual([
      { attempts: 0 },
    ]);
    await project.nothingLeft();
  });

  it.each([
    ['cancel', [], 'cancelled'],
    ['skip', ['--reason', 'not needed'], 'skipped'],
  ] as const)('%s ends the agent of a living run, soon', async (verb, more, status) => {
    project.hold('A');
    const run = project.run();
    await project.agentsBegun('A');
    const before = performance.now();
    const changed = await project.json(verb, 'A', ...more);
    expect(changed).toMatchObject({ code: 0, data: { kind: 'changed', task: { status } } });
    expect(performance.now() - before).toBeLessThan(8_000);
    expect((await run.end()).code).toBe(0);
    expect(project.statuses()).toEqual({ A: status, B: 'completed', C: 'completed' });
  });

  it('cancel ends the agent itself when the run was killed', async () => {
    project.hold('A');
    const run = project.run();
    await project.agentsBegun('A');
    await run.kill();
    expect((await project.json('why', 'A')).data.why).toContain('is gone');
    const changed = await project.json('cancel', 'A');
    expect(changed).toMatchObject({ code: 0, data: { task: { status: 'cancelled' } } });
    await project.nothingLeft();
    expect(project.read('tasks.md')).toContain('| A | Do A | P2 |  | [-] |');
  });

  it('stop ends the agents itself when the run was killed', async () => {
    project.hold('A', 'B');
    const run = project.run('--concurrency', '2');
    await project.agentsBegun('A', 'B');
    await run.kill();
    expect((await project.pawl('stop')).code).toBe(0);
    await project.nothingLeft();
    expect(project.statuses()).toEqual({ A: 'queued', B: 'queued', C: 'queued' });
  });

  it('logs -f follows an agent to its end', async () => {
    project.hold('A');
    const run = project.run();
    await project.agentsBegun('A');
    const logs = project.start(['logs', 'A', '-f']);
    await until('its first line', () => logs.said.includes('hello from A'));
    expect(logs.over).toBe(false);
    project.release('A');
    expect((await logs.end()).out).toBe('hello from A\ngood-bye from A\n');
    await run.end();
  });

  it('retry and run finish what failed, and bring back what was skipped for it', async () => {
    project.write('tasks.md', listOf(['A'], ['B', 'P2', 'A']));
    project.fail('A');
    expect((await project.run('--retries', '0').end()).code).toBe(1);
    expect(project.statuses()).toEqual({ A: 'failed', B: 'skipped' });
    const { rmSync } = await import('node:fs');
    rmSync(project.path('fail/A'));
    expect((await project.pawl('retry', 'A')).code).toBe(0);
    expect((await project.start(['run', 'tasks.md']).end()).code).toBe(0);
    expect(project.statuses()).toEqual({ A: 'completed', B: 'completed' });
  });
});
