import { expect, it } from 'vitest';
import { DEFAULT_RETRY_POLICY } from '../../../src/domain/task.ts';
import type {
  ClaimEnd,
  ClaimForClient,
  Client,
  ClientClaim,
  FinishClaim,
  FinishedClaim,
} from '../../../src/store/claims.ts';
import type { ClaimedTask } from '../../../src/store/store.ts';
import { LEASE_MS, type OnStore, type StoreBench } from './store-bench.ts';

const LONG_MS = 1_800_000;
const DONE = { kind: 'succeeded', summary: 'it is done' } as const;

/** A client in a session of that name. */
function client(name: string, sessionId = `session-of-${name}`): Client {
  return { sessionId, clientId: `id-of-${name}`, name, version: '1', root: '/project' };
}

const ANY = { kind: 'next', specialistType: null, labels: [], minPriority: 'P4' } as const;

/** What clients say to the store, in short words. */
class Clients {
  readonly #bench: StoreBench;
  constructor(bench: StoreBench) {
    this.#bench = bench;
  }

  async ask(who: Client, change: Partial<ClaimForClient> = {}): Promise<ClientClaim> {
    const { listId } = this.#bench;
    const list = { listId, policy: DEFAULT_RETRY_POLICY, maxConcurrent: null };
    const rest = { lists: [list], clientMax: null, leaseMs: LONG_MS, leasesCount: true };
    return await this.#bench.store.claimForClient({ client: who, wanted: ANY, ...rest, ...change });
  }

  async next(who: Client, change: Partial<ClaimForClient> = {}): Promise<ClaimedTask> {
    const answer = await this.ask(who, change);
    if (answer.kind !== 'claimed') throw new Error(`nothing: ${JSON.stringify(answer)}`);
    return answer.claimed;
  }

  async take(
    who: Client,
    taskId: string,
    change: Partial<ClaimForClient> = {},
  ): Promise<ClaimedTask> {
    const { id } = await this.#bench.task(taskId);
    return await this.next(who, { wanted: { kind: 'task', id, inside: null }, ...change });
  }

  async end(
    who: Client,
    claimed: Pick<ClaimedTask, 'id'> & { readonly fence: number | null },
    end: ClaimEnd,
    change: Partial<FinishClaim> = {},
  ): Promise<FinishedClaim> {
    return await this.#bench.store.finishClaim({
      ref: { id: claimed.id, fence: claimed.fence, epoch: null },
      ...{ client: who, end, resultJson: null, progress: null, policy: DEFAULT_RETRY_POLICY },
      ...{ leaseMs: LONG_MS, verifier: { holderId: 'verifier', leaseMs: LEASE_MS }, ...change },
    });
  }

  async beat(who: Client, { id, fence }: { id: string; fence: number | null }) {
    const ref = { id, fence, epoch: null };
    const progress = { percent: 40, note: 'half way' };
    return await this.#bench.store.extendClaim({ ref, client: who, leaseMs: LONG_MS, progress });
  }

  async expire(): Promise<readonly string[]> {
    const { listId } = this.#bench;
    return await this.#bench.store.expireClaims([{ listId, policy: DEFAULT_RETRY_POLICY }]);
  }
}

const ANN = client('ann');
const BOB = client('bob');

/** How clients without a process of ours hold tasks. */
export function clientClaimsContract(on: OnStore): void {
  claimingByClients(on);
  endsByClients(on);
  expiry(on);
  verifying(on);
}

