import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../chaos/pawl-process.ts';
import { CliProject, listOf } from './cli-project.ts';

describe('a run and what happens to it', () => {
  let project: CliProject;
  beforeEach(() => {
    project = new CliProject(listOf(['A'], ['B'], ['C', 'P2', 'A']));
  });
  afterEach(() => project.remove());

  const starts = (taskId: string): number =>
    project.runs().filter((line) => line.startsWith(`start ${taskId} `)).length;

  it('the first Ctrl-C leaves the agents behind, and the next run collects them', async () => {
    project.hold('A', 'B');
    const run = project.run('--concurrency', '2');
    await project.agentsBegun('A', 'B');
    run.signal('SIGINT');
    const { code, out } = await run.end();
    expect(code).toBe(130);
    expect(out).toContain('2 agents go on without us');
    expect(out).toContain('pawl run tasks.md');
    project.release('A', 'B');
    expect((await project.run().end()).code).toBe(0);
    expect([starts('A'), starts('B'), starts('C')]).toEqual([1, 1, 1]);
  });

  it('the second one ends the agents, and their tasks are queued uncharged', async () => {
    project.hold('A', 'B');
    const run = project.start(
      ['run', 'tasks.md', '--concurrency', '2', '--agent-command', 'sh agent.sh'],
      { PAWL_INTERRUPT_GRACE: '1m' },
    );
    await project.agentsBegun('A', 'B');
    run.signal('SIGINT');
    await until('the hint', () => run.said.includes('Ctrl-C again'));
    run.signal('SIGINT');
    expect((await run.end()).code).toBe(130);
    expect(project.rows('SELECT status, attempts FROM task_queue WHERE attempts > 0')).toEqual([]);
    expect(project.runs().some((line) => line.startsWith('end'))).toBe(false);
    await project.nothingLeft();
  });

  it('after kill -9 the next run goes on with the options of the last one', async () => {
    project.hold('A', 'B');
    const run = project.run('--concurrency', '2', '--retries', '7');
    await project.agentsBegun('A', 'B');
    await run.kill();
    project.release('A', 'B');
    const again = project.start(['run', 'tasks.md']);
    const { code, err } = await again.end();
    expect(code).toBe(0);
    expect(err).toContain('goes on with the options of the last run');
    expect([starts('A'), starts('B'), starts('C')]).toEqual([1, 1, 1]);
    const [stored] = project.rows('SELECT config_json FROM executor_state');
    expect(JSON.parse(String(stored?.['config_json']))).toMatchObject({
      maxConcurrent: 2,
      retryAttempts: 7,
      agentCommand: ['sh', 'agent.sh'],
    });
  });

  it('a filter holds for its run, and leaves nothing out of a later one', async () => {
    project.write('tasks.md', listOf(['A', 'P1'], ['B', 'P3']));
    expect((await project.run('--min-priority', 'P2').end()).code).toBe(0);
    expect(project.statuses()).toEqual({ A: 'completed', B: 'queued' });
    expect((await project.start(['run', 'tasks.md']).end()).code).toBe(0);
    expect(project.statuses()).toEqual({ A: 'completed', B: 'completed' });
  });

  it('a second run of the same list watches, and goes on when the first one dies', async () => {
    project.hold('A');
    const first = project.run();
    await project.agentsBegun('A');
    const second = project.run();
    await until('the watcher', () => second.said.includes('this one watches'));
    await first.kill();
    project.release('A');
    expect((await second.end()).code).toBe(0);
    expect([starts('A'), starts('B'), starts('C')]).toEqual([1, 1, 1]);
  });

  it('an edited list counts at the next load, with --watch at once', async () => {
    project.hold('A');
    const run = project.run('--watch');
    await project.agentsBegun('A');
    appendFileSync(project.list, '| D | Do D | P2 |  | [ ] |\n');
    await until('the new task', () => 'D' in project.statuses());
    project.release('A');
    expect((await run.end()).code).toBe(0);
    expect(project.statuses()['D']).toBe('completed');
  });

  it('an edit that nobody loaded is told at the end of a run', async () => {
    project.hold('A');
    const run = project.run('--json');
    await project.agentsBegun('A');
    appendFileSync(project.list, '| D | Do D | P2 |  | [ ] |\n');
    project.release('A');
    expect(JSON.parse((await run.end()).out).data.notes).toEqual([
      'tasks.md was edited since it was loaded: 1 added, 0 changed, 0 removed; ' +
        'pawl run tasks.md takes that over',
    ]);
  });

  it('a run after which file and queue say the same has nothing to add', async () => {
    expect(JSON.parse((await project.run('--json').end()).out).data.notes).toEqual([]);
  });

  it('a list that is gone at the end of its run is told', async () => {
    project.hold('C');
    const run = project.run();
    await project.agentsBegun('C');
    rmSync(project.list);
    project.release('C');
    const { code, err } = await run.end();
    expect(code).toBe(0);
    expect(err).toMatch(/tasks\.md could not be loaded again as it is now: the file .* is gone/);
  });

  it('with --watch an edit that cannot be taken changes nothing, and is told', async () => {
    project.hold('A');
    const run = project.run('--watch');
    await project.agentsBegun('A');
    writeFileSync(project.list, 'nothing of a list\n');
    await until('the refusal', () => run.said.includes('the edited list is not taken'));
    project.release('A');
    expect((await run.end()).code).toBe(0);
    expect(project.statuses()).toEqual({ A: 'completed', B: 'completed', C: 'completed' });
  });

  it('--events tells with --json what happens, line by line, before the summary', async () => {
    const { out } = await project.run('--json', '--events').end();
    const kinds = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; data: { kind?: string } });
    expect(kinds.at(-1)?.kind).toBe('run');
    const events = kinds.slice(0, -1).map(({ data }) => data.kind);
    expect(events).toEqual(expect.arrayContaining(['executor:started', 'task:completed']));
  });
});
