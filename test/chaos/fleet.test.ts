import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  OWN_SERVER,
  type PostgresServer,
  startPostgresServer,
} from '../support/postgres-server.ts';
import { testDepth } from '../support/test-depth.ts';
import { UNFENCED_PAWL, UNLOCKED_PAWL } from './built-chaos.ts';
import { type ChaosTask, freeTasks } from './chaos-project.ts';
import { Fleet, type FleetWish } from './fleet.ts';
import { crowds, damageOf } from './fleet-damage.ts';
import { calm, dismiss, storm } from './fleet-storm.ts';
import { until } from './pawl-process.ts';
import { SeededRandom } from './seeded-random.ts';
import { damageOfEvents, EVENTS, type EventRow } from './verdict.ts';

const MINUTE_MS = 60_000;
/** Five minutes ahead, behind, and right. */
const SKEWS_MS = [0, 5 * MINUTE_MS, -5 * MINUTE_MS];
const LEASE_MS = 3_000;
const SHORT_LEASE_MS = 1_200;
const CONCURRENCY = 6;
/** The run came to its end; the servers were told to leave. */
const [DONE, TOLD] = [0, 130];

const STORM = testDepth.pick({
  reduced: { hosts: 4, tasks: 40, edges: 54, each: 1, pauseMs: 700, pace: 0.1, limitMs: 90_000 },
  full: {
    ...{ hosts: 8, tasks: 3_000, edges: 4_000, each: 60, pauseMs: 1_500, pace: 0.1 },
    limitMs: 30 * MINUTE_MS,
  },
});

describe.skipIf(!OWN_SERVER)('hosts that share one queue', () => {
  let server: PostgresServer;
  let fleet: Fleet | null = null;

  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterEach(async () => {
    await fleet?.close();
    fleet = null;
  });
  afterAll(async () => await server?.stop());

  const open = async (wish: Partial<FleetWish> & Pick<FleetWish, 'tasks'>): Promise<Fleet> => {
    fleet = await Fleet.open({
      ...{ server, hosts: 2, concurrency: CONCURRENCY, capacity: 3, pace: 0.1 },
      ...{ leaseMs: LEASE_MS, skewsMs: SKEWS_MS, ...wish },
    });
    return fleet;
  };

  it('accept one outcome for each task, whatever becomes of hosts, ways and database', {
    timeout: STORM.limitMs + 2 * MINUTE_MS,
  }, async ({ annotate }) => {
    const random = new SeededRandom(testDepth.seed);
    const { hosts, pace, limitMs } = STORM;
    const tasks = fleetTasks(STORM.tasks, STORM.edges, random);
    const ours = await open({ tasks, hosts, pace });
    for (const host of ours.hosts) host.start();
    await until('a first agent', () => ours.log().lines.length > 0, limitMs);
    const { each, pauseMs } = STORM;
    const tally = await storm({
      ...{ fleet: ours, server, random, leaseMs: LEASE_MS, each, pauseMs, limitMs },
    });
    await calm({ fleet: ours, limitMs });
    expect(await dismiss(ours)).toEqual(ours.hosts.map((_, at) => (at === 0 ? DONE : TOLD)));
    expect(await damageOf(ours, CONCURRENCY)).toEqual([]);
    const { lines } = ours.log();
    const worked = new Set(lines.map(({ pid }) => pid)).size;
    await annotate(`${worked} agents for ${tasks.length} tasks; ${JSON.stringify(tally)}`);
    expect(Math.min(...Object.values(tally))).toBeGreaterThan(0);
  });

  describe('(negative control)', () => {
    /** A host's server stands still with an agent's end in hand; another takes the task. */
    const overtaken = async (script?: string): Promise<readonly string[]> => {
      const ours = await open({
        ...{ tasks: freeTasks(1), leaseMs: SHORT_LEASE_MS },
        ...(script === undefined ? {} : { script }),
      });
      const [first, second] = ours.hosts;
      first?.start([{ at: 'before-finish', nth: 1, signal: 'SIGSTOP' }]);
      await until('an agent that ended, unheard', () => first?.isTroubled === true);
      ours.pace((2 * SHORT_LEASE_MS) / 1_000);
      second?.start();
      await until('the second agent', () => ours.log().lines.length === 3);
      first?.process?.signal('SIGCONT');
      await calm({ fleet: ours, limitMs: MINUTE_MS });
      return await damageOf(ours, CONCURRENCY);
    };

    it('without the fence a host ends what another one works at', async () => {
      expect(await overtaken()).toEqual([]);
      await fleet?.close();
      expect((await overtaken(UNFENCED_PAWL)).join('\n')).toContain('succeeded without an end');
    });

    it('without locks and the second look a task is claimed by several', async () => {
      const wish = {
        tasks: freeTasks(1_000),
        hosts: 4,
        concurrency: 24,
        pace: 0.02,
        leaseMs: SHORT_LEASE_MS,
      };
      const ours = await open({ ...wish, script: UNLOCKED_PAWL });
      const [home, ...others] = ours.hosts;
      home?.start();
      await until('the tables, which are made in turns', () => ours.log().lines.length > 0);
      await home?.kill();
      for (const host of others) host.start();
      const giveUpAt = performance.now() + MINUTE_MS;
      for (let harm = ''; !harm.includes('claimed twice at once'); ) {
        expect(performance.now()).toBeLessThan(giveUpAt);
        harm = damageOfEvents(await ours.rows<EventRow>(EVENTS), []).join('\n');
      }
    });

    it('more than may run are seen', () => {
      const claimed = (taskId: string) => ({ taskId, kind: 'claimed' });
      const events = [claimed('a'), claimed('b'), { taskId: 'a', kind: 'completed' }, claimed('c')];
      expect(crowds(events, 2)).toEqual([]);
      expect(crowds(events, 1)).toEqual(['b was claimed as number 2', 'c was claimed as number 2']);
    });
  });
});

/** A graph without cycles: each edge leads from a task to one of the sixty before it. */
function fleetTasks(count: number, edges: number, random: SeededRandom): readonly ChaosTask[] {
  const before = Array.from({ length: count }, () => new Set<number>());
  for (let made = 0; made < edges; ) {
    const at = random.between(5, count - 1);
    const on = random.between(Math.max(0, at - 60), at - 5);
    if (before[at]?.has(on) !== false) continue;
    before[at].add(on);
    made += 1;
  }
  return before.map((on, at) => ({
    id: `T-${at + 1}`,
    dependencies: [...on].sort((a, b) => a - b).map((one) => `T-${one + 1}`),
    verified: false,
  }));
}
