import { EventEmitter } from 'node:events';
import {
  Logger,
  makeWorkerUtils,
  type Runner,
  run,
  runMigrations,
  type WorkerEvents,
} from 'graphile-worker';
import { BATCH, type Peer, type Setting, TUNED_BATCH } from './peer.ts';

const logger = new Logger(() => () => undefined);
const JOB = { identifier: 'noop', payload: { text: 'Write the parser for part 1' } };

/** Both batches: a crash leaves the jobs of a local queue locked for hours. */
const batchesOf = (size: number) => ({
  localQueue: { size },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
});

const SETTINGS: Readonly<Record<Setting, object>> = {
  default: {},
  batched: batchesOf(BATCH),
  tuned: batchesOf(TUNED_BATCH),
};

/** https://worker.graphile.org: `run` with its own options, and nothing but the callers set. */
export const graphile: Peer = {
  name: 'graphile-worker',
  open: async (connectionString, setting) => {
    await runMigrations({ connectionString, logger });
    const utils = await makeWorkerUtils({ connectionString, logger });
    const start = (concurrency: number, events: WorkerEvents, begun?: () => void) =>
      run({
        ...{ connectionString, concurrency, events, logger, noHandleSignals: true },
        preset: { worker: SETTINGS[setting] },
        taskList: { noop: () => begun?.() },
      });
    const enqueue = async (): Promise<void> => {
      await utils.addJob(JOB.identifier, JOB.payload);
    };
    return {
      enqueue,
      enqueueMany: async (count) => {
        await utils.addJobs(Array.from({ length: count }, () => JOB));
      },
      work: (count, callers) => worked(count, (events) => start(callers, events)),
      listen: async (begun) => {
        const runner = await start(1, new EventEmitter() as WorkerEvents, begun);
        return { enqueue, stop: () => runner.stop() };
      },
      stop: async () => {
        await utils.release();
      },
    };
  },
};

/** From the first job's start to the last one's completion. */
async function worked(
  count: number,
  start: (events: WorkerEvents) => Promise<Runner>,
): Promise<number> {
  const events = new EventEmitter() as WorkerEvents;
  const ended = Promise.withResolvers<number>();
  let startedAt: number | null = null;
  let done = 0;
  events.on('job:start', () => {
    startedAt ??= performance.now();
  });
  events.on('job:complete', () => {
    done += 1;
    if (done === count) ended.resolve(performance.now() - (startedAt ?? 0));
  });
  const runner = await start(events);
  const took = await ended.promise;
  await runner.stop();
  return took;
}
