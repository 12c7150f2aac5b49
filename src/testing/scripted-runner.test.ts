import { describe, expect, it } from 'vitest';
import type { ProgramSpec } from '../agents/runner.ts';
import type { ProgramScript } from './program-script.ts';
import { simulate } from './simulation.ts';

const SPEC: ProgramSpec = {
  folder: '/attempts/1',
  argv: ['agent'],
  cwd: '/',
  env: {},
  stdin: 'do it',
  timeoutMs: 60_000,
  killGraceMs: 2_000,
  outputBytesMax: 1_000,
};
const LIMITS = { killGraceMs: 2_000 };

function host(script: ProgramScript = {}) {
  const simulation = simulate();
  const programs = simulation.programs(() => script);
  const process = simulation.startProcess();
  return { simulation, programs, process, runner: programs.runnerOf(process) };
}

describe('a scripted program', () => {
  it('takes its time, says what it says, reports, and ends with its code', async () => {
    const { simulation, runner } = host({
      takesMs: 5_000,
      code: 3,
      output: 'hello\n',
      result: { summary: 'tried' },
    });
    const program = await simulation.settle(runner.start(SPEC));
    expect(await program.outputTail(4)).toBe('llo\n');
    expect(simulation.files.text('/attempts/1/result.json')).toBe(null);
    const exit = await simulation.settle(program.exited);
    expect(exit).toMatchObject({ kind: 'exited', code: 3, signal: null, timedOut: false });
    expect(simulation.elapsedMs).toBe(5_000);
    expect(simulation.files.text('/attempts/1/result.json')).toBe('{"summary":"tried"}');
    expect(simulation.files.text('/attempts/1/prompt.md')).toBe('do it');
  });

  it('is ended at its timeout, and killed when it ignores that', async () => {
    for (const [onTerm, signal, afterMs] of [
      ['ends', 'SIGTERM', 60_005],
      ['ignores', 'SIGKILL', 62_000],
    ] as const) {
      const { simulation, runner } = host({ takesMs: Number.POSITIVE_INFINITY, onTerm });
      const program = await simulation.settle(runner.start(SPEC));
      const exit = await simulation.settle(program.exited);
      expect(exit).toMatchObject({ kind: 'exited', signal, timedOut: true });
      expect(simulation.elapsedMs).toBe(afterMs);
    }
  });

  it('outlives the process that started it, and is adopted by another', async () => {
    const { simulation, programs, process, runner } = host({ takesMs: 10_000 });
    await simulation.settle(runner.start(SPEC));
    process.kill();
    await simulation.run(1_000);
    const next = programs.runnerOf(simulation.startProcess());
    const adoption = await simulation.settle(next.adopt(SPEC.folder, LIMITS));
    if (adoption.kind !== 'running') throw new Error(`not running but ${adoption.kind}`);
    expect(await simulation.settle(adoption.program.exited)).toMatchObject({ code: 0 });
    expect(await simulation.settle(next.adopt(SPEC.folder, LIMITS))).toMatchObject({
      kind: 'ended',
    });
    expect(programs.runs).toHaveLength(1);
  });

  it('is never run in a folder that was declared never started', async () => {
    const { simulation, programs, runner } = host();
    const adoption = await simulation.settle(runner.adopt(SPEC.folder, LIMITS));
    expect(adoption).toEqual({ kind: 'never-started' });
    const program = await simulation.settle(runner.start(SPEC));
    expect(await program.exited).toMatchObject({ kind: 'not-started' });
    expect(programs.runs).toEqual([]);
  });

  it('is lost when its attendant dies, and when the host restarts', async () => {
    const lost = host({ takesMs: 1_000, fate: 'is-lost' });
    const program = await lost.simulation.settle(lost.runner.start(SPEC));
    expect(await lost.simulation.settle(program.exited)).toMatchObject({ kind: 'lost' });

    const { simulation, programs, runner } = host({ takesMs: 60_000 });
    await simulation.settle(runner.start(SPEC));
    simulation.processes.reboot();
    const next = programs.runnerOf(simulation.startProcess());
    expect(await simulation.settle(next.adopt(SPEC.folder, LIMITS))).toMatchObject({
      kind: 'ended',
      exit: { kind: 'lost' },
    });
  });

  it('goes on unseen when it is left, and ends when its folder is ended', async () => {
    const { simulation, programs, runner } = host({ takesMs: 60_000 });
    const program = await simulation.settle(runner.start(SPEC));
    program.leave();
    let seen = false;
    void program.exited.then(() => {
      seen = true;
    });
    await simulation.settle(runner.endByFolder(SPEC.folder, 100));
    expect(programs.living).toEqual([]);
    expect(programs.runs[0]?.exit).toMatchObject({ signal: 'SIGTERM' });
    expect(seen).toBe(false);
  });
});
