import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertNever } from '../../src/domain/errors.ts';
import type { AttemptOutcome } from '../../src/domain/outcome.ts';
import { PRIORITIES } from '../../src/domain/priority.ts';
import type { OnDepFailure } from '../../src/domain/status.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { createSteeredWorld } from '../contract/store/steered-world.ts';
import { StoreBench } from '../contract/store/store-bench.ts';
import { testDepth } from '../support/test-depth.ts';
import { type ModelLine, type ModelTask, QueueModel } from './queue-model.ts';

const PARENT = 'task_1';
const POLICY = {
  ...{ attemptsMax: 2, crashesMax: 2, revisionsMax: 1, retryDelayMs: 0, retryDelayMaxMs: 0 },
};
const OUTCOMES: readonly AttemptOutcome[] = [
  { kind: 'succeeded', summary: 'done' },
  { kind: 'succeeded' },
  { kind: 'errored', cause: 'exit', error: 'exit code 1' },
  { kind: 'lost', reason: 'gone' },
  { kind: 'blocked', reason: 'which?' },
];

const VERBS = [
  ...['claim', 'claim', 'claim', 'finish', 'finish', 'finish', 'add', 'edit', 'edit', 'cycle'],
  ...['skip', 'cancel', 'retry', 'requeue', 'complete', 'policy', 'cancel-all'],
  ...['archive', 'restore', 'restore'],
] as const;

interface Step {
  readonly verb: (typeof VERBS)[number];
  readonly which: number;
  readonly how: number;
  /** Places of earlier subtasks. */
  readonly after: readonly number[];
  readonly policy: OnDepFailure | null;
}

const steps = fc.array(
  fc.record({
    verb: fc.constantFrom<(typeof VERBS)[number]>(...VERBS),
    ...{ which: fc.nat(1_000), how: fc.nat(1_000) },
    after: fc.uniqueArray(fc.nat(11), { maxLength: 3 }),
    policy: fc.constantFrom(null, null, 'skip' as const, 'fail' as const, 'run' as const),
  }),
  { minLength: 10, maxLength: 60 },
);

/** Does the same to a breakdown and to the model of its queue. */
class Lockstep {
  readonly model = new QueueModel();
  readonly #bench: StoreBench;
  readonly #lines: ModelLine[] = [];
  readonly #leases: { readonly id: string; readonly fence: number; readonly term: number }[] = [];
  #archived = false;

  constructor(bench: StoreBench) {
    this.#bench = bench;
  }

