import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createRealWorld } from '../world/real-world.ts';
import { pause } from '../world/timers.ts';
import { readExit } from './attempt-folder.ts';
import { attendantArgv } from './attendant.ts';
import { perlStarter } from './session-starter.ts';

const world = createRealWorld();
const root = mkdtempSync(join(tmpdir(), 'pawl-attendant-'));
afterAll(() => rmSync(root, { recursive: true }));

const SETSID = ['/usr/bin/setsid', '--'];
const SHELLS = [['/bin/sh'], ['/bin/dash'], ['/bin/bash', '--posix']] as const;

interface Trial {
  readonly shell: readonly [string, ...string[]];
  readonly folder: string;
  readonly script: string;
  readonly timeoutMs?: number;
  readonly leaseMs?: number;
  readonly starter?: readonly string[];
}

/** Start an attendant without a runner; the whole contract runs on /bin/sh. */
function attend({ shell, folder, script, timeoutMs = 60_000, leaseMs, starter = SETSID }: Trial) {
  writeFileSync(join(folder, 'prompt.md'), 'the prompt\n');
  const [, ...rest] = attendantArgv({
    ...{ folder, bootId: 'boot', timeoutMs, killGraceMs: 200, outputBytesMax: 100_000, leaseMs },
    ...{ sessionStarter: starter, argv: ['/bin/sh', '-c', script] },
  });
  const argv = [...shell, ...rest] as [string, ...string[]];
  const env = { PATH: '/usr/bin:/bin' };
  return world.processes.startDetached({ argv, cwd: root, env });
}

function contentOf(folder: string, name: string): string {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

describe.each(SHELLS.filter(([shell]) => existsSync(shell)))('the attendant on %s', (...shell) => {
  const trial = (script: string, more: Partial<Trial> = {}): Trial => ({
    ...{ shell: shell as unknown as Trial['shell'], script, ...more },
    folder: mkdtempSync(join(root, 'attempt-')),
  });

  it('records how the program ended, with its output', async () => {
    const one = trial('cat; echo oops >&2; exit 7');
    await attend(one).ended;
    expect(contentOf(one.folder, 'exit')).toMatch(/^exited 7 signal none timeout no tail \d+\n$/);
    expect(contentOf(one.folder, 'output.log')).toBe('the prompt\noops\n');
    expect(contentOf(one.folder, 'agent')).toMatch(/^\d+ \(.*\) R /);
    expect(contentOf(one.folder, 'started')).toMatch(/^\d+ boot \d+ \(.*\) R /);
  });

  it('ends the program when nobody renews its lease, and says so', async () => {
    const one = trial('sleep 60', { leaseMs: 400 });
    await attend(one).ended;
    expect(await readExit(world.files, one.folder)).toEqual({
      ...{ kind: 'lost', reason: 'nobody renewed its lease' },
    });
    expect(contentOf(one.folder, 'timeout')).toBe('');
  });

  it('lets it go on while its lease is renewed, or while who renews it lives', async () => {
    for (const words of [(n: number) => `${n} same`, (n: number) => `same ${n}`]) {
      const one = trial('sleep 3; exit 5', { leaseMs: 1_200 });
      const { ended } = attend(one);
      let isOver = false;
      void ended.then(() => {
        isOver = true;
      });
      for (let nth = 0; !isOver; nth += 1) {
        writeFileSync(join(one.folder, 'renewed'), `${words(nth)}\n`);
        await pause(world.timers, 40);
      }
      expect(contentOf(one.folder, 'exit')).toMatch(/^exited 5 /);
      expect(existsSync(join(one.folder, 'lapsed'))).toBe(false);
    }
  });

  it('keeps to its timeout also beneath a lease', async () => {
    const one = trial('sleep 60', { leaseMs: 2_000, timeoutMs: 700 });
    writeFileSync(join(one.folder, 'renewed'), 'a b\n');
    await attend(one).ended;
    expect(contentOf(one.folder, 'exit')).toMatch(/ timeout yes /);
  });

  it('ends the program at its timeout, and nothing of its own is left', async () => {
    const one = trial('trap "" TERM; while :; do sleep 0.1; done', { timeoutMs: 500 });
    const { pid, ended } = attend(one);
    await ended;
    expect(contentOf(one.folder, 'exit')).toMatch(/^exited 137 signal KILL timeout yes /);
    while (world.processes.isGroupAlive(pid)) await pause(world.timers, 5);
  });

  it('ends the program when told to', async () => {
    const one = trial('echo up; exec sleep 300');
    const { pid, ended } = attend(one);
    while (contentOf(one.folder, 'output.log') === '') await pause(world.timers, 5);
    // Again and again, as `end()` does: the watcher may not listen yet.
    while (world.processes.signalGroup(pid, 'SIGUSR1')) await pause(world.timers, 50);
    await ended;
    expect(contentOf(one.folder, 'exit')).toMatch(/^exited 143 signal TERM timeout no /);
  });

  it('keeps the tail of a flood', async () => {
    const one = trial('seq 1 100000');
    await attend(one).ended;
    expect(contentOf(one.folder, 'output.log')).toMatch(/^1\n2\n3\n/);
    expect(contentOf(one.folder, 'output.tail')).toMatch(/\n99999\n100000\n$/);
  });

  it.runIf(existsSync('/usr/bin/perl'))('does with perl where there is no setsid', async () => {
    const one = trial('ps -o pid=,pgid=,sid= -p $$');
    await attend({ ...one, starter: perlStarter('/usr/bin/perl', one.folder) }).ended;
    const ids = contentOf(one.folder, 'output.log').trim().split(/\s+/);
    const agent = contentOf(one.folder, 'agent').split(' ')[0];
    expect(ids).toEqual([agent, agent, agent]);
  });

  it('runs nothing when somebody has taken the attempt', async () => {
    const one = trial('echo ran');
    writeFileSync(join(one.folder, 'started'), 'void\n');
    await attend(one).ended;
    expect([contentOf(one.folder, 'agent'), contentOf(one.folder, 'output.log')]).toEqual(['', '']);
  });

  it('runs nothing when it cannot note whom it starts', async () => {
    const one = trial('echo ran');
    symlinkSync('/no/such/folder/agent', join(one.folder, 'agent'));
    await attend(one).ended;
    expect(contentOf(one.folder, 'output.log')).toBe('');
    rmSync(join(one.folder, 'agent'));
    expect(await readExit(world.files, one.folder)).toMatchObject({ kind: 'not-started' });
  });
});
