import { existsSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { CHECKPOINTS, type Checkpoint } from '../../src/world/world.ts';
import type { ChaosProject } from './chaos-project.ts';
import { type PawlProcess, until } from './pawl-process.ts';
import type { SeededRandom } from './seeded-random.ts';
import { query } from './verdict.ts';

export interface StormPlan {
  readonly perPoint: number;
  readonly atRandom: number;
}

export interface StormReport {
  /** Kills at each checkpoint, and at random moments. */
  readonly kills: ReadonlyMap<Checkpoint | 'random', number>;
  /** Kills while two or more agents were alive. */
  readonly crowded: number;
  readonly total: number;
}

/** Where a run can be killed: artifacts, which it has none of, have `artifact-killed.test.ts`. */
export const RUN_CHECKPOINTS = CHECKPOINTS.filter((point) => !point.startsWith('artifact-'));
/** A run that does not come to its checkpoint within this time is killed where it is. */
const COME_BY_MS = 6_000;
/** Come to in every run, also while all agents are at work and nothing ends. */
const ANYTIME: readonly (Checkpoint | 'random')[] = ['random', 'before-commit', 'after-commit'];

/**
 * Run a list and kill the run, again and again, until the plan is fulfilled or the list complete.
 * Agents end only by tickets, which are given out so that the list lasts as long as the kills.
 */
export async function killStorm(
  project: ChaosProject,
  plan: StormPlan,
  random: SeededRandom,
): Promise<StormReport> {
  const kills = new Map<Checkpoint | 'random', number>();
  const wanted = new Map<Checkpoint | 'random', number>([
    ...RUN_CHECKPOINTS.map((point) => [point, plan.perPoint] as const),
    ['random', plan.atRandom],
  ]);
  const planned = [...wanted.values()].reduce((sum, count) => sum + count, 0);
  let crowded = 0;
  let total = 0;
  let tickets = 0;
  project.closeGate();
  for (;;) {
    const owed = [...wanted].flatMap(([point, count]) =>
      Array.from({ length: Math.max(0, count - (kills.get(point) ?? 0)) }, () => point),
    );
    if (owed.length === 0) break;
    const point = random.pick(owed);
    const due = project.tasks.length * (1 - owed.length / planned);
    if (ANYTIME.includes(point) ? tickets < due - 2 : nothingToDo(project)) {
      project.giveTicket();
      tickets += 1;
    }
    const where = await killOnce(project, point, random);
    if (where === 'survived') break;
    kills.set(where, (kills.get(where) ?? 0) + 1);
    total += 1;
    if (project.livingAgents() >= 2) crowded += 1;
  }
  project.openGate();
  return { kills, crowded, total };
}

/** Every attempt has its agent at work: there is nothing to collect, to start or to mark. */
function nothingToDo(project: ChaosProject): boolean {
  if (!existsSync(project.database)) return false;
  const [held] = query<{ running: number }>(
    project.database,
    "SELECT count(*) AS running FROM task_queue WHERE status = 'running'",
  );
  return held !== undefined && held.running > 0 && held.running === project.livingAgents();
}

/** `survived`: the list was complete before it came to the kill. */
async function killOnce(
  project: ChaosProject,
  point: Checkpoint | 'random',
  random: SeededRandom,
): Promise<Checkpoint | 'random' | 'survived'> {
  const before = project.carriedOut().length;
  const pawl = project.run(
    point === 'random'
      ? {}
      : { orders: [{ at: point, nth: reachOf(point, random), signal: 'SIGKILL' }] },
  );
  if (point === 'random') await anyMoment(pawl, random);
  else await come(pawl);
  const { code, signal, err } = await pawl.kill();
  if (signal === 'SIGKILL') {
    return project.carriedOut().length > before ? (point as Checkpoint) : 'random';
  }
  if (code !== 0) throw new Error(`pawl run ended with ${code}:\n${err}`);
  return 'survived';
}

/** In a third of all cases while it starts, else while it works. */
async function anyMoment(pawl: PawlProcess, random: SeededRandom): Promise<void> {
  if (random.next() > 0.3) await until('a first word', () => pawl.over || pawl.said !== '');
  await after(random.between(0, 600));
}

async function come(pawl: PawlProcess): Promise<void> {
  try {
    await until('the kill', () => pawl.over, COME_BY_MS);
  } catch {
    return; // there was nothing to do at that point just then: killed where it is
  }
}

/** Commits are come to many times in a run, the others a few times. */
function reachOf(point: Checkpoint, random: SeededRandom): number {
  if (ANYTIME.includes(point)) return random.between(1, 12);
  return random.next() < 0.85 ? 1 : 2;
}
