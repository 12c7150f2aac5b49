import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAttendedRunner } from '../../src/agents/attended-runner.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { pause } from '../../src/world/timers.ts';
import { type Figure, information, millis, type Section } from '../figure.ts';
import { median, quantile } from '../quantiles.ts';
import { Scratch } from '../scratch.ts';
import { awake } from './awake.ts';
import { chainList, wideList } from './list-text.ts';
import { openList } from './run-list.ts';
import { preciseNow } from './timeline.ts';

const ROUNDS = 5;
const CHAIN = 100;
const BARE_STARTS = 60;
const REQUEUES = 300;
const REQUEUE_PAUSE_MAX_MS = 25;
const IN_PROCESS_P99_MAX_MS = 15;
const OTHER_PROCESS_P99_MAX_MS = 40;
const START_OVERHEAD_MAX_MS = 10;

/** Prints when it began to run, in nanoseconds. */
const CLOCK = ['date', '+%s%N'] as const;

/** How soon what is ready is claimed, and what is claimed is running. */
export const latency: Section = {
  name: 'latency',
  title: 'From ready to claimed to running',
  about: [
    'The real executor with real processes, marks written back, one task at a time. In the',
    'process: a chain, in which each finished task makes the next one ready; from the commit that',
    'did so to the commit of its claim. From another process: an executor that sleeps, and a',
    'second process on the same file that puts a task back into the queue at a random moment. The',
    'start: from the commit of the claim to the moment the agent itself (`date`) tells, against',
    'the same program under the same attendant started directly; both alternate. What lies before',
    "the attendant is asked for is Pawl's own part of it; the rest is the system's work of",
    'starting processes.',
  ].join('\n'),
  run: async (note) => {
    const scratch = new Scratch();
    try {
      note('chains and bare starts');
      const chains = await chainFigures(scratch);
      note('another process');
      return [...chains, ...(await otherProcess(scratch))];
    } finally {
      scratch.remove();
    }
  },
};

async function chainFigures(scratch: Scratch): Promise<readonly Figure[]> {
  const claims: number[] = [];
  const launches: number[] = [];
  const execs: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(...(await awake(() => bareStarts(scratch.folder()))));
    const chain = await runChain(scratch.folder());
    claims.push(...chain.claimMs);
    launches.push(...chain.launchMs);
    execs.push(...chain.execMs);
  }
  return [
    ...bounded('ready to claimed, in the process', claims, IN_PROCESS_P99_MAX_MS),
    ...startFigures(execs, bare),
    ...bounded('of which before the attendant', launches, START_OVERHEAD_MAX_MS),
  ];
}

async function runChain(folder: string) {
  const text = chainList(CHAIN);
  const { executor, timeline, path } = await openList({
    ...{ folder, text, agentCommand: CLOCK, maxConcurrent: 1 },
  });
  await executor.start();
  await executor.finished();
  const { tasks, completedTasks } = await executor.restoreQueueFromDatabase(path);
  await executor.close();
  if (completedTasks !== CHAIN) throw new Error(`${completedTasks} of ${CHAIN} tasks completed`);
  const claimed = timeline.claimCommits();
  const ready = timeline.finishCommits();
  const attempts = join(folder, '.pawl', 'attempts');
  return {
    claimMs: claimed.slice(1).map((atMs, index) => atMs - (ready[index] ?? Number.NaN)),
    launchMs: timeline.launches().map((atMs, index) => atMs - (claimed[index] ?? Number.NaN)),
    execMs: tasks.map(
      ({ uuid }, index) => toldIn(join(attempts, uuid, '1')) - (claimed[index] ?? Number.NaN),
    ),
  };
}

async function bareStarts(folder: string): Promise<readonly number[]> {
  const runner = createAttendedRunner(createRealWorld());
  const samples: number[] = [];
  for (let start = 0; start < BARE_STARTS; start += 1) {
    const attempt = join(folder, String(start));
    const startedAtMs = preciseNow();
    const program = await runner.start({
      ...{ folder: attempt, argv: CLOCK, cwd: folder, env: { PATH: '/usr/bin:/bin' } },
      ...{ stdin: 'a prompt', timeoutMs: 60_000, killGraceMs: 5_000, outputBytesMax: 1 << 20 },
    });
    await program.exited;
    samples.push(toldIn(attempt) - startedAtMs);
  }
  return samples;
}

/** What `CLOCK` printed, in milliseconds. */
function toldIn(attempt: string): number {
  return Number(readFileSync(join(attempt, 'output.log'), 'utf8')) / 1e6;
}

async function otherProcess(scratch: Scratch): Promise<readonly Figure[]> {
  const folder = scratch.folder();
  const script = 'test "$PAWL_TASK_ID" != T-1 || exec sleep 3600';
  const { executor, timeline, path } = await openList({
    ...{ folder, text: wideList(2), agentCommand: ['/bin/sh', '-c', script], maxConcurrent: 2 },
  });
  const finished = (): Promise<unknown> => once(executor, 'task:completed');
  const first = finished();
  await executor.start();
  await first;
  const { tasks } = await executor.restoreQueueFromDatabase(path);
  const other = fork(join(import.meta.dirname, 'requeuer.ts'), [join(folder, '.pawl', 'pawl.db')]);
  await once(other, 'message');
  const { timers } = createRealWorld();
  const samples: number[] = [];
  for (let index = 0; index < REQUEUES; index += 1) {
    await pause(timers, Math.random() * REQUEUE_PAUSE_MAX_MS);
    const again = finished();
    const told = once(other, 'message');
    other.send(tasks[1]?.uuid ?? '');
    const [readyAtMs] = (await told) as [number];
    await again;
    samples.push((timeline.claimCommits().at(-1) ?? Number.NaN) - readyAtMs);
  }
  other.disconnect();
  await executor.stop();
  await executor.close();
  return bounded('ready to claimed, from another process', samples, OTHER_PROCESS_P99_MAX_MS);
}

function bounded(what: string, samples: readonly number[], p99MaxMs: number): readonly Figure[] {
  const p99 = quantile(samples, 0.99);
  return [
    information(`${what}, p50`, millis(median(samples))),
    {
      what: `${what}, p99`,
      measured: millis(p99),
      beside: `${samples.length} times`,
      ratio: '',
      goal: `under ${p99MaxMs} ms`,
      met: p99 < p99MaxMs,
    },
  ];
}

function startFigures(execs: readonly number[], bare: readonly number[]): readonly Figure[] {
  const beside = (share: number) => ({
    own: quantile(execs, share),
    floor: quantile(bare, share),
    more: quantile(execs, share) - quantile(bare, share),
  });
  const [half, most] = [beside(0.5), beside(0.99)];
  return [
    {
      what: "claimed to the agent's first moment, p50",
      measured: millis(half.own),
      beside: `bare attendant ${millis(half.floor)}`,
      ratio: `+${millis(half.more)}`,
      goal: `at most +${START_OVERHEAD_MAX_MS} ms`,
      met: half.more <= START_OVERHEAD_MAX_MS,
    },
    information(
      "claimed to the agent's first moment, p99",
      millis(most.own),
      `bare attendant ${millis(most.floor)}`,
      `+${millis(most.more)}`,
    ),
  ];
}
