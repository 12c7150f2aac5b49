import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DEFAULT_RETRY_POLICY } from '../../src/domain/task.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';

/** What a writer says now and then. */
export interface WriterProgress {
  readonly commits: number;
}

/** What a writer says when it was told to stop. */
export interface WriterReport {
  readonly finished: number;
  readonly errors: readonly string[];
  readonly slowestMs: number;
  readonly loopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** A process of its own that claims and finishes tasks of a list, with several callers at once. */
async function work(path: string, listId: string, callers: number): Promise<void> {
  const world = createRealWorld();
  let commits = 0;
  const intercept = (sql: string): void => {
    commits += sql === 'COMMIT' ? 1 : 0;
  };
  const store = await openSqliteStore({ world, path, intercept });
  const holderId = String(process.pid);
  const errors: string[] = [];
  const finishedIds: string[] = [];
  let slowestMs = 0;
  let stopped = false;
  const timed = async <T>(operation: Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const answer = await operation;
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    return answer;
  };
  const claim = { listId, holderId, max: 1, maxConcurrent: 10_000, leaseMs: 60_000 };
  const call = async (): Promise<void> => {
    while (!stopped) {
      try {
        const [task] = await timed(
          store.claimNext({ ...claim, minPriority: 'P4', defaultAgent: null }),
        );
        if (task === undefined) break;
        const { id, fence, term } = task;
        const end = { id, fence, holder: { id: holderId, term }, policy: DEFAULT_RETRY_POLICY };
        const answer = await timed(store.finishAttempt({ ...end, outcome: { kind: 'succeeded' } }));
        if (answer.kind === 'finished') finishedIds.push(id);
        else errors.push(answer.kind);
      } catch (error) {
        errors.push(error instanceof Error && 'code' in error ? String(error.code) : 'unknown');
      }
    }
  };
  process.send?.('ready');
  await once(process, 'message');
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const progress = setInterval(() => process.send?.({ commits }), 100);
  const all = Promise.all(Array.from({ length: callers }, call));
  await once(process, 'message');
  stopped = true;
  clearInterval(progress);
  delay.disable();
  await all;
  const ms = (nanoseconds: number): number => nanoseconds / 1e6;
  process.send?.({
    finished: finishedIds.length,
    errors,
    slowestMs,
    loopDelayMs: {
      p50: ms(delay.percentile(50)),
      p99: ms(delay.percentile(99)),
      max: ms(delay.max),
    },
  } satisfies WriterReport);
  await store.close();
  process.disconnect();
}

const [path = '', listId = '', callers = '1'] = process.argv.slice(2);
await work(path, listId, Number(callers));