function claimingByClients(on: OnStore): void {
  it(
    'a client claims what is most urgent, from a list that nobody executes',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', priority: 'P1' }]);
      await bench.set({ status: 'stopped' });
      const clients = new Clients(bench);
      expect(await clients.ask(ANN)).toMatchObject({
        ...{ kind: 'claimed', again: false, epoch: 1 },
        claimed: { taskId: 'B', fence: 1, attempt: 1, agent: 'ann' },
      });
      expect(await bench.task('B')).toMatchObject({
        ...{ status: 'running', holderId: 'session:session-of-ann' },
        leaseUntilMs: bench.world.nowMs + LONG_MS,
      });
      const [held] = await bench.store.heldTasks(bench.listId);
      expect(held).toMatchObject({ clientName: 'ann', holder: null });
    }),
  );

  it(
    'nothing is claimed from a paused list, neither the next task nor a named one',
    on(async (bench) => {
      await bench.load(['A']);
      await bench.set({ status: 'paused' });
      const clients = new Clients(bench);
      const lists = [{ listId: bench.listId, why: 'paused' }];
      expect(await clients.ask(ANN)).toEqual({ kind: 'none', lists });
      await expect(clients.take(ANN, 'A')).rejects.toMatchObject({ code: 'executor_not_running' });
    }),
  );

  it(
    'a blocked task is refused with what it waits for',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      await expect(new Clients(bench).take(ANN, 'B')).rejects.toMatchObject({
        code: 'task_blocked',
        details: { blockers: [{ taskId: 'A', status: 'queued' }] },
      });
    }),
  );

  it(
    'claims are chosen by role, label and priority',
    on(async (bench) => {
      await bench.load([
        ...(['A', { taskId: 'B', needs: ['gpu', 'net'] }] as const),
        ...([{ taskId: 'C', needs: ['gpu'], priority: 'P3' }] as const),
      ]);
      const clients = new Clients(bench);
      const labels = ['gpu'];
      const none = { wanted: { ...ANY, labels: ['gpu', 'tpu'] } };
      expect(await clients.ask(ANN, none)).toMatchObject({ kind: 'none' });
      const urgent = { wanted: { ...ANY, labels, minPriority: 'P2' } } as const;
      expect(await clients.next(ANN, urgent)).toMatchObject({ taskId: 'B' });
      expect(await clients.ask(ANN, urgent)).toMatchObject({ kind: 'none' });
      expect(await clients.next(ANN, { wanted: { ...ANY, labels } })).toMatchObject({
        taskId: 'C',
      });
      const role = { wanted: { ...ANY, specialistType: 'tester' } };
      expect(await clients.ask(ANN, role)).toMatchObject({ kind: 'none' });
    }),
  );

  it(
    'the limits of the list and of the client hold, whoever runs the tasks',
    on(async (bench) => {
      await bench.load(['A', 'B', 'C', 'D']);
      await bench.claim();
      const clients = new Clients(bench);
      const { listId } = bench;
      const lists = [{ listId, policy: DEFAULT_RETRY_POLICY, maxConcurrent: 2 }];
      await clients.next(ANN, { lists });
      expect(await clients.ask(BOB, { lists })).toEqual({
        ...{ kind: 'none', lists: [{ listId, why: 'list_full' }] },
      });
      await expect(clients.take(BOB, 'C', { lists })).rejects.toMatchObject({
        code: 'claims_full',
      });
      expect(await clients.ask(ANN, { clientMax: 1 })).toMatchObject({
        lists: [{ why: 'client_full' }],
      });
      expect(await clients.ask(BOB, { clientMax: 1 })).toMatchObject({ kind: 'claimed' });
    }),
  );

  it(
    'asking again for what one holds gives the same claim, extended; another client is refused',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const first = await clients.take(ANN, 'A');
      bench.world.nowMs += 60_000;
      const restarted = client('ann', 'a-later-session');
      expect(await clients.take(restarted, 'A')).toEqual({
        ...first,
        leaseUntilMs: bench.world.nowMs + LONG_MS,
      });
      await expect(clients.take(BOB, 'A')).rejects.toMatchObject({ code: 'lease_held' });
      expect(await bench.kinds('A')).toEqual(['enqueued', 'claimed']);
    }),
  );

  it(
    'a heartbeat extends the lease and says how far the task is, without an event',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      bench.world.nowMs += 60_000;
      const answer = await clients.beat(BOB, claimed);
      expect(answer).toMatchObject({ heldBy: 'client', endRequest: null });
      expect(answer.claimed.leaseUntilMs).toBe(bench.world.nowMs + LONG_MS);
      expect(await bench.kinds('A')).toEqual(['enqueued', 'claimed']);
      await bench.change('cancel', 'A');
      expect((await clients.beat(ANN, claimed)).endRequest).toMatchObject({ verb: 'cancel' });
    }),
  );

  it(
    'without a claim only the client that holds the task is heard',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      const clients = new Clients(bench);
      const { id } = await clients.take(ANN, 'A');
      const bare = { id, fence: null };
      await expect(clients.beat(BOB, bare)).rejects.toMatchObject({ code: 'claim_needed' });
      await expect(clients.end(BOB, bare, DONE)).rejects.toMatchObject({ code: 'claim_needed' });
      const other = { id: (await bench.task('B')).id, fence: null };
      await expect(clients.end(ANN, other, DONE)).rejects.toMatchObject({ code: 'claim_needed' });
      expect(await clients.end(client('ann', 'later'), bare, DONE)).toMatchObject({
        status: 'completed',
      });
      expect(await clients.end(ANN, bare, DONE)).toMatchObject({ kind: 'already' });
    }),
  );

  it(
    'a claim from before a restore is worth nothing',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const { id, fence } = await clients.take(ANN, 'A');
      const epoch = await bench.store.afterRestore(1);
      const ref = { id, fence, epoch: 1 };
      await expect(clients.end(ANN, { id, fence }, DONE, { ref })).rejects.toMatchObject({
        ...{ code: 'stale_fence', details: { epoch: 1 } },
      });
      expect(await clients.ask(ANN)).toMatchObject({ kind: 'claimed', epoch });
    }),
  );
}

