import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertNever } from '../../src/domain/errors.ts';
import type { AttemptOutcome } from '../../src/domain/outcome.ts';
import { PRIORITIES } from '../../src/domain/priority.ts';
import type { RetryPolicy } from '../../src/domain/task.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { DiskBench } from '../contract/store/disk-bench.ts';
import { createSteeredWorld } from '../contract/store/steered-world.ts';
import { LEASE_MS, StoreBench } from '../contract/store/store-bench.ts';
import { testDepth } from '../support/test-depth.ts';
import { type Answer, type ModelLine, type ModelTask, QueueModel } from './queue-model.ts';

const POLICY: RetryPolicy = {
  ...{
    attemptsMax: 2,
    crashesMax: 2,
    revisionsMax: 1,
    retryDelayMs: 1_000,
    retryDelayMaxMs: 8_000,
  },
};

const OUTCOMES: readonly AttemptOutcome[] = [
  { kind: 'succeeded', summary: 'done' },
  { kind: 'succeeded' },
  { kind: 'errored', cause: 'exit', error: 'exit code 1' },
  { kind: 'lost', reason: 'gone' },
  { kind: 'released', reason: 'drain' },
  { kind: 'rate_limited', retryAfterMs: 5_000, note: 'slow down' },
  { kind: 'revise', note: 'again' },
  { kind: 'blocked', reason: 'which?' },
];

/** One step: what is done, and numbers that choose with whom. */
interface Step {
  readonly verb: (typeof VERBS)[number];
  readonly which: number;
  readonly how: number;
  readonly flag: boolean;
}

const VERBS = [
  ...['claim', 'claim', 'claim', 'finish', 'finish', 'finish', 'finish', 'heartbeat', 'adopt'],
  ...['sweep', 'promote', 'pass', 'skip', 'cancel', 'retry', 'requeue', 'complete', 'reload'],
  ...['policy', 'pause', 'zombie'],
] as const;

const steps = fc.array(
  fc.record({
    verb: fc.constantFrom<(typeof VERBS)[number]>(...VERBS),
    ...{ which: fc.nat(1_000), how: fc.nat(1_000), flag: fc.boolean() },
  }),
  { minLength: 10, maxLength: 80 },
);

/** Edges lead to earlier tasks alone, so there is no cycle; one that is not there dangles. */
const lists = fc.array(
  fc.record({
    after: fc.uniqueArray(fc.nat(9), { maxLength: 3 }),
    priority: fc.constantFrom(...PRIORITIES),
    policy: fc.constantFrom(null, null, 'skip' as const, 'fail' as const, 'run' as const),
    present: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 1),
  }),
  { minLength: 2, maxLength: 10 },
);

interface Lease {
  readonly id: string;
  readonly fence: number;
  readonly term: number;
  readonly holder: string;
}

type List = readonly (Omit<ModelLine, 'taskId' | 'after'> & {
  readonly after: readonly number[];
  readonly present: boolean;
})[];

/** Does the same to a store and to the model, and compares them after each step. */
class Lockstep {
  readonly model = new QueueModel();
  readonly leases: Lease[] = [];
  /** Accepted outcomes by task and fence. */
  readonly accepted = new Map<string, number>();
  readonly #benches: readonly StoreBench[];
  readonly #versions: readonly List[];
  #client = 0;

  constructor(benches: readonly StoreBench[], versions: readonly List[]) {
    this.#benches = benches;
    this.#versions = versions;
  }

  /** Another client every time. */
  get bench(): StoreBench {
    this.#client += 1;
    return this.#benches[this.#client % this.#benches.length] as StoreBench;
  }

