import { setTimeout as after } from 'node:timers/promises';
import { assertNever } from '../../src/domain/errors.ts';
import type { PostgresServer } from '../support/postgres-server.ts';
import type { Fleet, FleetHost } from './fleet.ts';
import { until } from './pawl-process.ts';
import type { SeededRandom } from './seeded-random.ts';

/** How often each kind of trouble came over a fleet. */
export type StormTally = Record<Trouble, number>;

const TROUBLES = ['kill', 'stop', 'cut', 'silence', 'crash'] as const;
type Trouble = (typeof TROUBLES)[number];

export interface Storm {
  readonly fleet: Fleet;
  readonly server: PostgresServer;
  readonly random: SeededRandom;
  readonly leaseMs: number;
  /** After so many troubles of each kind the weather is fair. */
  readonly each: number;
  /** Most milliseconds between two troubles. */
  readonly pauseMs: number;
  readonly limitMs: number;
}

/**
 * Trouble of every kind, at random, until each has come often enough, or the list is over; then
 * every host is well again. Gives what there was.
 */
export async function storm(parts: Storm): Promise<StormTally> {
  const { fleet, random, each, pauseMs } = parts;
  const tally: StormTally = { kill: 0, stop: 0, cut: 0, silence: 0, crash: 0 };
  const open: Promise<void>[] = [];
  for (;;) {
    const owed = TROUBLES.filter((trouble) => tally[trouble] < each);
    if (owed.length === 0 || (await fleet.isOver())) break;
    const trouble = random.pick(owed);
    tally[trouble] += 1;
    open.push(bring(trouble, parts));
    // A crash holds everybody up: what comes beside it would be lost on them.
    if (trouble === 'crash') await open.at(-1);
    await after(random.between(pauseMs / 4, pauseMs));
  }
  await Promise.all(open);
  for (const host of fleet.hosts) host.start();
  return tally;
}

/** Resolves when it has passed. */
async function bring(trouble: Trouble, { fleet, server, random, leaseMs }: Storm): Promise<void> {
  const host = random.pick(fleet.hosts);
  switch (trouble) {
    case 'kill':
      await host.kill();
      await after(random.between(0, 2 * leaseMs));
      host.start();
      return;
    case 'stop':
      return await stopFor(host, random.between(100, 2 * leaseMs));
    case 'cut':
      host.way.cut();
      return;
    case 'silence':
      host.way.silence();
      await after(random.between(100, 2 * leaseMs));
      host.way.restore();
      return;
    case 'crash':
      await server.crash();
      await after(random.between(0, 500));
      await server.restart();
      return;
    default:
      assertNever(trouble);
  }
}

async function stopFor(host: FleetHost, ms: number): Promise<void> {
  const stopped = host.process;
  stopped?.signal('SIGSTOP');
  await after(ms);
  stopped?.signal('SIGCONT');
}

/** Every task is over, by itself. */
export async function calm({ fleet, limitMs }: Pick<Storm, 'fleet' | 'limitMs'>): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (!(await fleet.isOver())) {
    if (performance.now() > giveUpAt)
      throw new Error(`not over after ${limitMs} ms\n${told(fleet)}`);
    for (const host of fleet.hosts) {
      if (host.process?.over === true) throw new Error(`${host.name} ended:\n${host.process.said}`);
    }
    await after(100);
  }
}

/** Each server ends by itself when it is told to; gives the codes. */
export async function dismiss(fleet: Fleet): Promise<readonly (number | null)[]> {
  const [home, ...others] = fleet.hosts;
  const codes = [(await home?.process?.end())?.code ?? null];
  // One that was started just now would die of the signal: it listens from its first word on.
  for (const { name, process } of others) {
    await until(`the first word of ${name}`, () => process?.said.includes(OPENING) === true);
  }
  for (const host of others) host.process?.signal('SIGTERM');
  for (const host of others) codes.push((await host.process?.end())?.code ?? null);
  for (const host of fleet.hosts) {
    await until(`stillness on ${host.name}`, () => host.living().length === 0);
  }
  return codes;
}

/** What `pawl work` says first. */
const OPENING = ': at most ';
const SAID_CHARS = 1_500;

function told({ hosts }: Fleet): string {
  return hosts
    .map(({ name, process }) => `${name}: ${process?.said.slice(-SAID_CHARS)}`)
    .join('\n');
}