function endsByClients(on: OnStore): void {
  it.each([
    [DONE, 'completed', 1],
    [{ kind: 'revise', note: 'more tests' }, 'queued', 0],
    [{ kind: 'blocked', reason: 'which database?' }, 'waiting', 0],
    [{ kind: 'errored', error: 'it does not build' }, 'queued', 1],
    [{ kind: 'returned', reason: 'out of time' }, 'queued', 0],
  ] as const)('the end %j leads to %s, charged %i', (end, status, attempts) =>
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      expect(await clients.end(ANN, claimed, end)).toMatchObject({ kind: 'finished', status });
      expect(await bench.task('A')).toMatchObject({ status, attempts });
      const before = await bench.task('A');
      expect(await clients.end(ANN, claimed, end)).toMatchObject({ kind: 'already', status });
      expect(await bench.task('A')).toEqual(before);
    })(),
  );

  it(
    'more revisions than allowed are a failure',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const revise = { kind: 'revise', note: 'again' } as const;
      for (let round = 0; round < DEFAULT_RETRY_POLICY.revisionsMax; round += 1) {
        expect(await clients.end(ANN, await clients.take(ANN, 'A'), revise)).toMatchObject({
          status: 'queued',
        });
      }
      expect(await clients.end(ANN, await clients.take(ANN, 'A'), revise)).toMatchObject({
        status: 'failed',
      });
    }),
  );

  it(
    'more to come keeps what was said, and the claim',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      bench.world.nowMs += 60_000;
      const resultJson = '{"summary":"half","detailedWork":"the first half"}';
      const more = { kind: 'continue' } as const;
      expect(await clients.end(ANN, claimed, more, { resultJson })).toMatchObject({
        ...{ kind: 'continued', claimed: { leaseUntilMs: bench.world.nowMs + LONG_MS } },
      });
      expect(await bench.task('A')).toMatchObject({ status: 'running', fence: claimed.fence });
      await clients.end(ANN, claimed, DONE);
      const [attempt] = await bench.store.attempts(claimed.id);
      expect(JSON.parse(attempt?.resultJson ?? '')).toMatchObject({
        ...{ detailedWork: 'the first half', proposed: 'succeeded' },
      });
      expect(await bench.task('A')).toMatchObject({ resultSummary: 'it is done' });
    }),
  );

  it(
    'what a person asked of a task is what becomes of it, short of success',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      await bench.change('cancel', 'A');
      const revise = { kind: 'revise', note: 'again' } as const;
      expect(await clients.end(ANN, claimed, revise)).toMatchObject({ status: 'cancelled' });
    }),
  );

  it(
    'inside the attempt of an executor an end is only proposed',
    on(async (bench) => {
      await bench.load(['A']);
      const claimed = await bench.take('A');
      const clients = new Clients(bench);
      const { id, fence } = claimed;
      const wanted = { kind: 'task', id, inside: { id, fence } } as const;
      expect(await clients.ask(ANN, { wanted })).toMatchObject({ again: true, claimed });
      expect(await clients.end(ANN, claimed, DONE)).toEqual({
        ...{ kind: 'proposed', end: 'succeeded' },
      });
      expect(await clients.beat(ANN, claimed)).toMatchObject({ heldBy: 'executor', claimed });
      expect(await bench.task('A')).toMatchObject({ status: 'running', holderId: 'holder' });
      const back = { kind: 'returned', reason: '' } as const;
      expect(await clients.end(ANN, claimed, back)).toMatchObject({
        ...{ kind: 'refused', error: { code: 'illegal_transition' } },
      });
      await bench.finish(claimed, { kind: 'errored', cause: 'exit', error: 'exit code 1' });
      const [attempt] = await bench.store.attempts(id);
      expect(attempt).toMatchObject({ outcome: 'errored', resultJson: expect.any(String) });
    }),
  );
}