  async load(which: number): Promise<void> {
    const lines = linesOf(this.#versions[which % this.#versions.length] ?? []);
    const { bench } = this;
    await bench.load(
      lines.map(({ policy, ...line }) => ({ ...line, onDepFailure: policy })),
      { seenHash: String(which) },
    );
    for (const other of this.#benches) other.listId = bench.listId;
    const stored = await bench.store.tasks({ listId: bench.listId, archived: true });
    this.model.load(
      lines,
      (taskId) => stored.find((task) => task.taskId === taskId)?.id ?? 'not stored',
    );
  }

  async run(step: Step): Promise<void> {
    const { bench, model } = this;
    const { world } = bench;
    world.nowMs += 7;
    world.chance = (step.how % 10) / 10;
    const task = [...model.tasks.values()][step.which % Math.max(model.tasks.size, 1)];
    const lease = this.leases[step.which % Math.max(this.leases.length, 1)];
    switch (step.verb) {
      case 'claim':
        return await this.#claim(step);
      case 'reload':
        return await this.load(step.which);
      case 'sweep':
        return await this.#sweep();
      case 'pass':
        world.nowMs += step.how * 40;
        return;
      case 'promote':
        await bench.store.promoteDue();
        return model.promote(world.nowMs);
      case 'policy':
        model.policy = (['skip', 'fail', 'run'] as const)[step.how % 3] ?? 'skip';
        return await bench.set({ onDepFailure: model.policy });
      case 'pause':
        model.paused = step.flag;
        return await bench.set({ status: step.flag ? 'paused' : 'running' });
      case 'finish':
      case 'zombie':
      case 'heartbeat':
      case 'adopt':
        return lease === undefined ? undefined : await this.#asHolder(step, lease);
      case 'skip':
      case 'cancel':
      case 'retry':
      case 'requeue':
      case 'complete':
        return task === undefined ? undefined : await this.#change(step, step.verb, task);
      default:
        return assertNever(step.verb);
    }
  }

  async #claim(step: Step): Promise<void> {
    const { model } = this;
    const holderId = `h${step.which % 3}`;
    const max = 1 + (step.how % 3);
    const minPriority = PRIORITIES[step.which % 4] ?? 'P4';
    const running = [...model.tasks.values()].filter((task) => task.status === 'running').length;
    const room = model.paused ? 0 : Math.max(0, Math.min(max, 4 - running));
    const expected = model.ready(minPriority).slice(0, room);
    const claimed = await this.bench.claim({ holderId, max, maxConcurrent: 4, minPriority });
    expect(claimed.map((task) => task.id)).toEqual(expected.map((task) => task.id));
    for (const task of expected) model.claim(task, holderId);
    for (const { id, fence, term } of claimed)
      this.leases.push({ id, fence, term, holder: holderId });
  }

  async #asHolder(step: Step, lease: Lease): Promise<void> {
    const { bench, model } = this;
    const task = model.tasks.get(lease.id);
    if (task === undefined) throw new Error('a lease of a task that is not');
    const { fence, term, holder } = lease;
    if (step.verb === 'heartbeat') {
      const held = [{ id: lease.id, fence, term }];
      const beat = { holderId: holder, leaseMs: LEASE_MS, held };
      const { lost, endRequests } = await bench.store.heartbeat(beat);
      expect(lost).toEqual(model.holds(task, lease) ? [] : [lease.id]);
      const wishes = model.holds(task, lease) && task.wish !== null ? [task.wish] : [];
      expect(endRequests.map((request) => request.verb)).toEqual(wishes);
    } else if (step.verb === 'adopt') {
      const heir = `h${step.how % 3}`;
      const adopting = bench.store.adoptAttempt({
        ...{ id: lease.id, fence, term, holderId: heir, leaseMs: LEASE_MS },
      });
      expect(await answerOf(adopting)).toBe(model.adopt(task, lease, heir));
      if (task.holder === heir) this.leases.push({ ...lease, term: task.term, holder: heir });
    } else {
      await this.#finish(step, task, step.verb === 'zombie' ? { id: lease.id, fence } : lease);
    }
  }

  async #finish(step: Step, task: ModelTask, lease: Pick<Lease, 'id' | 'fence'> & Partial<Lease>) {
    const { bench } = this;
    const outcome = OUTCOMES[step.how % OUTCOMES.length] as AttemptOutcome;
    const { nowMs, chance } = bench.world;
    const expected = this.model.finish(task, lease, { outcome, policy: POLICY, chance, nowMs });
    const holder =
      lease.holder === undefined ? {} : { holder: { id: lease.holder, term: lease.term ?? 0 } };
    const answer = await bench.finish(lease, outcome, { ...holder, policy: POLICY });
    expect(answer.kind === 'finished' ? 'done' : answer.kind).toBe(expected);
    if (answer.kind !== 'finished') return;
    const key = `${lease.id} ${lease.fence}`;
    this.accepted.set(key, (this.accepted.get(key) ?? 0) + 1);
  }

  /** What the sweeper does when nobody is there any more. */
  async #sweep(): Promise<void> {
    const { bench } = this;
    for (const held of await bench.store.heldTasks(null)) {
      if (held.leaseUntilMs > bench.world.nowMs) continue;
      const task = this.model.tasks.get(held.id) as ModelTask;
      const lease = { ...held, holder: held.holderId };
      await this.#finish({ verb: 'finish', which: 0, how: 3, flag: false }, task, lease);
    }
  }

  async #change(
    step: Step,
    verb: 'skip' | 'cancel' | 'retry' | 'requeue' | 'complete',
    task: ModelTask,
  ): Promise<void> {
    const choice = { confirmed: step.how % 2 === 0, cascade: step.flag };
    const changing = this.bench.store.changeTask({
      ...{ id: task.id, verb, reason: 'because', by: 'person', ...choice },
    });
    expect(await answerOf(changing)).toBe(this.model.change(task, verb, choice));
  }

  async compare(): Promise<void> {
    const { bench, model } = this;
    for (const task of model.tasks.values()) {
      const { edges, wish, archived, holder, term, cause, policy, ...same } = task;
      expect(await bench.store.task(task.id)).toMatchObject({
        ...same,
        ...{ pendingDeps: model.open(task), holderId: holder, holderTerm: term },
        ...{ causeTaskId: cause, held: archived ? 1 : 0, onDepFailure: policy },
      });
    }
    expect(await bench.store.audit()).toEqual([]);
  }
}

