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
import { LEASE_MS, type StoreBench } from './store-bench.ts';

/** Of a client. */
export const LONG_MS = 1_800_000;
export const DONE = { kind: 'succeeded', summary: 'it is done' } as const;

/** A client in a session of that name. */
export function client(name: string, sessionId = `session-of-${name}`): Client {
  return { sessionId, clientId: `id-of-${name}`, name, version: '1', root: '/project' };
}

export const ANY = { kind: 'next', specialistType: null, labels: [], minPriority: 'P4' } as const;

/** What clients say to the store, in short words. */
export class Clients {
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

export const ANN = client('ann');
export const BOB = client('bob');
