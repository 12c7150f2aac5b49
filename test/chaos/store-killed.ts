import { writeSync } from 'node:fs';
import { DEFAULT_RETRY_POLICY } from '../../src/domain/task.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';

/**
 * A process of its own that works on a list until it is killed. Whatever the store acknowledged is
 * written to standard output at once: `finished ID FENCE`, `claimed ID FENCE`, `locked NAME`.
 */
const [path = '', listId = '', round = '0'] = process.argv.slice(2);
const store = await openSqliteStore({ world: createRealWorld(), path });
const holderId = `round ${round}`;
const claim = { listId, holderId, max: 2, maxConcurrent: 100_000, leaseMs: 60_000 };

const acknowledged = (line: string): void => void writeSync(1, `${line}\n`);

async function call(which: number): Promise<void> {
  for (let step = 0; ; step += 1) {
    const name = `${round} ${which} ${step}`;
    const [tasks] = await Promise.all([
      store.claimNext({ ...claim, minPriority: 'P4', defaultAgent: null }),
      store
        .acquireLock({ name, holderId, ttlMs: 1_000 })
        .then(() => acknowledged(`locked ${name}`)),
    ]);
    for (const task of tasks) acknowledged(`claimed ${task.id} ${task.fence}`);
    await Promise.all(
      tasks.map(async ({ id, fence, term }) => {
        const end = { id, fence, holder: { id: holderId, term }, policy: DEFAULT_RETRY_POLICY };
        const answer = await store.finishAttempt({ ...end, outcome: { kind: 'succeeded' } });
        acknowledged(`${answer.kind} ${id} ${fence}`);
      }),
    );
    if (tasks.length === 0) return;
  }
}

acknowledged('ready');
await Promise.all(Array.from({ length: 8 }, (_, which) => call(which)));
acknowledged('empty');
await store.close();
