import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Limit } from '../../../src/domain/claim-room.ts';
import { assertNever } from '../../../src/domain/errors.ts';
import { PRIORITIES, type Priority } from '../../../src/domain/priority.ts';
import { DEFAULT_RETRY_POLICY } from '../../../src/domain/task.ts';
import type { ClaimedTask } from '../../../src/store/store.ts';
import { testDepth } from '../../support/test-depth.ts';
import { ANY, Clients, client } from './client-bench.ts';
import type { OnStore, StoreBench } from './store-bench.ts';

const LABELS = ['gpu', 'net', 'mac'];
const AGENTS = ['slow', 'fast'];
const PATHS = ['/lists/a.md', '/lists/b.md'];

interface ModelTask {
  readonly listId: string;
  readonly taskId: string;
  readonly priority: Priority;
  readonly agent: string | null;
  readonly needs: readonly string[];
  /** Who runs it; null while it waits. */
  by: string | null;
  over: boolean;
}

/** What a claim asks for, in the words of the model. */
interface Ask {
  readonly most: number;
  readonly agentOf: (task: ModelTask) => string | null;
  readonly offered: readonly string[] | null;
  readonly limits: readonly Limit[];
}

/** Limits as anybody would explain them: one look at every task for every question. */
class LimitsModel {
  readonly tasks: ModelTask[] = [];
  readonly limits = new Map<string, Limit>();

  used({ kind, name }: Limit): number {
    return this.tasks.filter((task) => {
      if (task.by === null || task.over) return false;
      if (kind === 'global') return true;
      if (kind === 'list') return task.listId === name;
      return kind === 'agent' ? task.by === name : task.needs.includes(name);
    }).length;
  }

  /** One after the other, the most urgent first, each that has room. */
  claim(listIds: readonly string[], { most, agentOf, offered, limits }: Ask): readonly ModelTask[] {
    const waiting = this.tasks.filter((task) => task.by === null && listIds.includes(task.listId));
    const inOrder = waiting.toSorted((a, b) =>
      a.priority === b.priority ? 0 : a.priority < b.priority ? -1 : 1,
    );
    const taken: ModelTask[] = [];
    for (const task of inOrder) {
      if (taken.length >= most) break;
      const agent = agentOf(task);
      if (offered !== null && !task.needs.every((need) => offered.includes(need))) continue;
      const all = [...this.limits.values(), ...limits].filter(({ kind, name }) => {
        if (kind === 'global') return true;
        if (kind === 'list') return name === task.listId;
        return kind === 'agent' ? name === agent : task.needs.includes(name);
      });
      if (all.some((limit) => this.used(limit) >= limit.maxRunning)) continue;
      task.by = agent ?? '';
      taken.push(task);
    }
    return taken;
  }
}

