import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSystemProcesses } from '../../src/world/system-processes.ts';
import { until } from '../chaos/pawl-process.ts';
import { CliProject, listOf } from './cli-project.ts';

/** Says its process id and fence, and works until it is told to end. */
const WORK = 'echo "$$ $PAWL_LOCK_FENCE $PAWL_LOCK_NAME" >>begun; exec sleep 600';

describe('a command under a lock', () => {
  let project: CliProject;
  beforeEach(async () => {
    project = new CliProject(listOf(['A']));
    project.write('begun', '');
    expect((await project.pawl('init')).code).toBe(0);
  });
  afterEach(() => project.remove());

  const lockRun = (...args: readonly string[]) => project.start(['lock', 'run', 'deploy', ...args]);
  const working = (...options: readonly string[]) => lockRun(...options, '--', 'sh', '-c', WORK);
  const begun = () => project.read('begun').trim().split('\n');
  const lives = (pid: number): boolean => createSystemProcesses().identify(pid) !== null;
  /** The process id and the fence of the nth command that began. */
  async function begin(nth = 1): Promise<readonly [pid: number, fence: number]> {
    await until('a command', () => project.read('begun').split('\n').length > nth);
    const [pid, fence] = (begun()[nth - 1] ?? '').split(' ').map(Number);
    return [pid ?? 0, fence ?? 0];
  }

  it('has its streams and gives its exit code, its fence is one more each time', async () => {
    const said = await lockRun('--', 'sh', '-c', 'echo "$PAWL_LOCK_FENCE"; exit 7').end();
    expect(said).toMatchObject({ code: 7, out: '1\n', err: '' });
    expect((await lockRun('--', 'sh', '-c', 'kill -9 $$').end()).code).toBe(137);
    const missing = await lockRun('--', 'no-such-program', '--json').end();
    expect(missing.code).toBe(127);
    const fence = await lockRun('--', 'sh', '-c', 'echo "$PAWL_LOCK_NAME $PAWL_LOCK_FENCE"').end();
    expect(fence.out).toBe('deploy 4\n');
  });

  it('is not begun while another has the lock: who, since when, and exit code 75', async () => {
    const first = working();
    const [pid, fence] = await begin();
    const second = await lockRun('--wait', '300ms', '--', 'true').end();
    expect(second.code).toBe(75);
    expect(second.err).toContain('waiting for the lock deploy: process ');
    expect(second.err).toMatch(/deploy is locked by process \d+ on this host since \d{4}-/);
    expect((await lockRun('--no-wait', '--', 'true').end()).code).toBe(75);
    const { data } = await project.json('lock', 'list');
    expect(data.locks).toMatchObject([{ name: 'deploy', fence, state: 'held' }]);
    const waiting = lockRun('--', 'echo', 'mine');
    await until('the wait', () => waiting.said.includes('waiting'));
    first.signal('SIGTERM');
    expect((await first.end()).code).toBe(143);
    expect(lives(pid)).toBe(false);
    expect((await waiting.end()).out).toBe('mine\n');
  });

  it('is ended with all that it started when its lock is taken away, and says so', async () => {
    const script = `trap '' TERM; sleep 600 & echo "$! $PAWL_LOCK_FENCE" >>begun; ${WORK}`;
    const run = lockRun('--ttl', '3s', '--', 'sh', '-c', script);
    const [child, fence] = await begin(1);
    const [pid] = await begin(2);
    const release = ['lock', 'release', 'deploy', '--fence'];
    expect((await project.pawl(...release, String(fence + 1))).code).toBe(3);
    expect((await project.pawl(...release, String(fence))).err).toContain('may be at work');
    expect((await project.pawl('lock', 'release', 'deploy')).code).toBe(2);
    expect((await project.pawl(...release, String(fence), '--yes')).code).toBe(0);
    const ended = await run.end();
    expect(ended.code).toBe(76);
    expect(ended.err).toContain('lock_lost');
    expect([pid, child].filter(lives)).toEqual([]);
  });

  it('does not outlive who started it: its lock is had as soon as it is gone', async () => {
    const run = working();
    const [pid, fence] = await begin();
    await run.kill();
    const next = await lockRun('--', 'sh', '-c', 'echo "$PAWL_LOCK_FENCE"').end();
    expect(next.out).toBe(`${fence + 1}\n`);
    expect(lives(pid)).toBe(false);
  });

  it('is asked to end by the signals that its holder gets, and answers them itself', async () => {
    const script = 'trap "exit 5" TERM; echo "$$ 1" >>begun; while :; do sleep 0.1; done';
    const run = lockRun('--', 'sh', '-c', script);
    await begin();
    run.signal('SIGTERM');
    expect((await run.end()).code).toBe(5);
    const { data } = await project.json('lock', 'list');
    expect(data.locks).toMatchObject([{ state: 'free', holder: null }]);
  });

  it('of a wrong name or time, or none at all, is not begun', async () => {
    for (const args of [
      ['--ttl', '1s'],
      ['--wait', 'soon'],
    ]) {
      expect((await lockRun(...args, '--', 'true').end()).code).toBe(2);
    }
    expect((await lockRun().end()).code).toBe(2);
    const elsewhere = await project.start(['lock', 'run', 'x\ty', '--', 'true']).end();
    expect(elsewhere.code).toBe(2);
    expect((await project.pawl('lock', 'release', 'x', '--fence', '1')).err).toContain(
      'lock_not_found',
    );
  });
});
