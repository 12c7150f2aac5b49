import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openWorkspace } from '../../src/app/open-workspace.ts';
import { serveLists } from '../../src/app/serve-lists.ts';
import type { Workspace } from '../../src/app/workspace.ts';
import { DEFAULT_RETRY_POLICY } from '../../src/domain/task.ts';
import type { WorkServer } from '../../src/engine/work-server.ts';
import { loadTaskList } from '../../src/operations/load-task-list.ts';
import type { RescueExpired } from '../../src/store/instances.ts';
import type { Store } from '../../src/store/store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { until } from '../chaos/pawl-process.ts';
import { execute, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { CliProject, listOf } from './cli-project.ts';
import { statusesAt } from './fleet-hosts.ts';

const MINUTES_MS = 60_000;
const LEASE_MS = 2_000;
const PACE = { leaseMs: LEASE_MS, heartbeatMs: 300, sweepMs: 200, killGraceMs: 500 };
/** Longer than a lease, what others wait after it, and what a new server waits at first. */
const LONG_MS = 3 * LEASE_MS;
const TASKS = ['A', 'B', 'C', 'D', 'E', 'F'];
/** The first one leads: it looks for what other hosts lost, and its clock says that all did. */
const NAMES = ['fast', 'right', 'slow'] as const;
const SKEWS = { slow: -5 * MINUTES_MS, right: 0, fast: 5 * MINUTES_MS } as const;

describe('servers whose clocks are five minutes off', () => {
  let server: PostgresServer;
  let url = '';
  let projects: CliProject[] = [];
  let workspaces: Workspace[] = [];
  let servers: WorkServer[] = [];
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    url = await server.createStore();
    projects = NAMES.map(() => new CliProject(listOf(...TASKS.map((id) => [id] as const))));
    workspaces = [];
    for (const [at, name] of NAMES.entries()) workspaces.push(await open(name, projects[at]));
    const [first] = workspaces as [Workspace];
    const path = projects[0]?.list ?? '';
    const { listId } = (await loadTaskList(first, { path })).list;
    await first.store.setExecutor({ listId, status: 'running' });
  });
  afterEach(async () => {
    for (const one of servers) await one.endAgents();
    for (const one of workspaces) await one.close();
    for (const one of projects) await one.remove();
  });

  async function open(name: (typeof NAMES)[number], project: CliProject | undefined) {
    const config = { databaseUrl: url, agentCommand: 'sh agent.sh', maxConcurrent: 6, ...PACE };
    project?.write('.pawl/config.json', JSON.stringify(config));
    project?.hold(...TASKS);
    const real = createRealWorld();
    const world = {
      ...real,
      clock: { ...real.clock, now: () => real.clock.now() + SKEWS[name] },
      processes: { ...real.processes, host: name },
    };
    return await openWorkspace({ dir: project?.root ?? '', create: true, world, warn: () => {} });
  }

  async function serve(seenBy: (workspace: Workspace) => Workspace = (one) => one): Promise<void> {
    const environment = { PATH: process.env['PATH'] ?? '' };
    servers = [];
    for (const workspace of workspaces) {
      const wish = { capacity: 2, labels: [], untilIdle: false, environment };
      servers.push(await serveLists(seenBy(workspace), { ...wish, onEvent: () => undefined }));
    }
    for (const one of servers) await one.start();
    await until('two tasks at each', () => projects.every((one) => one.runs().length >= 2));
    await new Promise((resolve) => setTimeout(resolve, LONG_MS));
  }

  const starts = (): readonly string[] =>
    projects.flatMap((one) => one.runs().filter((line) => line.startsWith('start')));

  it('neither steal nor lose: each task runs once, and the skew is shown', async () => {
    await serve();
    expect(starts().toSorted()).toEqual(TASKS.map((id) => `start ${id} 1`));
    const fleet = await workspaces[1]?.store.fleet();
    for (const { host, clockSkewMs, silentMs } of fleet ?? []) {
      const skew = SKEWS[host as keyof typeof SKEWS];
      expect(Math.abs((clockSkewMs ?? 0) - skew)).toBeLessThan(MINUTES_MS);
      expect(silentMs).toBeLessThan(MINUTES_MS);
    }
    for (const one of projects) one.release(...TASKS);
    await until('the end of all', () => servers.every((one) => one.active().length === 0));
    expect(Object.values(await statusesAt(url))).toEqual(TASKS.map(() => 'completed'));
    const charged = 'SELECT task_id FROM task_queue WHERE crash_count > 0 OR attempts > 1';
    expect(await execute(url, charged)).toEqual([]);
  });

  it('would steal if a host judged leases by its own clock', async () => {
    await serve((workspace) =>
      Object.create(workspace, { store: { value: byOwnClock(workspace) } }),
    );
    expect(starts().length).toBeGreaterThan(TASKS.length);
  });
});

/** A store whose leases are judged by the host that looks, at the time it looks. */
function byOwnClock({ store, world }: Workspace): Store {
  const own: Partial<Store> = {
    heldTasks: async (listId) =>
      (await store.heldTasks(listId)).map((held) => ({
        ...held,
        leaseLeftMs: held.leaseUntilMs - world.clock.now(),
      })),
    rescueExpired: async ({ attempts }: RescueExpired) => {
      for (const { id, fence } of attempts) {
        const outcome = { kind: 'lost', reason: 'by its own clock' } as const;
        const policy = { ...DEFAULT_RETRY_POLICY, retryDelayMs: 0 };
        await store.finishAttempt({ id, fence, outcome, policy });
      }
      return attempts.map(({ id }) => id);
    },
  };
  return new Proxy(store, {
    get: (target, name) => Reflect.get(own, name) ?? Reflect.get(target, name),
  });
}
