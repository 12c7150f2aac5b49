import type { EndSignal, ProcessIdentity } from '../world/processes.ts';
import { pause } from '../world/timers.ts';
import type { World } from '../world/world.ts';
import { readAgent, readExit, readTaken, takeAsVoid } from './attempt-folder.ts';
import type { ProgramExit } from './runner.ts';

/** How often we look whether a group is empty. */
const LOOK_MS = 50;
/** A process that SIGKILL has not ended after this long waits for a disk; it will run no more. */
const KILLED_WITHIN_MS = 5000;

/**
 * What there is to say of an attempt whose attendant is gone and left no record: end whatever it
 * left behind, so that a new attempt never runs beside the old one, and only then answer.
 */
export async function endRemains(
  world: World,
  attempt: {
    readonly folder: string;
    readonly attendant: ProcessIdentity;
    readonly killGraceMs: number;
  },
): Promise<ProgramExit> {
  const { folder, attendant, killGraceMs } = attempt;
  const { files, processes } = world;
  if (await takeAsVoid(files, folder)) {
    return { kind: 'not-started', reason: 'the attendant was ended before it took the attempt' };
  }
  const taken = await readTaken(files, folder);
  if (taken?.kind !== 'attendant' || taken.pid !== attendant.pid) {
    return { kind: 'not-started', reason: 'the attempt was taken before the attendant came to it' };
  }
  if (attendant.bootId !== processes.bootId) {
    return { kind: 'lost', reason: 'the host was restarted' };
  }
  // Its own processes first: until it has a group of its own, the program is one of them, and
  // after that its pid is on disk.
  if (processes.identify(attendant.pid) === null) {
    processes.signalGroup(attendant.pid, 'SIGKILL');
  }
  const groupId = await signalAgent(world, folder, attendant.bootId, ['SIGTERM', 'SIGCONT']);
  if (groupId !== null && !(await isEmptyWithin(world, groupId, killGraceMs))) {
    processes.signalGroup(groupId, 'SIGKILL');
    await isEmptyWithin(world, groupId, KILLED_WITHIN_MS);
  }
  // Between our first look and the signals it may have come to its record after all.
  return (
    (await readExit(files, folder)) ?? {
      kind: 'lost',
      reason: 'the attendant died and left no record',
    }
  );
}

/**
 * Signal the group of the attempt's program; the group's number, or null when there is none (left).
 * Never another's: a pid that has another start by now is not ours, and while a group exists the
 * system gives its number to no new process.
 */
export async function signalAgent(
  { files, processes }: World,
  folder: string,
  bootId: string,
  signals: readonly EndSignal[],
): Promise<number | null> {
  const agent = await readAgent(files, folder);
  if (agent === null || bootId !== processes.bootId) return null;
  const now = processes.identify(agent.pid);
  const isAnother = now !== null && agent.startedAt !== null && now.startedAt !== agent.startedAt;
  if (isAnother || !processes.isGroupAlive(agent.pid)) return null;
  for (const signal of signals) processes.signalGroup(agent.pid, signal);
  return agent.pid;
}

async function isEmptyWithin(world: World, groupId: number, limitMs: number): Promise<boolean> {
  const { clock, processes, timers } = world;
  const until = clock.monotonic() + limitMs;
  while (processes.isGroupAlive(groupId)) {
    if (clock.monotonic() >= until) return false;
    await pause(timers, LOOK_MS);
  }
  return true;
}