const kinds = fc.constantFrom(
  'list' as const,
  'agent' as const,
  'label' as const,
  'global' as const,
);
const some = (words: readonly string[]) => fc.subarray([...words]);

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('claim' as const),
      list: fc.nat(1),
      max: fc.integer({ min: 1, max: 6 }),
      most: fc.integer({ min: 1, max: 8 }),
      agent: fc.constantFrom(null, ...AGENTS),
      offered: fc.option(some(LABELS)),
      own: fc.option(fc.record({ slow: fc.nat(3) })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      who: fc.constantFrom(...AGENTS),
      offered: fc.option(some(LABELS)),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('finish' as const), which: fc.nat(50) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('limit' as const),
      kind: kinds,
      which: fc.nat(5),
      most: fc.option(fc.nat(4)),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const sketches = fc.array(
  fc.record({
    list: fc.nat(1),
    priority: fc.constantFrom(...PRIORITIES),
    agent: fc.constantFrom(null, null, ...AGENTS),
    needs: some(LABELS),
  }),
  { minLength: 1, maxLength: 24 },
);

class Play {
  readonly #bench: StoreBench;
  readonly #clients: Clients;
  readonly #model = new LimitsModel();
  readonly #running: ClaimedTask[] = [];
  #lists: readonly string[] = [];

  constructor(bench: StoreBench) {
    this.#bench = bench;
    this.#clients = new Clients(bench);
  }

  async begin(tasks: typeof sketches extends fc.Arbitrary<infer S> ? S : never): Promise<void> {
    const lists: string[] = [];
    for (const [list, path] of PATHS.entries()) {
      const own = tasks.flatMap((task, at) => (task.list === list ? [{ ...task, at }] : []));
      const lines = own.map(({ priority, agent, needs, at }) => ({
        ...{ taskId: `T${at}`, priority, agent, needs },
      }));
      await this.#bench.load([...lines, { taskId: `Z${list}`, priority: 'P4' }], { path });
      const { listId } = this.#bench;
      lists.push(listId);
      const last = { taskId: `Z${list}`, priority: 'P4' as const, agent: null, needs: [] };
      for (const line of [...lines, last]) {
        this.#model.tasks.push({ listId, ...line, by: null, over: false });
      }
    }
    this.#lists = lists;
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'claim':
        return await this.#claim(step);
      case 'ask':
        return await this.#ask(step);
      case 'finish':
        return await this.#finish(step.which);
      case 'limit':
        return await this.#limit(step);
      default:
        return assertNever(step);
    }
  }

  async #claim(step: Extract<Step, { do: 'claim' }>): Promise<void> {
    const listId = this.#lists[step.list] as string;
    const { agent: defaultAgent, offered, own } = step;
    const claimed = await this.#bench.claim({
      ...{ listId, max: step.max, maxConcurrent: step.most, defaultAgent },
      ...(offered === null ? {} : { labels: offered }),
      ...(own === null ? {} : { agentLimits: own }),
    });
    const limits: Limit[] = [{ kind: 'list', name: listId, maxRunning: step.most }];
    if (own !== null) limits.push({ kind: 'agent', name: 'slow', maxRunning: own.slow });
    const expected = this.#model.claim([listId], {
      ...{ most: step.max, offered, limits, agentOf: (task) => task.agent ?? defaultAgent },
    });
    this.#compare(claimed, expected);
  }

  async #ask({ who, offered }: Extract<Step, { do: 'ask' }>): Promise<void> {
    const answer = await this.#clients.ask(client(who), {
      wanted: ANY,
      lists: this.#lists.map((listId) => ({
        listId,
        policy: DEFAULT_RETRY_POLICY,
        maxConcurrent: null,
      })),
      ...(offered === null ? {} : { offered }),
    });
    const claimed = answer.kind === 'claimed' ? [answer.claimed] : [];
    const expected = this.#model.claim(this.#lists, {
      ...{ most: 1, offered, limits: [], agentOf: () => who },
    });
    this.#compare(claimed, expected);
  }

  async #finish(which: number): Promise<void> {
    const [claimed] = this.#running.splice(which % Math.max(1, this.#running.length), 1);
    if (claimed === undefined) return;
    await this.#bench.finish(claimed, { kind: 'succeeded' });
    const task = this.#model.tasks.find((one) => one.taskId === claimed.taskId) as ModelTask;
    task.over = true;
  }

  async #limit({ kind, which, most }: Extract<Step, { do: 'limit' }>): Promise<void> {
    const all = { list: this.#lists, agent: AGENTS, label: LABELS, global: [''] }[kind];
    const name = all[which % all.length] as string;
    await this.#bench.store.setLimit({ kind, name, maxRunning: most });
    if (most === null) this.#model.limits.delete(`${kind} ${name}`);
    else this.#model.limits.set(`${kind} ${name}`, { kind, name, maxRunning: most });
    const { limits } = await this.#bench.store.limits();
    for (const limit of limits) expect(limit.running).toBe(this.#model.used(limit));
    expect(limits).toHaveLength(this.#model.limits.size);
  }

  #compare(claimed: readonly ClaimedTask[], expected: readonly ModelTask[]): void {
    expect(claimed.map((task) => task.taskId)).toEqual(expected.map((task) => task.taskId));
    this.#running.push(...claimed);
  }
}

/** Whatever is asked in whatever order: exactly what has room is claimed, the most urgent first. */
export function claimsWithinLimits(on: OnStore): void {
  const runs = testDepth.pick({ reduced: 6, full: 150 });
  // One that is given up goes on in the tables of those after it: on a busy machine, 2 s a play.
  const limitMs = testDepth.pick({ reduced: 300_000, full: 1_200_000 });
  it(
    'in random plays no limit is exceeded, and nothing that has room is left',
    async () => {
      const plays = fc.asyncProperty(
        sketches,
        fc.array(step, { minLength: 5, maxLength: 40 }),
        async (tasks, steps) => {
          await on(async (bench) => {
            const play = new Play(bench);
            await play.begin(tasks);
            for (const one of steps) await play.take(one);
          })();
        },
      );
      await fc.assert(plays, { numRuns: runs });
    },
    limitMs,
  );
}
