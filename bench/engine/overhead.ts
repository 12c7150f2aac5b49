import { createRealWorld } from '../../src/world/real-world.ts';
import { type Figure, grouped, information, millis, perSecond, type Section } from '../figure.ts';
import { median, quantile } from '../quantiles.ts';
import { Scratch } from '../scratch.ts';
import { awake } from './awake.ts';
import { chainList, wideList } from './list-text.ts';
import { runList } from './run-list.ts';
import { preciseNow } from './timeline.ts';

const ROUNDS = 4;
const CHAIN = 75;
const WIDE = 300;
const CONCURRENCY = 8;
const BARE_RUNS = 60;
const OVERHEAD_P99_MAX_MS = 100;

const NOTHING = ['/bin/sh', '-c', 'exit 0'] as const;

/** What a task costs beyond its agent's own time. */
export const overhead: Section = {
  name: 'overhead',
  title: "Pawl's own time for a task",
  about: [
    'The real executor with agents that do nothing (`sh -c "exit 0"`), marks written back. A chain',
    'runs one at a time: from one accepted outcome to the next, less the median of the same',
    'program started without anything around it. That covers claim, prompt, attendant, exit,',
    'result, outcome.',
  ].join('\n'),
  run: async (note) => {
    const scratch = new Scratch();
    try {
      note('one at a time');
      const chain = await oneAtATime(scratch);
      note(`${CONCURRENCY} at a time`);
      return [...chain, await severalAtATime(scratch)];
    } finally {
      scratch.remove();
    }
  },
};

async function oneAtATime(scratch: Scratch): Promise<readonly Figure[]> {
  const whole: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(...(await awake(() => bareRuns(scratch.folder()))));
    const timeline = await runList({
      ...{ folder: scratch.folder(), text: chainList(CHAIN) },
      ...{ agentCommand: NOTHING, maxConcurrent: 1 },
    });
    const done = timeline.finishCommits();
    whole.push(...done.slice(1).map((atMs, index) => atMs - (done[index] ?? Number.NaN)));
  }
  const agentMs = median(bare);
  const own = whole.map((ms) => ms - agentMs);
  const p99 = quantile(own, 0.99);
  return [
    information(
      'own time for a task, p50',
      millis(median(own)),
      `the program alone ${millis(agentMs)}`,
    ),
    {
      what: 'own time for a task, p99',
      measured: millis(p99),
      beside: `${grouped(own.length)} tasks`,
      ratio: '',
      goal: `under ${OVERHEAD_P99_MAX_MS} ms`,
      met: p99 < OVERHEAD_P99_MAX_MS,
    },
  ];
}

async function severalAtATime(scratch: Scratch): Promise<Figure> {
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAtMs = preciseNow();
    await runList({
      ...{ folder: scratch.folder(), text: wideList(WIDE) },
      ...{ agentCommand: NOTHING, maxConcurrent: CONCURRENCY },
    });
    rates.push((WIDE / (preciseNow() - startedAtMs)) * 1_000);
  }
  return information(`whole tasks, ${CONCURRENCY} at a time`, perSecond(median(rates)));
}

async function bareRuns(cwd: string): Promise<readonly number[]> {
  const { processes } = createRealWorld();
  const samples: number[] = [];
  for (let run = 0; run < BARE_RUNS; run += 1) {
    const startedAtMs = preciseNow();
    await processes.startDetached({ argv: NOTHING, cwd, env: { PATH: '/usr/bin:/bin' } }).ended;
    samples.push(preciseNow() - startedAtMs);
  }
  return samples;
}
