import { randomUUID } from 'node:crypto';
import { DEFAULT_RETRY_POLICY } from '../../src/domain/task.ts';
import type { Trace } from '../../src/store/postgres/connection.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import type { ClaimedTask, Store } from '../../src/store/store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { loadOf, taskDocument } from '../store/task-document.ts';
import { BATCH, byCallers, type Listening, type Peer, type Queue, type Setting } from './peer.ts';

const TAKEN: Readonly<Record<Setting, number>> = { default: 1, batched: BATCH, tuned: 128 };
const LOADING_MAX_MS = 600_000;
const RUNNING_MAX = 1_000_000;

/**
 * The store's port, with everything on: fences, one event a transition, attempts, history. One job
 * is a list of one task, many are a list of many.
 */
export const pawl: Peer = { name: 'Pawl', open: (url, setting) => openPawl(url, setting) };

export interface PawlQueue extends Queue {
  readonly store: Store;
  /** The list that `work` works. */
  readonly listId: string;
  use(listId: string): void;
}

export async function openPawl(url: string, setting: Setting, trace?: Trace): Promise<PawlQueue> {
  const store = await openPostgresStore({
    ...{ world: createRealWorld(), url },
    ...(trace === undefined ? {} : { trace }),
  });
  let lists = 0;
  let listId = '';
  const path = (): string => {
    lists += 1;
    return `/bench/${randomUUID()}-${lists}.md`;
  };
  return {
    store,
    get listId() {
      return listId;
    },
    use: (id) => {
      listId = id;
    },
    enqueue: async () => {
      await store.loadList(loadOf(path(), taskDocument(1)));
    },
    enqueueMany: async (count) => {
      listId = await startList(store, path(), count);
    },
    work: (count, callers) => {
      let left = count;
      const claim = async (): Promise<readonly ClaimedTask[]> => {
        const wanted = Math.min(TAKEN[setting], left);
        if (wanted === 0) return [];
        left -= wanted;
        const claimed = await claimSome(store, listId, wanted);
        left += wanted - claimed.length;
        return claimed;
      };
      // As an executor does it: what comes next is asked for right behind what has ended.
      return byCallers(callers, async () => {
        let held = await claim();
        while (held.length > 0) {
          const ends = held.map((task) => finish(store, task));
          [held] = await Promise.all([claim(), ...ends]);
        }
        return false;
      });
    },
    listen: (begun) => listen(url, store, begun),
    stop: () => store.close(),
  };
}

async function startList(store: Store, path: string, count: number): Promise<string> {
  const call = { deadlineMs: LOADING_MAX_MS };
  const { list } = await store.loadList(loadOf(path, taskDocument(count)), call);
  await store.setExecutor({ listId: list.listId, status: 'running' });
  return list.listId;
}

async function claimSome(
  store: Store,
  listId: string,
  max: number,
): Promise<readonly ClaimedTask[]> {
  return await store.claimNext({
    ...{ listId, holderId: 'bench', max, maxConcurrent: RUNNING_MAX, minPriority: 'P4' },
    ...{ defaultAgent: 'bench', leaseMs: 60_000 },
  });
}

async function finish(store: Store, { id, fence, term }: ClaimedTask): Promise<void> {
  const finished = await store.finishAttempt({
    ...{ id, fence, holder: { id: 'bench', term }, policy: DEFAULT_RETRY_POLICY },
    outcome: { kind: 'succeeded', summary: 'written' },
    evidence: { exitCode: 0, resultJson: null },
  });
  if (finished.kind !== 'finished') throw new Error(`a finish was ${finished.kind}`);
}

/**
 * A worker with connections of its own: it hears of a task by the database's notice. Its list has
 * one task, which is put back into the queue once it is done.
 */
async function listen(url: string, other: Store, begun: () => void): Promise<Listening> {
  const worker = await openPostgresStore({ world: createRealWorld(), url });
  const listId = await startList(worker, '/bench/listened.md', 1);
  const [first] = await claimSome(worker, listId, 1);
  if (first === undefined) throw new Error('a claim found nothing');
  await finish(worker, first);
  let working: Promise<void> = Promise.resolve();
  const work = async (): Promise<void> => {
    for (const task of await claimSome(worker, listId, 1)) {
      begun();
      await finish(worker, task);
    }
  };
  const watching = worker.watch(() => {
    working = working.then(work);
  });
  const how = { reason: 'bench', by: 'person', confirmed: true, cascade: false } as const;
  return {
    enqueue: async () => {
      await working;
      await other.changeTask({ id: first.id, verb: 'requeue', ...how });
    },
    stop: async () => {
      watching.stop();
      await working;
      await worker.close();
    },
  };
}
