import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Context, LIMITS, STUBBORN, startElsewhereAndKill } from './attempt-trial.ts';

export function losesNothing(context: Context): void {
  const { bench, create } = context;

  it('ends the group of an attendant that was killed, and says it was lost', async () => {
    const spec = bench.spec(`echo $$ >orphan; ${STUBBORN}`, { killGraceMs: 200 });
    const program = await create(bench.world).start(spec);
    const pid = await bench.pidIn('orphan');
    process.kill(program.attendant.pid, 'SIGKILL');
    expect(await program.exited).toMatchObject({ kind: 'lost' });
    expect(bench.isAlive(pid)).toBe(false);
    await bench.nobodySurvives();
  });

  it('says the same to whoever adopts an attempt of a killed attendant', async () => {
    const spec = bench.spec('echo $$ >orphan2; exec sleep 300');
    const attendant = await startElsewhereAndKill(spec);
    const pid = await bench.pidIn('orphan2');
    process.kill(-attendant, 'SIGKILL');
    await bench.until('it is dead', () => !bench.isAlive(attendant));
    expect(bench.isAlive(pid)).toBe(true);
    expect(await create(bench.world).adopt(spec.folder, LIMITS)).toMatchObject({
      kind: 'ended',
      exit: { kind: 'lost' },
    });
    expect(bench.isAlive(pid)).toBe(false);
  });

  it('touches no process that only has the pid of the lost program', async () => {
    const spec = bench.spec('true');
    const bystander = spawn('sleep', ['300'], { detached: true });
    mkdirSync(spec.folder, { recursive: true });
    const stat = execFileSync('cat', [`/proc/${bystander.pid}/stat`], { encoding: 'utf8' });
    const ticks = stat.split(' ')[21] ?? '';
    const earlier = stat.replace(` ${ticks} `, ` ${Number(ticks) - 1} `);
    const boot = bench.world.processes.bootId;
    writeFileSync(join(spec.folder, 'started'), `4194303 ${boot} ${stat}`);
    writeFileSync(join(spec.folder, 'agent'), earlier);
    expect(await create(bench.world).adopt(spec.folder, LIMITS)).toMatchObject({ kind: 'ended' });
    expect(bystander.exitCode ?? bystander.signalCode).toBe(null);

    // With its true start it would have been taken for the program: it is the start that counts.
    writeFileSync(join(spec.folder, 'agent'), stat);
    const ended = once(bystander, 'exit');
    await create(bench.world).adopt(spec.folder, LIMITS);
    expect(await ended).toEqual([null, 'SIGTERM']);
  });

  it('takes an exit record that is not whole for none', async () => {
    for (const record of ['', 'exited', 'exited 0 signal none timeout no tail 1', 'garbage\n']) {
      const spec = bench.spec('true');
      mkdirSync(spec.folder, { recursive: true });
      const boot = bench.world.processes.bootId;
      writeFileSync(join(spec.folder, 'started'), `4194303 ${boot} 4194303 (sh) R\n`);
      writeFileSync(join(spec.folder, 'exit'), record);
      expect(await create(bench.world).adopt(spec.folder, LIMITS)).toMatchObject({
        kind: 'ended',
        exit: { kind: 'lost' },
      });
    }
  });

  it('keeps the record when the attendant gets the signals of a closing session', async () => {
    const spec = bench.spec('echo up; until [ -e close ]; do sleep 0.05; done; echo end; exit 5');
    const program = await create(bench.world).start(spec);
    await bench.until('it is up', async () => (await program.outputTail(9)) === 'up\n');
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
      process.kill(-program.attendant.pid, signal);
    }
    writeFileSync(bench.path('close'), '');
    expect(await program.exited).toMatchObject({ kind: 'exited', code: 5, timedOut: false });
    expect(bench.output(spec)).toBe('up\nend\n');
  });
}
