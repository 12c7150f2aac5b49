import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RETRY_POLICY } from '../../src/domain/task.ts';
import type { ClaimEnd, Client } from '../../src/store/claims.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { createSteeredWorld, type SteeredWorld } from '../contract/store/steered-world.ts';
import { listOf } from '../contract/store/store-bench.ts';
import { testDepth } from '../support/test-depth.ts';

const TASKS = ['A', 'B', 'C', 'D'];
const CLIENTS = ['ann', 'bob', 'eve'];
const LEASE_MS = 1_800_000;
const POLICY = { ...DEFAULT_RETRY_POLICY, crashesMax: 1_000, attemptsMax: 1_000 };

/** What a client remembers of a claim; a killed one forgets nothing and comes back much later. */
interface Memory {
  readonly client: string;
  readonly id: string;
  readonly fence: number;
}

const step = fc.oneof(
  fc.record({ do: fc.constant('claim' as const), who: fc.nat(2) }),
  fc.record({ do: fc.constant('beat' as const), which: fc.nat(40) }),
  fc.record({
    do: fc.constant('end' as const),
    which: fc.nat(40),
    how: fc.constantFrom('succeeded', 'revise', 'errored', 'returned', 'continue'),
  }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1_000, LEASE_MS + 1) }),
  fc.record({ do: fc.constant('sweep' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const END: Readonly<Record<string, ClaimEnd>> = {
  succeeded: { kind: 'succeeded', summary: 'done' },
  revise: { kind: 'revise', note: 'again' },
  errored: { kind: 'errored', error: 'no' },
  returned: { kind: 'returned', reason: 'later' },
  continue: { kind: 'continue' },
};

function clientOf(name: string): Client {
  const ids = { sessionId: `s-${name}`, clientId: `c-${name}` };
  return { ...ids, name, version: null, root: '/' };
}

/** Plays a script; counts accepted successes by task, and changes by claims that did not stand. */
class Play {
  readonly accepted = new Map<string, number>();
  staleChanges = 0;
  readonly #store: Store;
  readonly #world: SteeredWorld;
  readonly #listId: string;
  readonly #memories: Memory[] = [];
  /** The guard taken out: a claim is told to stand that does not. */
  readonly #forget: boolean;

  constructor(store: Store, world: SteeredWorld, listId: string, forget: boolean) {
    this.#store = store;
    this.#world = world;
    this.#listId = listId;
    this.#forget = forget;
  }

  async take(one: Step): Promise<void> {
    if (one.do === 'pass') this.#world.nowMs += one.ms;
    else if (one.do === 'sweep') await this.#sweep();
    else if (one.do === 'claim') await this.#claim(CLIENTS[one.who] as string);
    else await this.#speak(one);
  }

  async #sweep(): Promise<void> {
    await this.#store.expireClaims([{ listId: this.#listId, policy: POLICY }]);
  }

  async #claim(name: string): Promise<void> {
    const answer = await this.#store.claimForClient({
      client: clientOf(name),
      wanted: { kind: 'next', specialistType: null, labels: [], minPriority: 'P4' },
      lists: [{ listId: this.#listId, policy: POLICY, maxConcurrent: null }],
      ...{ clientMax: null, leaseMs: LEASE_MS, leasesCount: true },
    });
    if (answer.kind !== 'claimed') return;
    const { id, fence } = answer.claimed;
    this.#memories.push({ client: name, id, fence });
  }

  async #speak(one: Extract<Step, { do: 'beat' | 'end' }>): Promise<void> {
    const memory = this.#memories[one.which % Math.max(1, this.#memories.length)];
    if (memory === undefined) return;
    const { id } = memory;
    const before = await this.#store.task(id);
    const ref = { id, fence: this.#forget ? (before?.fence ?? 0) : memory.fence, epoch: null };
    const client = clientOf(memory.client);
    const isStale = before?.fence !== memory.fence;
    if (one.do === 'beat') {
      const beat = { ref, client, leaseMs: LEASE_MS, progress: null };
      await this.#store.extendClaim(beat).catch(() => undefined);
    } else {
      await this.#end(one.how, { ref, client });
    }
    const after = await this.#store.task(id);
    if (isStale && JSON.stringify(after) !== JSON.stringify(before)) this.staleChanges += 1;
  }

  async #end(
    how: string,
    { ref, client }: { ref: { id: string; fence: number; epoch: null }; client: Client },
  ): Promise<void> {
    const answer = await this.#store.finishClaim({
      ...{ ref, client, end: END[how] as ClaimEnd, resultJson: null, progress: null },
      ...{ policy: POLICY, leaseMs: LEASE_MS, verifier: { holderId: 'v', leaseMs: 60_000 } },
    });
    if (answer.kind !== 'finished' || how !== 'succeeded') return;
    this.accepted.set(ref.id, (this.accepted.get(ref.id) ?? 0) + 1);
  }
}

async function play(steps: readonly Step[], forget: boolean) {
  const world = createSteeredWorld();
  const store = await openSqliteStore({ world, path: ':memory:' });
  try {
    const { list } = await store.loadList(listOf(TASKS));
    const game = new Play(store, world, list.listId, forget);
    for (const one of steps) await game.take(one);
    const tasks = await store.tasks({ listId: list.listId });
    return { game, tasks, faults: await store.audit() };
  } finally {
    await store.close();
  }
}

const script = fc.array(step, { minLength: 20, maxLength: 80 });
const runs = testDepth.pick({ reduced: 40, full: 3_000 });

describe('clients that claim, speak, fall silent and come back', () => {
  it('complete each task once, and change nothing with a claim that does not stand', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (steps) => {
        const { game, tasks, faults } = await play(steps, false);
        expect(faults).toEqual([]);
        expect(game.staleChanges).toBe(0);
        for (const { id, status } of tasks) {
          expect(game.accepted.get(id) ?? 0).toBe(status === 'completed' ? 1 : 0);
        }
      }),
      { numRuns: runs },
    );
  });

  it('(negative control) without the compared fence change what is not theirs', async () => {
    const found = await fc.check(
      fc.asyncProperty(script, async (steps) => {
        const { game } = await play(steps, true);
        expect(game.staleChanges).toBe(0);
      }),
      { numRuns: 300 },
    );
    expect(found.failed).toBe(true);
  });
});
