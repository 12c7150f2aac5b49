import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type {
  ProgramExit,
  ProgramRunner,
  ProgramSpec,
  RunningProgram,
} from '../../../src/agents/runner.ts';
import type { World } from '../../../src/world/world.ts';
import type { AttemptBench } from './attempt-bench.ts';

/** What each part of the contract is given. */
export interface Context {
  readonly bench: AttemptBench;
  readonly create: (world: World) => ProgramRunner;
}

export type Exited = Extract<ProgramExit, { kind: 'exited' }>;

export function exitedOf(exit: ProgramExit): Exited {
  expect(exit).toMatchObject({ kind: 'exited' });
  return exit as Exited;
}

export async function run({ bench, create }: Context, spec: ProgramSpec): Promise<Exited> {
  const program = await create(bench.world).start(spec);
  return exitedOf(await program.exited);
}

export const LIMITS = { killGraceMs: 5_000 };

export async function adoptRunning(
  { bench, create }: Context,
  spec: ProgramSpec,
): Promise<RunningProgram> {
  const adoption = await create(bench.world).adopt(spec.folder, LIMITS);
  if (adoption.kind !== 'running') throw new Error(`not running but ${adoption.kind}`);
  return adoption.program;
}

/** A program and a grandchild that both ignore SIGTERM, and say so when they do. */
export const STUBBORN =
  'trap "" TERM; (while :; do sleep 0.2; done) & echo stubborn; while :; do sleep 0.2; done';

/** The pid of the attendant that a process started which was killed right afterwards. */
export async function startElsewhereAndKill(spec: ProgramSpec): Promise<number> {
  const script = fileURLToPath(new URL('./start-and-wait.ts', import.meta.url));
  const starter = spawn(process.execPath, [script, JSON.stringify(spec)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(starter.stdout, 'data')) as [Buffer];
  const ended = once(starter, 'exit');
  starter.kill('SIGKILL');
  await ended;
  return Number(line);
}
