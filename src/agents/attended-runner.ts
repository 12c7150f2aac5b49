import type { ProcessIdentity } from '../world/processes.ts';
import { createRealWorld } from '../world/real-world.ts';
import { pause } from '../world/timers.ts';
import type { World } from '../world/world.ts';
import { attemptPaths, readExit, readTaken, type Taken, takeAsVoid } from './attempt-folder.ts';
import { attendantArgv } from './attendant.ts';
import { AttendedProgram } from './attended-program.ts';
import { findProgram } from './program-lookup.ts';
import type {
  Adoption,
  AdoptionLimits,
  ProgramRunner,
  ProgramSpec,
  RunningProgram,
} from './runner.ts';
import { findSessionStarter } from './session-starter.ts';

/** How long an attendant may take from creating `started` to signing it. */
const SIGNED_WITHIN_MS = 10_000;
const SIGNED_LOOK_MS = 20;

/**
 * Runs programs of this host, each beneath an attendant that outlives this process. `world` is this
 * host unless a test simulates one.
 */
export function createAttendedRunner(world: World = createRealWorld()): ProgramRunner {
  return {
    start: (spec) => start(world, spec),
    adopt: (folder, limits) => adopt(world, folder, limits),
    endByFolder: async (folder, killGraceMs) => {
      const adoption = await adopt(world, folder, { killGraceMs });
      if (adoption.kind !== 'running') return;
      adoption.program.end();
      await adoption.program.exited;
    },
  };
}

async function start(world: World, spec: ProgramSpec): Promise<RunningProgram> {
  const { files, processes } = world;
  await files.makeDirectory(spec.folder);
  if ((await readTaken(files, spec.folder)) !== null) {
    return unstarted(world, spec.folder, 'the attempt was taken before');
  }
  await files.write(attemptPaths(spec.folder).prompt, spec.stdin);
  const ready = await readiness(world, spec);
  if (ready.kind === 'unable') return unstarted(world, spec.folder, ready.reason);
  const started = processes.startDetached({
    argv: attendantArgv({ ...spec, bootId: processes.bootId, sessionStarter: ready.starter }),
    cwd: spec.cwd,
    env: spec.env,
  });
  if (started.pid === 0) {
    const { spawnError } = await started.ended;
    return unstarted(world, spec.folder, `the attendant could not be started: ${spawnError}`);
  }
  return new AttendedProgram(world, {
    folder: spec.folder,
    // If it is over already, an identity that is nobody's says so.
    attendant: processes.identify(started.pid) ?? identityOfNobody(world, started.pid),
    killGraceMs: spec.killGraceMs,
    ended: started.ended,
  });
}

/** What the system would say only in the program's output, found out before anything is started. */
async function readiness(
  { files }: World,
  { argv, cwd, env, folder }: ProgramSpec,
): Promise<
  | { readonly kind: 'able'; readonly starter: readonly string[] }
  | { readonly kind: 'unable'; readonly reason: string }
> {
  const where = { path: env['PATH'] ?? '', cwd };
  const unable = (reason: string) => ({ kind: 'unable', reason }) as const;
  if ((await files.facts(cwd))?.kind !== 'directory') return unable(`no such folder: ${cwd}`);
  if ((await findProgram(files, argv[0], where)) === null) {
    return unable(`no executable program: ${argv[0]}`);
  }
  const starter = await findSessionStarter(files, folder, where);
  return starter === null
    ? unable('neither setsid nor perl is installed')
    : { kind: 'able', starter };
}

function unstarted(world: World, folder: string, reason: string): RunningProgram {
  return {
    folder,
    attendant: identityOfNobody(world, 0),
    exited: Promise.resolve({ kind: 'not-started', reason }),
    end: () => undefined,
    leave: () => undefined,
    renew: () => Promise.resolve(),
    outputTail: () => Promise.resolve(''),
  };
}

function identityOfNobody({ processes }: World, pid: number): ProcessIdentity {
  return { pid, startedAt: 'nobody', bootId: processes.bootId };
}

async function adopt(world: World, folder: string, limits: AdoptionLimits): Promise<Adoption> {
  const { files, processes } = world;
  const exit = await readExit(files, folder);
  if (exit !== null) return { kind: 'ended', exit };
  await files.makeDirectory(folder);
  if (await takeAsVoid(files, folder)) return { kind: 'never-started' };
  const attendant = await attendantOf(world, folder);
  if (attendant === null) return { kind: 'never-started' };
  const program = new AttendedProgram(world, {
    folder,
    attendant,
    killGraceMs: limits.killGraceMs,
  });
  if (processes.isAlive(attendant)) return { kind: 'running', program };
  return { kind: 'ended', exit: await program.exited };
}

/** Null when nobody ever started the program, and nobody can any more. */
async function attendantOf(world: World, folder: string): Promise<ProcessIdentity | null> {
  const { clock, files, processes, timers } = world;
  const until = clock.monotonic() + SIGNED_WITHIN_MS;
  for (;;) {
    const taken = await readTaken(files, folder);
    if (taken === null || taken.kind === 'void') return null;
    if (taken.kind === 'attendant') return identityIn(world, folder, taken);
    // Nobody alive: it died between creating the file and signing it, so before it started us one.
    const [someone] = processes.find(folder);
    if (someone === undefined) {
      const again = await readTaken(files, folder);
      if (again?.kind === 'unsigned') return null;
    } else if (clock.monotonic() >= until) {
      return someone; // stopped, perhaps: it can still be watched and ended
    }
    await pause(timers, SIGNED_LOOK_MS);
  }
}

function identityIn(
  world: World,
  folder: string,
  { pid, bootId, startedAt }: Extract<Taken, { kind: 'attendant' }>,
): ProcessIdentity {
  if (startedAt !== null) return { pid, bootId, startedAt };
  const alive = bootId === world.processes.bootId ? world.processes.find(folder) : [];
  return alive.find((one) => one.pid === pid) ?? { ...identityOfNobody(world, pid), bootId };
}