async function answerOf(doing: Promise<unknown>): Promise<Answer> {
  try {
    const answer = await doing;
    const asked = typeof answer === 'object' && answer !== null && 'kind' in answer;
    return asked && answer.kind === 'asked' ? 'asked' : 'done';
  } catch (error) {
    const codes = ['illegal_transition', 'stale_term', 'stale_fence', 'confirmation_needed'];
    expect(codes).toContain((error as { code: string }).code);
    return 'refused';
  }
}

function linesOf(list: List): readonly ModelLine[] {
  return list.flatMap(({ after, priority, policy, present }, at) => {
    const earlier = after.filter((one) => one < at).map((one) => `T${one}`);
    return present ? [{ taskId: `T${at}`, after: earlier, priority, policy }] : [];
  });
}

/** Run everything that is left to its end: whoever then still waits must have a reason. */
async function drain(bench: StoreBench): Promise<void> {
  await bench.set({ status: 'running' });
  for (let round = 0; round < 200; round += 1) {
    bench.world.nowMs += 600_000;
    await bench.store.promoteDue();
    await bench.claim({ max: 100 });
    const held = await bench.store.heldTasks(null);
    for (const task of held) await bench.finish(task, { kind: 'succeeded' });
    if (held.length === 0) break;
  }
  for (const task of await bench.store.tasks({ listId: bench.listId, statuses: ['queued'] })) {
    const open = (await bench.store.dependencies(task.id)).filter((edge) => !edge.satisfied);
    const reasons = open.filter(
      (edge) =>
        edge.id === null || edge.archived || ['queued', 'waiting'].includes(String(edge.status)),
    );
    expect([task.taskId, reasons.length > 0]).toEqual([task.taskId, true]);
  }
}

async function inLockstep(
  benches: readonly StoreBench[],
  versions: readonly List[],
  script: readonly Step[],
): Promise<void> {
  const lockstep = new Lockstep(benches, versions);
  await lockstep.load(0);
  for (const step of script) {
    await lockstep.run(step);
    await lockstep.compare();
  }
  for (const count of lockstep.accepted.values()) expect(count).toBe(1);
  await lockstep.bench.expectSound();
  await drain(lockstep.bench);
  await lockstep.bench.expectSound();
}

const versions = fc.array(lists, { minLength: 1, maxLength: 4 });

describe('a store and a model of it, in lockstep', () => {
  it('agree after every step of any sequence of verbs by several holders', async () => {
    const numRuns = testDepth.pick({ reduced: 40, full: 3_000 });
    await fc.assert(
      fc.asyncProperty(versions, steps, async (all, script) => {
        const world = createSteeredWorld();
        const store = await openSqliteStore({ world, path: ':memory:' });
        const fresh = { store, outside: null, dispose: () => store.close() };
        await inLockstep([new StoreBench(world, fresh)], all, script);
        await store.close();
      }),
      { numRuns },
    );
  });

  it('agree when every step is made by another process’s connection to one file', async () => {
    const numRuns = testDepth.pick({ reduced: 5, full: 100 });
    await fc.assert(
      fc.asyncProperty(versions, steps, async (all, script) => {
        const disk = new DiskBench();
        const benches = [await disk.openBench(), await disk.openBench(), await disk.openBench()];
        await inLockstep(benches, all, script.slice(0, 40));
        await disk.clear();
      }),
      { numRuns },
    );
  });
});
