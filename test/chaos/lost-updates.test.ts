import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PersistenceManager } from '../../src/app/persistence-manager.ts';
import { testDepth } from '../support/test-depth.ts';
import { programOf } from './built-chaos.ts';
import { PawlProcess, until } from './pawl-process.ts';
import { PARENT } from './subtask-keepers.ts';

const KEEPER = programOf('subtask-keeper');
const TASKS = ['design', 'build', 'check', 'tell'];
const UPDATES = 50;
const ROUNDS = testDepth.pick({ reduced: 1, full: 10 });
const LIMIT_MS = 120_000;
const TRIES_MAX = 10;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pawl-updates-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Said {
  readonly role: string;
  readonly counted: number;
}

/** Four that write, each its own subtask, and one that saves all of them as they were. */
async function atOnce(way: 'managed' | 'naive', place: string): Promise<readonly Said[]> {
  const where = { cwd: folder, env: {} };
  const start = (...args: readonly string[]) =>
    new PawlProcess(KEEPER, [way, place, ...args], where);
  const saver = start('save', TASKS[0] ?? '');
  await until('the saver', () => saver.said.includes('ready'));
  const updaters = TASKS.map((taskId) => start('update', taskId, String(UPDATES)));
  const ends = await Promise.all(updaters.map((updater) => updater.end(LIMIT_MS)));
  saver.signal('SIGTERM');
  const all = [...ends, await saver.end(LIMIT_MS)];
  expect(all.map(({ code, err }) => ({ code, err }))).toEqual(
    all.map(() => ({ code: 0, err: '' })),
  );
  return all.map(({ out }) => JSON.parse(out.replace('ready', '')) as Said);
}

function lostBy(said: readonly Said[]): number {
  const updates = said.filter(({ role }) => role === 'update');
  return updates.reduce((sum, { counted }) => sum + counted, 0);
}

describe('four processes that update subtasks beside one that saves what it loaded before', () => {
  it.each(Array.from({ length: ROUNDS }, (_, index) => index + 1))(
    'lose none of their updates (round %i)',
    async () => {
      await using manager = new PersistenceManager({ baseDir: folder });
      const subtasks = TASKS.map((taskId) => ({ taskId, title: taskId, description: taskId }));
      await manager.saveTaskBreakdown({ parentTaskId: PARENT, description: 'All', subtasks });
      const said = await atOnce('managed', folder);
      const saves = said.find(({ role }) => role === 'save')?.counted ?? 0;
      console.log(`${TASKS.length} x ${UPDATES} updates beside ${saves} stale saves`);
      expect(saves).toBeGreaterThan(2);
      expect(lostBy(said)).toBe(0);
      const kept = await manager.loadTaskBreakdown(PARENT);
      expect(kept?.subtasks.map(({ results }) => results)).toEqual(
        TASKS.map(() => `turn ${UPDATES}`),
      );
    },
  );

  it('(negative control) lose some where a save takes everything out and in again', async () => {
    const path = join(folder, 'naive.db');
    const database = new DatabaseSync(path);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('CREATE TABLE subtasks (task_id TEXT PRIMARY KEY, results TEXT) STRICT');
    for (const taskId of TASKS) {
      database.prepare('INSERT INTO subtasks (task_id) VALUES (?)').run(taskId);
    }
    database.close();
    // On a busy machine the saver may not come to its turn between two updates.
    let lost = 0;
    for (let tries = 0; lost === 0 && tries < TRIES_MAX; tries += 1) {
      lost = lostBy(await atOnce('naive', path));
    }
    expect(lost).toBeGreaterThan(0);
  });
});
