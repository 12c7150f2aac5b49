import { chmodSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Context, LIMITS, run } from './attempt-trial.ts';

export function runsPrograms(context: Context): void {
  const { bench, create } = context;

  it('tells how a program ended that succeeded', async () => {
    const before = Date.now();
    const spec = bench.spec('echo done');
    const exit = await run(context, spec);
    expect(exit).toMatchObject({ code: 0, signal: null, timedOut: false });
    expect(exit).toMatchObject({ outputBytes: 5, outputTruncated: false });
    expect(bench.output(spec)).toBe('done\n');
    expect(exit.startedAtMs).toBeGreaterThan(before - 1000);
    expect(exit.endedAtMs).toBeGreaterThanOrEqual(exit.startedAtMs);
  });

  it('tells the code of a program that failed', async () => {
    for (const code of [1, 3, 127, 255]) {
      expect(await run(context, bench.spec(`exit ${code}`))).toMatchObject({ code, signal: null });
    }
  });

  it('tells the signal that ended a program', async () => {
    expect(await run(context, bench.spec('kill -KILL $$'))).toMatchObject({
      ...{ code: 137, signal: 'SIGKILL', timedOut: false },
    });
  });

  it('hands over standard input to the byte', async () => {
    const stdin = `Zeile mit Umlaut: ü, "quotes", $(date) and \`ticks\`\n${'x'.repeat(300_000)}`;
    const spec = bench.spec('cat', { stdin });
    await run(context, spec);
    expect(bench.output(spec)).toBe(stdin);
  });

  it('hands over every argument to the byte', async () => {
    const odd = [
      ' two  words ',
      '$(touch bad)',
      '`x`',
      '"\'',
      'a\nb\n',
      '-rf',
      '--',
      '*',
      '',
      'ü;&|',
    ];
    const spec = bench.spec('', { argv: ['printf', '%s\\000', ...odd] });
    await run(context, spec);
    expect(bench.output(spec).split('\0').slice(0, -1)).toEqual(odd);
  });

  it('hands over the environment as it is, whatever names the attendant uses', async () => {
    const env = {
      ...{ PATH: '/usr/bin:/bin:/opt/none', HOME: '/nowhere', PAWL_TASK_ID: 'T1', LC_ALL: 'C' },
      ...{ head: 'h', tail: 't', folder: 'f', code: 'c', LINES: 'a\nb', EMPTY: '' },
    };
    const spec = bench.spec('', { argv: ['env', '-0'], env });
    await run(context, spec);
    const given = Object.fromEntries(
      bench
        .output(spec)
        .split('\0')
        .slice(0, -1)
        .map((line) => line.split(/=(.*)/s, 2)),
    );
    // What a shell adds of itself, at most.
    for (const added of ['PWD', 'OLDPWD', 'SHLVL', '_']) delete given[added];
    expect(given).toEqual(env);
  });

  it.runIf(process.platform === 'linux')('lets no signal be ignored by the program', async () => {
    const spec = bench.spec('', { argv: ['grep', '-E', 'SigIgn|SigBlk', '/proc/self/status'] });
    await run(context, spec);
    expect(bench.output(spec).match(/0{16}/g)).toHaveLength(2);
  });

  it('runs in the given folder, from where a relative program is found', async () => {
    writeFileSync(bench.path('my agent'), '#!/bin/sh\npwd; echo "$1"\n');
    chmodSync(bench.path('my agent'), 0o755);
    const spec = bench.spec('', { argv: ['./my agent', 'x y'] });
    await run(context, spec);
    expect(bench.output(spec)).toBe(`${bench.cwd}\nx y\n`);
  });

  it('says why a program cannot be started', async () => {
    writeFileSync(bench.path('text.txt'), 'not a program');
    const specs = [
      bench.spec('', { argv: ['no-such-program'] }),
      bench.spec('', { argv: ['./text.txt'] }),
      bench.spec('true', { cwd: bench.path('nowhere') }),
      bench.spec('', { argv: ['echo', 'a\0b'] }),
      bench.spec('', { argv: ['echo', 'x'.repeat(4_000_000)] }),
    ];
    for (const spec of specs) {
      const program = await create(bench.world).start(spec);
      expect(await program.exited).toMatchObject({ kind: 'not-started' });
      expect(await create(bench.world).adopt(spec.folder, LIMITS)).toEqual({
        kind: 'never-started',
      });
    }
  });

  it('runs twenty at once', async () => {
    const specs = Array.from({ length: 20 }, (_, index) =>
      bench.spec(`echo ${index}; exit ${index}`),
    );
    const exits = await Promise.all(specs.map((spec) => run(context, spec)));
    expect(exits.map((exit) => exit.code)).toEqual(specs.map((_, index) => index));
    expect(specs.map((spec) => bench.output(spec))).toEqual(specs.map((_, index) => `${index}\n`));
  });
}
