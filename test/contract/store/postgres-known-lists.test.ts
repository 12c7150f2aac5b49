import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PRIORITIES } from '../../../src/domain/priority.ts';
import type { Intercept } from '../../../src/store/postgres/connection.ts';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import type { ClaimedTask, ClaimNext } from '../../../src/store/store.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import { SeededRandom } from '../../chaos/seeded-random.ts';
import {
  execute,
  type PostgresServer,
  startPostgresServer,
} from '../../support/postgres-server.ts';
import { testDepth } from '../../support/test-depth.ts';
import { createTimelessWorld } from './steered-world.ts';
import { FAILED, StoreBench, type TaskSketch } from './store-bench.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

const RUNS = testDepth.pick({ reduced: 1, full: 20 });
const STEPS = 150;
const NAMES = Array.from({ length: 24 }, (_, at) => `T${at}`);

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgresServer();
});
afterAll(() => server?.stop());

const PASSED = 'passed AS MATERIALIZED (SELECT ';

/** As if much were dead in each list, so that it is remembered. */
const passingMuch: Intercept = (sql) =>
  sql.includes(PASSED) ? sql.replace(PASSED, `${PASSED} 1000000 + `) : undefined;

/** The clock of its store stands: nothing is looked at again because a second is over. */
async function openBench(url: string, intercept: Intercept = passingMuch): Promise<StoreBench> {
  const world = { ...createRealWorld(), clock: createTimelessWorld().clock };
  const store = await openPostgresStore({ world, url, intercept });
  return new StoreBench(world as never, { store, outside: null, dispose: () => store.close() });
}

type ClaimSketch = Pick<ClaimNext, 'max' | 'maxConcurrent' | 'minPriority' | 'agentLimits'>;
const CLAIMS: readonly Omit<ClaimSketch, 'max'>[] = [
  { maxConcurrent: 3, minPriority: 'P4' },
  { maxConcurrent: 9, minPriority: 'P2' },
  { maxConcurrent: 9, minPriority: 'P4', agentLimits: { absent: 0 } },
];

/** Two processes and a person at one list, in an order that one seed repeats. */
class Scene {
  readonly #url: string;
  readonly #random: SeededRandom;
  readonly #benches: readonly StoreBench[];
  readonly #running: ClaimedTask[] = [];
  #sketches: readonly TaskSketch[] = [];

  constructor(url: string, seed: number, benches: readonly StoreBench[]) {
    this.#url = url;
    this.#random = new SeededRandom(seed);
    this.#benches = benches;
  }

  async begin(): Promise<void> {
    const listId = await this.#load();
    for (const bench of this.#benches) bench.listId = listId;
  }

  /** Each claim is compared with what the rows say before it. */
  async step(): Promise<void> {
    const roll = this.#random.next();
    if (roll < 0.5) await this.#claim();
    else if (roll < 0.8) await this.#finish();
    else if (roll < 0.92) await this.#change();
    else await this.#load();
  }

  get #bench(): StoreBench {
    return this.#random.pick(this.#benches);
  }

  async #claim(): Promise<void> {
    const bench = this.#bench;
    // What differs in more than `max` remembers for itself.
    const input = { max: this.#random.between(1, 3), ...this.#random.pick(CLAIMS) };
    const wanted = await this.#ready(bench.listId, input);
    const claimed = await bench.claim(input);
    expect(claimed.map(({ taskId }) => taskId)).toEqual(wanted);
    this.#running.push(...claimed);
  }

