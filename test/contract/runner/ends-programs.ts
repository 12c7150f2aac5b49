import { expect, it } from 'vitest';
import { type Context, exitedOf, run, STUBBORN } from './attempt-trial.ts';

export function endsPrograms(context: Context): void {
  const { bench, create } = context;

  it('ends the whole group at the timeout, also when it ignores SIGTERM', async () => {
    const spec = bench.spec(STUBBORN, { timeoutMs: 700, killGraceMs: 300 });
    expect(await run(context, spec)).toMatchObject({
      ...{ code: 137, signal: 'SIGKILL', timedOut: true },
    });
    await bench.nobodySurvives();
  });

  it('gives a program its grace to end well at the timeout', async () => {
    const spec = bench.spec('trap "echo bye; exit 9" TERM; while :; do sleep 0.1; done', {
      timeoutMs: 700,
    });
    expect(await run(context, spec)).toMatchObject({ code: 9, timedOut: true });
    expect(bench.output(spec)).toMatch(/bye\n$/);
  });

  it('ends what a program leaves behind in its group', async () => {
    const spec = bench.spec('sleep 300 & echo $! >left; exit 0');
    expect(await run(context, spec)).toMatchObject({ code: 0, signal: null });
    expect(bench.isAlive(await bench.pidIn('left'))).toBe(false);
  });

  it('does not wait for a process that escaped with the output', async () => {
    const script =
      'setsid sh -c "echo \\$\\$ >escaped; exec sleep 300" & until [ -s escaped ]; do :; done';
    expect(await run(context, bench.spec(`${script}; echo over`))).toMatchObject({ code: 0 });
    process.kill(await bench.pidIn('escaped'), 'SIGKILL');
  });

  it('ends a program when told to, once however often', async () => {
    const spec = bench.spec(
      'trap "echo asked >>asked; exit 8" TERM; echo up; while :; do sleep 0.1; done',
    );
    const program = await create(bench.world).start(spec);
    await bench.until('it is up', async () => (await program.outputTail(9)) === 'up\n');
    for (let times = 0; times < 3; times += 1) program.end();
    expect(await program.exited).toMatchObject({ kind: 'exited', code: 8, timedOut: false });
    expect(bench.text('asked')).toBe('asked\n');
  });

  it('ends a program that was started only just now', async () => {
    const programs = await Promise.all(
      [1, 2, 3, 4].map(() => create(bench.world).start(bench.spec('exec sleep 300'))),
    );
    for (const program of programs) program.end();
    for (const program of programs) {
      const exit = await program.exited;
      // Before the attendant took the attempt nothing is started; after that it is a SIGTERM, or in
      // the moment before the program has a session of its own the attendants' own signal.
      if (exit.kind === 'not-started') continue;
      expect(exitedOf(exit).signal).toMatch(/^SIG(TERM|USR1)$/);
    }
  });

  it('ends a program that is stopped', async () => {
    const program = await create(bench.world).start(bench.spec('echo $$ >stopped; kill -STOP $$'));
    await bench.pidIn('stopped');
    program.end();
    expect(await program.exited).toMatchObject({ kind: 'exited', signal: 'SIGTERM' });
  });

  it('ends what another process started, by the folder alone', async () => {
    const spec = bench.spec('echo $$ >other; exec sleep 300');
    const program = await create(bench.world).start(spec);
    const pid = await bench.pidIn('other');
    await create(bench.world).endByFolder(spec.folder, 5_000);
    expect(bench.isAlive(pid)).toBe(false);
    expect(await program.exited).toMatchObject({ kind: 'exited', signal: 'SIGTERM' });
  });
}
