import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRealWorld } from '../../src/world/real-world.ts';
import { pause } from '../../src/world/timers.ts';
import { DiskBench } from '../contract/store/disk-bench.ts';
import type { StoreBench } from '../contract/store/store-bench.ts';
import { testDepth } from '../support/test-depth.ts';
import { programOf } from './built-chaos.ts';

const KILLS = testDepth.pick({ reduced: 12, full: 200 });
const TASKS_PER_ROUND = 400;
const { timers } = createRealWorld();

let disk: DiskBench;
beforeEach(() => {
  disk = new DiskBench();
});
afterEach(() => disk.clear());

/** So many outcomes each second writer is left to: on a busy machine most would have none. */
const OUTCOMES_MIN = 3;

/** Start a writer, kill it `afterMs` after it began, and give every line it got out. */
async function workAndDie(
  listId: string,
  round: number,
  afterMs: number,
): Promise<readonly string[]> {
  const script = programOf('store-killed');
  const child = spawn(process.execPath, [script, disk.path, listId, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8');
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (text: string) => {
      said += text;
      if (said.includes('ready\n')) resolve();
    });
  });
  const closed = once(child, 'close');
  await ready;
  await pause(timers, afterMs);
  const outcomes = (): number => said.split('\nfinished ').length - 1;
  while (round % 2 === 1 && child.exitCode === null && outcomes() < OUTCOMES_MIN) {
    await pause(timers, 1);
  }
  child.kill('SIGKILL');
  await closed;
  return said.split('\n').slice(1, -1);
}

/** What a process said it was told must be in the store. */
async function expectAcknowledged(bench: StoreBench, lines: readonly string[]): Promise<void> {
  const events = new Set(
    (await bench.store.events({ kinds: ['claimed', 'completed'], limit: 1_000_000 })).map(
      ({ task, event }) =>
        `${event.kind} ${task}${event.kind === 'claimed' ? ` ${event.fence}` : ''}`,
    ),
  );
  const locks = new Set(
    disk
      .other()
      .prepare('SELECT name FROM locks')
      .all()
      .map((row) => row['name']),
  );
  for (const line of lines) {
    const [verb, id, fence] = line.split(' ');
    if (verb === 'claimed') expect(events).toContain(`claimed ${id} ${fence}`);
    else if (verb === 'finished') expect(events).toContain(`completed ${id}`);
    else if (verb === 'locked') expect(locks).toContain(line.slice('locked '.length));
    else expect(line).toBe('empty');
  }
}

describe('a process that is killed in the middle of writing', () => {
  it('loses nothing that was acknowledged, and leaves nothing half done', async () => {
    const bench = await disk.openBench();
    const moments = fc.sample(fc.integer({ min: 0, max: 120 }), {
      ...{ numRuns: KILLS, seed: testDepth.seed },
    });
    const lines: string[] = [];
    let tasks = 0;
    for (const [round, afterMs] of moments.entries()) {
      tasks += TASKS_PER_ROUND;
      await bench.load(
        Array.from({ length: TASKS_PER_ROUND }, (_, at) => ({
          ...{ taskId: `T${at}`, after: at % 3 === 2 ? [`T${at - 1}`] : [] },
        })),
        { path: `/lists/${round}.md` },
      );
      const said = await workAndDie(bench.listId, round, afterMs);
      lines.push(...said);
      const [check] = disk.other().prepare('PRAGMA integrity_check').all();
      expect(check).toMatchObject({ integrity_check: 'ok' });
      await expectAcknowledged(bench, said);
    }
    const count = (verb: string): number => lines.filter((line) => line.startsWith(verb)).length;
    console.log(
      `${KILLS} kills: acknowledged ${count('claimed')} claims, ${count('finished')} outcomes, ` +
        `${count('locked')} locks; ${count('empty')} writers were done before they were killed`,
    );
    expect(count('finished')).toBeGreaterThan(KILLS);
    await bench.expectSound();
    expect(tasks).toBe(KILLS * TASKS_PER_ROUND);
  });
});
