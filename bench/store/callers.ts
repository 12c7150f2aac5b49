import { DEFAULT_RETRY_POLICY } from '../../src/domain/task.ts';
import type { ClaimedTask, Store } from '../../src/store/store.ts';
import { loadOf, taskDocument } from './task-document.ts';

/** So many callers wait for the store at any moment. */
export const CALLERS = 64;

/** `lists` lists of `rows` tasks, each loaded by a call of its own. */
export async function enqueueLists(store: Store, lists: number, rows: number): Promise<void> {
  const document = taskDocument(rows);
  await byCallers(lists, async (index) => {
    await store.loadList(loadOf(`/bench/${index}.md`, document));
  });
}

/** Claim and finish `count` tasks of a list, one task a call. */
export async function claimAndFinish(store: Store, listId: string, count: number): Promise<void> {
  await byCallers(count, async () => finishOne(store, await claimOne(store, listId)));
}

export async function claimOne(store: Store, listId: string): Promise<ClaimedTask> {
  const [claimed] = await store.claimNext({
    listId,
    holderId: 'bench',
    max: 1,
    maxConcurrent: CALLERS,
    minPriority: 'P4',
    defaultAgent: 'bench',
    leaseMs: 60_000,
  });
  if (claimed === undefined) throw new Error('a claim found nothing');
  return claimed;
}

export async function finishOne(store: Store, { id, fence, term }: ClaimedTask): Promise<void> {
  const finished = await store.finishAttempt({
    id,
    fence,
    holder: { id: 'bench', term },
    outcome: { kind: 'succeeded', summary: 'written' },
    policy: DEFAULT_RETRY_POLICY,
    evidence: { exitCode: 0, resultJson: null },
  });
  if (finished.kind !== 'finished') throw new Error(`a finish was ${finished.kind}`);
}

/** `CALLERS` callers share `count` calls; each makes its next one when its last was answered. */
export async function byCallers(
  count: number,
  call: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await call(index);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}