function expiry(on: OnStore): void {
  it(
    'a lease that ran out frees the task at the next claim, charged as a crash',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const first = await clients.take(ANN, 'A');
      bench.world.nowMs += LONG_MS;
      expect(await clients.ask(BOB)).toMatchObject({ kind: 'none' });
      bench.world.nowMs += 1;
      expect(await clients.ask(BOB, { leasesCount: false })).toMatchObject({ kind: 'none' });
      expect(await clients.next(BOB)).toMatchObject({ taskId: 'A', fence: 2, attempt: 2 });
      expect(await bench.task('A')).toMatchObject({ crashCount: 1, attempts: 1 });
      const before = await bench.task('A');
      for (let round = 0; round < 2; round += 1) {
        expect(await clients.end(ANN, first, DONE)).toMatchObject({
          ...{ kind: 'refused', error: { code: 'stale_fence' } },
        });
      }
      await expect(clients.beat(ANN, first)).rejects.toMatchObject({ code: 'stale_fence' });
      expect(await bench.task('A')).toEqual(before);
      const kinds = ['enqueued', 'claimed', 'lost', 'claimed', 'late_result'];
      expect(await bench.kinds('A')).toEqual(kinds);
    }),
  );

  it(
    'only what clients hold expires so; a task lost too often fails',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      await bench.take('B');
      const clients = new Clients(bench);
      for (let round = 0; round < DEFAULT_RETRY_POLICY.crashesMax; round += 1) {
        const { id } = await clients.take(ANN, 'A');
        bench.world.nowMs += LONG_MS + 1;
        expect(await clients.expire()).toEqual([id]);
      }
      expect(await bench.statuses()).toEqual({ A: 'failed', B: 'running' });
    }),
  );

  it(
    'a success that comes after its lease counts while nobody has claimed the task since',
    on(async (bench) => {
      await bench.load(['A', { taskId: 'B', after: ['A'] }]);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      bench.world.nowMs += LONG_MS + 1;
      await clients.expire();
      const revise = { kind: 'revise', note: 'again' } as const;
      expect(await clients.end(ANN, claimed, revise)).toMatchObject({ kind: 'refused' });
      expect(await clients.end(ANN, claimed, DONE)).toMatchObject({ status: 'completed' });
      expect(await clients.end(ANN, claimed, DONE)).toMatchObject({ kind: 'already' });
      expect(await clients.next(BOB)).toMatchObject({ taskId: 'B' });
      const [attempt] = await bench.store.attempts(claimed.id);
      expect(attempt).toMatchObject({ outcome: 'succeeded', error: null });
    }),
  );

  it(
    'an expired lease that nobody swept is extended by any call of its client',
    on(async (bench) => {
      await bench.load(['A']);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      bench.world.nowMs += LONG_MS + 1;
      await clients.beat(ANN, claimed);
      expect(await clients.expire()).toEqual([]);
    }),
  );
}

function verifying(on: OnStore): void {
  const VERIFIED = { taskId: 'A', verify: ['npm', 'test'] } as const;

  it(
    'a task with a verify command is held by its verifier until that decides',
    on(async (bench) => {
      await bench.load([VERIFIED]);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      const answer = await clients.end(ANN, claimed, DONE);
      expect(answer).toMatchObject({ kind: 'verifying', begun: true, claimed: { term: 2 } });
      expect(await clients.end(ANN, claimed, DONE)).toMatchObject({ begun: false });
      expect(await clients.beat(ANN, claimed)).toMatchObject({ heldBy: 'verifier' });
      const back = { kind: 'returned', reason: '' } as const;
      expect(await clients.end(ANN, claimed, back)).toMatchObject({
        ...{ kind: 'refused', error: { code: 'lease_held' } },
      });
      bench.world.nowMs += LONG_MS * 2;
      expect(await clients.expire()).toEqual([]);
      const holder = { id: 'verifier', term: 2 };
      const error = 'verify: exit code 1: 3 tests failed';
      const outcome = { kind: 'errored', cause: 'verify', error } as const;
      await bench.finish(claimed, outcome, { holder });
      expect(await clients.end(ANN, claimed, DONE)).toMatchObject({
        ...{ kind: 'already', outcome: 'errored', error, status: 'queued' },
      });
    }),
  );

  it(
    'a late success with a verify command is claimed anew, to be verified',
    on(async (bench) => {
      await bench.load([VERIFIED]);
      const clients = new Clients(bench);
      const claimed = await clients.take(ANN, 'A');
      bench.world.nowMs += LONG_MS + 1;
      await clients.expire();
      const resultJson = '{"summary":"done","detailedWork":"all of it"}';
      expect(await clients.end(ANN, claimed, DONE, { resultJson })).toMatchObject({
        ...{ kind: 'verifying', begun: true, claimed: { fence: claimed.fence + 1 } },
      });
      const attempts = await bench.store.attempts(claimed.id);
      expect(JSON.parse(attempts[1]?.resultJson ?? '')).toMatchObject({
        detailedWork: 'all of it',
      });
    }),
  );
}
