import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createSystemProcesses } from './system-processes.ts';
import { pause, systemTimers } from './timers.ts';

const processes = createSystemProcesses();
const folder = mkdtempSync(join(tmpdir(), 'pawl-processes-'));
const env = { PATH: '/usr/bin:/bin' };
afterAll(() => rmSync(folder, { recursive: true }));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(systemTimers, 5);
}

describe('the processes of this host', () => {
  it('know this process, and keep to the same identity', () => {
    expect(processes.identify(process.pid)).toEqual(processes.self);
    expect(processes.isAlive(processes.self)).toBe(true);
  });

  it('do not take the pid alone for the process', () => {
    const { self } = processes;
    expect(processes.isAlive({ ...self, startedAt: `${self.startedAt}0` })).toBe(false);
    expect(processes.isAlive({ ...self, bootId: 'another' })).toBe(false);
  });

  it('take a zombie for nobody', async () => {
    // The shell becomes a program that does not wait for its child; only then the child may end.
    const script = 'exec 3<&0; read -r line <&3 & echo $!; exec sleep 300';
    const parent = spawn('sh', ['-c', script], { detached: true });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const zombie = Number(line);
    await until(() => readFileSync(`/proc/${parent.pid}/cmdline`, 'latin1').startsWith('sleep'));
    parent.stdin.write('\n');
    await until(() => processes.identify(zombie) === null);
    expect(readFileSync(`/proc/${zombie}/stat`, 'latin1')).toContain(') Z ');
    parent.kill('SIGKILL');
  });

  it('start a program in a session of its own', async () => {
    const argv = ['/bin/sh', '-c', 'ps -o sid= -p $$ >sid; pwd >>sid; exit 3'] as const;
    const started = processes.startDetached({ argv, cwd: folder, env });
    expect(await started.ended).toEqual({ code: 3, signal: null });
    const [session, cwd] = readFileSync(join(folder, 'sid'), 'utf8').split('\n');
    expect([Number(session), cwd]).toEqual([started.pid, folder]);
  });

  it('say when a program could not be started', async () => {
    for (const argv of [['/no/such'], ['echo', 'a\0b']] as const) {
      const started = processes.startDetached({ argv, cwd: folder, env });
      expect(started.pid).toBe(0);
      expect((await started.ended).spawnError).toBeInstanceOf(Error);
    }
  });

  it('find, signal and count the members of a group', async () => {
    const argv = ['/bin/sh', '-c', 'sleep 300 & wait', folder] as const;
    const started = processes.startDetached({ argv, cwd: folder, env });
    // Its `sleep` has the same arguments for the moment between fork and exec.
    expect(processes.find(folder)).toContainEqual(processes.identify(started.pid));
    expect(processes.isGroupAlive(started.pid)).toBe(true);
    expect(processes.signalGroup(started.pid, 'SIGKILL')).toBe(true);
    expect((await started.ended).signal).toBe('SIGKILL');
    await until(() => !processes.isGroupAlive(started.pid));
    expect(processes.signal(started.pid, 'SIGTERM')).toBe(false);
    expect(processes.find(folder)).toEqual([]);
  });

  it('do not keep this process from exiting', () => {
    const module = new URL('./system-processes.ts', import.meta.url).href;
    const script = `
      import { createSystemProcesses } from '${module}';
      const argv = ['sleep', '300'], env = { PATH: '/usr/bin:/bin' };
      console.log(createSystemProcesses().startDetached({ argv, cwd: '/', env }).pid);`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 10_000,
    });
    expect(run.status).toBe(0);
    const pid = Number(run.stdout.toString());
    expect(processes.identify(pid)).not.toBe(null);
    processes.signal(pid, 'SIGKILL');
  });
});