  async plan(first: readonly Step[]): Promise<void> {
    const lines = first.map((step, at) => lineOf(step, at));
    const { listId } = await this.#bench.store.enqueueBreakdown({
      ...{ source: 'plan', sessionId: null },
      plan: { parentTaskId: PARENT, description: 'x', subtasks: lines.map(subtaskOf) },
    });
    this.#bench.listId = listId;
    await this.#bench.set({ status: 'running' });
    this.#lines.push(...lines);
    await this.#toModel();
  }

  async run(step: Step): Promise<void> {
    const { model } = this;
    const { store, world } = this.#bench;
    world.nowMs += 7;
    world.chance = (step.how % 10) / 10;
    const task = [...model.tasks.values()][step.which % model.tasks.size] as ModelTask;
    switch (step.verb) {
      case 'claim':
        return await this.#claim(step);
      case 'finish':
        return await this.#finish(step);
      case 'add':
        return await this.#add(step);
      case 'edit':
        return await this.#edit(step, task);
      case 'cycle':
        return await this.#closeCycle(task);
      case 'policy':
        model.policy = (['skip', 'fail', 'run'] as const)[step.how % 3] ?? 'skip';
        return await this.#bench.set({ onDepFailure: model.policy });
      case 'cancel-all': {
        if (!this.#archived) model.cancelAll();
        const done = store.cancelBreakdown({ parentTaskId: PARENT, reason: 'because' });
        return expect(await answered(done)).toBe(!this.#archived);
      }
      case 'archive': {
        const isDone = this.#archived || model.setArchived(true) === 'done';
        this.#archived = isDone;
        const done = store.archiveBreakdown({ parentTaskId: PARENT, reason: 'because' });
        return expect(await answered(done)).toBe(isDone);
      }
      case 'restore':
        model.setArchived(false);
        this.#archived = false;
        return void (await store.restoreBreakdown(PARENT));
      case 'skip':
      case 'cancel':
      case 'retry':
      case 'requeue':
      case 'complete': {
        const choice = { confirmed: step.how % 2 === 0, cascade: step.how % 3 === 0 };
        const { verb } = step;
        const wish = { id: task.id, verb, reason: 'because', by: 'person', ...choice } as const;
        const isDone = model.change(task, verb, choice) !== 'refused';
        return expect(await answered(store.changeTask(wish))).toBe(isDone);
      }
      default:
        return assertNever(step.verb);
    }
  }

  async #claim({ how, which }: Step): Promise<void> {
    const minPriority = PRIORITIES[which % 4] ?? 'P4';
    const expected = this.model.ready(minPriority).slice(0, 1 + (how % 2));
    const max = 1 + (how % 2);
    const claimed = await this.#bench.claim({ holderId: 'h', max, minPriority });
    expect(claimed.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    for (const task of expected) this.model.claim(task, 'h');
    this.#leases.push(...claimed);
  }

  async #finish({ which, how }: Step): Promise<void> {
    const lease = this.#leases[which % Math.max(1, this.#leases.length)];
    if (lease === undefined) return;
    const outcome = OUTCOMES[how % OUTCOMES.length] as AttemptOutcome;
    const { nowMs, chance } = this.#bench.world;
    const task = this.model.tasks.get(lease.id) as ModelTask;
    const end = { outcome, policy: POLICY, chance, nowMs };
    const expected = this.model.finish(task, { fence: lease.fence }, end);
    const answer = await this.#bench.finish(lease, outcome, { policy: POLICY });
    expect(answer.kind === 'finished' ? 'done' : answer.kind).toBe(expected);
  }

  async #add(step: Step): Promise<void> {
    const line = lineOf(step, this.#lines.length);
    const subtasks = [subtaskOf(line)];
    const adding = this.#bench.store.addSubtasks({ parentTaskId: PARENT, subtasks });
    if (!(await answered(adding))) return expect(this.#archived).toBe(true);
    this.#lines.push(line);
    await this.#toModel();
  }

  async #edit(step: Step, { id, taskId }: ModelTask): Promise<void> {
    const at = this.#lines.findIndex((line) => line.taskId === taskId);
    const line = lineOf(step, at);
    const { dependencies, priority, onDepFailure } = subtaskOf(line);
    const change = { dependencies, priority, onDepFailure };
    const editing = this.#bench.store.updateSubtask({ id, change });
    if (!(await answered(editing))) return expect(this.#archived).toBe(true);
    this.#lines[at] = line;
    await this.#toModel();
  }

  /** What would close a cycle is refused, whatever the state. */
  async #closeCycle(task: ModelTask): Promise<void> {
    const first = task.edges[0]?.taskId;
    const before = this.model.byTaskId(first ?? '');
    if (before === undefined) return;
    const { id } = before;
    const change = { dependencies: [task.taskId] };
    expect(await answered(this.#bench.store.updateSubtask({ id, change }))).toBe(false);
  }

  async #toModel(): Promise<void> {
    const { store, listId } = this.#bench;
    const stored = await store.tasks({ listId, archived: true });
    const ids = new Map(stored.map(({ taskId, id }) => [taskId, id]));
    this.model.load(this.#lines, (taskId) => ids.get(taskId) ?? 'not stored');
  }

  async compare(): Promise<void> {
    const { store } = this.#bench;
    for (const task of this.model.tasks.values()) {
      const { edges, wish, archived, holder, term, cause, policy, ...same } = task;
      expect(await store.task(task.id)).toMatchObject({
        ...same,
        dependencies: edges.map(({ taskId }) => taskId),
        ...{ pendingDeps: this.model.open(task), holderId: holder, holderTerm: term },
        ...{ causeTaskId: cause, held: archived ? 1 : 0, onDepFailure: policy },
      });
    }
    const shown = await store.breakdown(PARENT);
    const statuses = [...this.model.tasks.values()].map(({ status }) => status);
    for (const [status, count] of Object.entries(shown?.counts ?? {})) {
      expect([status, count]).toEqual([status, statuses.filter((one) => one === status).length]);
    }
    expect(await store.audit()).toEqual([]);
  }
}

/** Whether it was done; what is refused is refused for its state. */
async function answered(doing: Promise<unknown>): Promise<boolean> {
  return await doing.then(
    () => true,
    (error: { readonly code: string }) => {
      const state = ['illegal_transition', 'confirmation_needed', 'plan_invalid'];
      expect([...state, 'breakdown_archived', 'breakdown_in_use']).toContain(error.code);
      return false;
    },
  );
}

function lineOf({ after, how, policy }: Step, at: number): ModelLine {
  const earlier = after.filter((one) => one < at).map((one) => `T${one}`);
  return { taskId: `T${at}`, after: earlier, priority: PRIORITIES[how % 4] ?? 'P2', policy };
}

function subtaskOf({ taskId, after, priority, policy }: ModelLine) {
  const facts = { dependencies: after, priority, onDepFailure: policy };
  return { taskId, title: taskId, ...facts };
}

it('a breakdown and a model of its queue agree after every step of any sequence', async () => {
  const numRuns = testDepth.pick({ reduced: 40, full: 3_000 });
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const world = createSteeredWorld();
      const store = await openSqliteStore({ world, path: ':memory:' });
      const fresh = { store, outside: null, dispose: () => store.close() };
      const bench = new StoreBench(world, fresh);
      const lockstep = new Lockstep(bench);
      await lockstep.plan(script.slice(0, 4));
      for (const step of script.slice(4)) {
        await lockstep.run(step);
        await lockstep.compare();
      }
      await bench.expectSound();
      await store.close();
    }),
    { numRuns },
  );
});
