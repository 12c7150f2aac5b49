import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { attendantArgv } from '../../../src/agents/attendant.ts';
import type { ProgramSpec } from '../../../src/agents/runner.ts';
import type { AttemptBench } from './attempt-bench.ts';
import {
  adoptRunning,
  type Context,
  LIMITS,
  STUBBORN,
  startElsewhereAndKill,
} from './attempt-trial.ts';

export function adoptsPrograms(context: Context): void {
  const { bench, create } = context;

  it('adopts a running program whose starter was killed', async () => {
    const spec = bench.spec('echo one; until [ -e on ]; do sleep 0.05; done; echo two; exit 6');
    const pid = await startElsewhereAndKill(spec);
    const adopted = await adoptRunning(context, spec);
    expect(adopted.attendant.pid).toBe(pid);
    writeFileSync(bench.path('on'), '');
    expect(await adopted.exited).toMatchObject({ kind: 'exited', code: 6 });
    expect(bench.output(spec)).toBe('one\ntwo\n');
  });

  it('ends an adopted program when told to', async () => {
    const spec = bench.spec(STUBBORN, { killGraceMs: 100 });
    await startElsewhereAndKill(spec);
    const adopted = await adoptRunning(context, spec);
    await bench.until('it ignores signals', async () => (await adopted.outputTail(9)) !== '');
    adopted.end();
    expect(await adopted.exited).toMatchObject({ kind: 'exited', signal: 'SIGKILL' });
  });

  it('collects a program that ended while nobody looked', async () => {
    const spec = bench.spec('until [ -e now ]; do sleep 0.05; done; echo late; exit 3');
    await startElsewhereAndKill(spec);
    writeFileSync(bench.path('now'), '');
    await bench.until('it has ended', () => existsSync(join(spec.folder, 'exit')));
    expect(await create(bench.world).adopt(spec.folder, LIMITS)).toMatchObject({
      kind: 'ended',
      exit: { kind: 'exited', code: 3, outputBytes: 5 },
    });
  });

  it('runs nothing for an attempt that was declared never started', async () => {
    const spec = bench.spec('echo ran >late');
    expect(await create(bench.world).adopt(spec.folder, LIMITS)).toEqual({ kind: 'never-started' });
    await startBareAttendant(bench, spec);
    expect(bench.text('late')).toBe('');
    const program = await create(bench.world).start(spec);
    expect(await program.exited).toMatchObject({ kind: 'not-started' });
    expect(bench.text('late')).toBe('');

    // The same attendant, nobody having declared anything: so it is the declaration that counts.
    const control = bench.spec('echo ran >control');
    await startBareAttendant(bench, control);
    expect(bench.text('control')).toBe('ran\n');
  });

  it('lets exactly one of two attendants run the program', async () => {
    const spec = bench.spec('echo ran >>twice');
    await Promise.all([startBareAttendant(bench, spec), startBareAttendant(bench, spec)]);
    expect(bench.text('twice')).toBe('ran\n');
  });

  it('takes an attempt that nobody signed and nobody lives for as never started', async () => {
    const spec = bench.spec('true');
    mkdirSync(spec.folder, { recursive: true });
    writeFileSync(join(spec.folder, 'started'), '');
    expect(await create(bench.world).adopt(spec.folder, LIMITS)).toEqual({ kind: 'never-started' });
  });

  it('stops watching when told to leave, and the program goes on', async () => {
    const spec = bench.spec('until [ -e leave ]; do sleep 0.05; done; exit 2');
    const program = await create(bench.world).start(spec);
    await bench.until('it was started', () => existsSync(join(spec.folder, 'agent')));
    program.leave();
    const seen = program.exited.then(() => 'seen');
    const adopted = await adoptRunning(context, spec);
    writeFileSync(bench.path('leave'), '');
    expect(await adopted.exited).toMatchObject({ code: 2 });
    expect(await Promise.race([seen, Promise.resolve('unseen')])).toBe('unseen');
  });
}

/** The attendant without a runner, to its end. */
async function startBareAttendant({ world }: AttemptBench, spec: ProgramSpec): Promise<void> {
  await world.files.makeDirectory(spec.folder);
  await world.files.write(join(spec.folder, 'prompt.md'), spec.stdin);
  const order = { ...spec, bootId: world.processes.bootId, sessionStarter: ['/usr/bin/setsid'] };
  await world.processes.startDetached({ ...spec, argv: attendantArgv(order) }).ended;
}