  async #ready(
    listId: string,
    { max, maxConcurrent, minPriority, agentLimits }: ClaimSketch,
  ): Promise<readonly unknown[]> {
    const rows = await execute(
      this.#url,
      `SELECT task_id FROM task_queue WHERE list_id = '${listId}' AND status = 'queued' ` +
        'AND pending_deps = 0 AND due_at_ms = 0 AND held = 0 ' +
        `AND priority <= '${minPriority}' ` +
        `AND coalesce(agent, '') <> '${Object.keys(agentLimits ?? {}).join() || 'nobody'}' ` +
        `ORDER BY priority, position LIMIT least(${max}, ` +
        `greatest(0, ${maxConcurrent} - (SELECT count(*) FROM task_queue ` +
        `WHERE list_id = '${listId}' AND status = 'running')))`,
    );
    return rows.map((row) => row['task_id']);
  }

  async #finish(): Promise<void> {
    const task = this.#running.splice(this.#random.between(0, this.#running.length - 1), 1)[0];
    if (task === undefined) return;
    const outcome = this.#random.pick([
      ...([{ kind: 'succeeded' }, { kind: 'succeeded' }, { kind: 'succeeded' }] as const),
      ...([{ kind: 'released', reason: 'stop' }, FAILED] as const),
    ]);
    await this.#bench.finish(task, outcome, { limits: { attemptsMax: 1 } });
  }

  async #change(): Promise<void> {
    const verb = this.#random.pick(['requeue', 'requeue', 'requeue', 'skip', 'cancel'] as const);
    const taskId = this.#random.pick(this.#sketches).taskId;
    try {
      await this.#bench.change(verb, taskId, { confirmed: true });
    } catch (refused) {
      expect(refused).toMatchObject({ code: expect.any(String) });
    }
  }

  /** The file anew: other places, other priorities, other dependencies, and none of some tasks. */
  async #load(): Promise<string> {
    const places = NAMES.map((name) => ({ name, at: this.#random.next() }));
    const order = places.toSorted((a, b) => a.at - b.at).map(({ name }) => name);
    const keeps = this.#sketches.length > 0 && this.#random.next() < 0.6;
    const before = new Map(this.#sketches.map((sketch) => [sketch.taskId, sketch]));
    this.#sketches = order.slice(0, this.#random.between(18, 24)).map((taskId, at) => ({
      ...(keeps ? before.get(taskId) : undefined),
      taskId,
      ...(keeps
        ? {}
        : {
            priority: this.#random.pick(PRIORITIES),
            ...(this.#random.next() < 0.2 ? { agent: 'absent' } : {}),
            after: at > 2 && this.#random.next() < 0.3 ? [order[at - 1] ?? ''] : [],
          }),
    }));
    const seenHash = String(this.#random.next());
    const { list } = await this.#bench.load(this.#sketches, { ignoreMissing: true, seenHash });
    return list.listId;
  }
}

async function play(): Promise<void> {
  for (let run = 0; run < RUNS; run += 1) {
    const url = await server.createDatabase();
    const benches = [await openBench(url), await openBench(url)];
    try {
      const scene = new Scene(url, testDepth.seed * 1_000 + run, benches);
      await scene.begin();
      for (let step = 0; step < STEPS; step += 1) await scene.step();
      await benches[0]?.expectSound();
    } finally {
      for (const bench of benches) await bench.fresh.dispose();
    }
  }
}

/** Takes a part out of the statement that claims. */
const without =
  ([part, instead]: readonly [string, string]): Intercept =>
  (sql) => {
    if (!sql.includes(PASSED)) return undefined;
    const isPlain = !sql.includes('look AS');
    if (!isPlain) expect(sql).toContain(part);
    return passingMuch(isPlain ? sql : sql.replaceAll(part, instead), []);
  };

/** What others do, of which the first process hears nothing. */
interface Turn {
  readonly title: string;
  readonly list: readonly (TaskSketch | string)[];
  /** What the first process claimed before, one after the other. */
  readonly before: number;
  readonly others: (other: StoreBench, claimed: readonly ClaimedTask[]) => Promise<unknown>;
  readonly claims: readonly string[];
  readonly part: readonly [string, string];
}

const NEWS = ['> ($6::text, $16::bigint)', '> ($6::text, $16::bigint + 1000000)'] as const;
const TURNS: readonly Turn[] = [
  {
    title: 'a task that came back',
    list: ['A', 'B', 'C'],
    before: 2,
    others: async (other, [task]) => {
      if (task !== undefined) await other.finish(task, { kind: 'succeeded' });
      await other.change('requeue', 'A', { confirmed: true });
    },
    claims: ['A', 'C'],
    part: NEWS,
  },
  {
    title: 'how many run elsewhere',
    list: ['A', 'B', 'C', 'D'],
    before: 1,
    others: (other) => other.claim({ max: 2 }),
    claims: [],
    part: NEWS,
  },
  {
    title: 'that one ended elsewhere',
    list: ['A', 'B', 'C', 'D'],
    before: 3,
    others: async (other, [task]) => task && (await other.finish(task, { kind: 'succeeded' })),
    claims: ['D'],
    part: ["FROM seen WHERE status = 'running'", 'FROM seen'],
  },
  {
    title: 'a task that waited for one that ended',
    list: ['A', { taskId: 'B', after: ['A'] }, 'C', 'D'],
    before: 2,
    others: async (other, [task]) => task && (await other.finish(task, { kind: 'succeeded' })),
    claims: ['B', 'D'],
    part: ['WHERE depends_on = n.task', "WHERE depends_on = 'nobody'"],
  },
  {
    title: 'another order of the same tasks',
    list: ['A', 'B', 'C', 'D'],
    before: 2,
    others: (other) => other.load(['D', 'A', 'B', 'C']),
    claims: ['D'],
    part: ['AND loaded = $17::bigint', 'AND $17::bigint IS NOT NULL'],
  },
];

async function take({ list, before, others }: Turn, intercept?: Intercept): Promise<unknown> {
  const url = await server.createDatabase();
  const [one, other] = [await openBench(url, intercept), await openBench(url)];
  try {
    await one.load(list);
    other.listId = one.listId;
    const claimed: ClaimedTask[] = [];
    const claim = (max: number) => one.claim({ max, maxConcurrent: 3 });
    // The first one hears that much is dead, the second one begins to remember.
    await claim(0);
    await claim(0);
    while (claimed.length < before) claimed.push(...(await claim(1)));
    await others(other, claimed);
    const last = await claim(3);
    await one.expectSound();
    return last.map(({ taskId }) => taskId);
  } finally {
    for (const bench of [one, other]) await bench.fresh.dispose();
  }
}

describe('what a process remembers of a list', () => {
  it('never changes what a claim takes, whatever others did meanwhile', () => play());

  it.each(TURNS)('does not hide $title', async (turn) => {
    expect(await take(turn)).toEqual(turn.claims);
    expect(await take(turn, without(turn.part))).not.toEqual(turn.claims);
  });
});
