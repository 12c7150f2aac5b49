import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChaosProject, freeTasks } from '../chaos/chaos-project.ts';
import { until } from '../chaos/pawl-process.ts';
import { query } from '../chaos/verdict.ts';

const QUICK = { PAWL_KILL_GRACE: '300ms' };

let project: ChaosProject;

beforeEach(() => {
  project = new ChaosProject(freeTasks(1));
});

afterEach(async () => {
  await project.remove();
});

function agent(script: string): void {
  writeFileSync(join(project.root, 'agent.sh'), script);
}

function attempts(): readonly { outcome: string; error: string | null }[] {
  return query(project.database, 'SELECT outcome, error FROM task_attempts ORDER BY fence');
}

function status(): string | undefined {
  return query<{ status: string }>(project.database, 'SELECT status FROM task_queue')[0]?.status;
}

/** The folder of the only attempt. */
function attemptFolder(): string {
  const attemptsDir = join(project.stateDir, 'attempts');
  const [task = ''] = readdirSync(attemptsDir);
  return join(attemptsDir, task, '1');
}

describe('an agent that', () => {
  it('never ends is ended at its timeout, with everything that it started', async () => {
    agent('(while :; do sleep 5; done) & sh -c "sleep 1000 & sleep 1000" & sleep 1000');
    const pawl = project.run({ args: ['--timeout', '1s', '--retries', '0'], env: QUICK });
    expect(await pawl.end()).toMatchObject({ code: 1 });
    expect(attempts()).toEqual([
      { outcome: 'errored', error: expect.stringMatching(/^not done within 1 s/) },
    ]);
    expect(status()).toBe('failed');
    await project.nothingLeft();
  });

  it('ignores SIGTERM, like its children, is killed after the grace', async () => {
    agent(
      "trap '' TERM; (trap '' TERM; while :; do sleep 0.2; done) & while :; do sleep 0.2; done",
    );
    const pawl = project.run({ args: ['--timeout', '1s', '--retries', '0'], env: QUICK });
    expect(await pawl.end()).toMatchObject({ code: 1 });
    expect(attempts()).toEqual([
      { outcome: 'errored', error: expect.stringMatching(/^not done within 1 s/) },
    ]);
    await project.nothingLeft();
  });

  it('floods its output leaves no more than the limit, with its last words', async () => {
    agent('yes flood | head -c 50000000; echo these are my last words');
    const pawl = project.run({ args: ['--output-max', '64KiB'] });
    expect(await pawl.end()).toMatchObject({ code: 0 });
    const sizes = ['output.log', 'output.tail'].map(
      (name) => statSync(join(attemptFolder(), name)).size,
    );
    // One byte more tells that there was more.
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(64 * 1024 + 1);
    const logs = await project.start(['logs', 'T-1']).end();
    expect(logs).toMatchObject({ code: 0, out: expect.stringMatching(/my last words\n$/) });
    await project.nothingLeft();
  });

  it('leaves a child in the background succeeds, and the child is gone', async () => {
    agent('sleep 1000 & echo $! >child; exit 0');
    expect(await project.run({ env: QUICK }).end()).toMatchObject({ code: 0 });
    expect(existsSync(join(project.root, 'child'))).toBe(true);
    expect(status()).toBe('completed');
    await project.nothingLeft();
  });

  it('is stopped past its timeout is ended, and its late result is not accepted', async () => {
    const late = `printf '{"summary":"too late"}' >"$PAWL_RESULT_FILE"; exit 0`;
    agent(`
      [ "$PAWL_ATTEMPT" -gt 1 ] && exit 0
      trap '${late.replaceAll("'", "'\\''")}' TERM
      echo $$ >stopped
      while :; do sleep 0.05; done
    `);
    const pawl = project.run({ args: ['--timeout', '1500ms'], env: { PAWL_KILL_GRACE: '5s' } });
    const pid = (): number => Number(readFileSync(join(project.root, 'stopped'), 'utf8'));
    await until('the agent', () => existsSync(join(project.root, 'stopped')) && pid() > 0);
    process.kill(pid(), 'SIGSTOP');
    expect(await pawl.end()).toMatchObject({ code: 0 });
    expect(attempts().map(({ outcome }) => outcome)).toEqual(['errored', 'succeeded']);
    expect(readFileSync(join(attemptFolder(), 'result.json'), 'utf8')).toContain('too late');
    const [task] = query<{ summary: string | null }>(
      project.database,
      'SELECT result_summary AS summary FROM task_queue',
    );
    expect(task).toEqual({ summary: null });
    await project.nothingLeft();
  });
});
