import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { programOf } from './built-chaos.ts';
import type { FirstLoad } from './first-load.ts';
import { query } from './verdict.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pawl-first-'));
  writeFileSync(join(root, 'tasks.md'), '# L\n\n- [ ] A-1: one\n- [ ] a box\n');
  symlinkSync('tasks.md', join(root, 'link.md'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Two processes that both saw no list yet; gives the lists that they loaded. */
async function loadTwice(options: Pick<FirstLoad, 'unguarded'>): Promise<readonly string[]> {
  const database = join(root, 'pawl.db');
  await (await openSqliteStore({ world: createRealWorld(), path: database })).close();
  const loaders = ['tasks.md', 'link.md'].map((name) => {
    const task: FirstLoad = { database, path: join(root, name), ...options };
    return fork(programOf('first-load'), [JSON.stringify(task)]);
  });
  await Promise.all(loaders.map((loader) => once(loader, 'message')));
  const loaded = loaders.map(async (loader) => {
    const ended = once(loader, 'exit');
    const [listId] = (await once(loader, 'message')) as [string];
    await ended;
    return listId;
  });
  for (const loader of loaders) loader.send('go');
  return await Promise.all(loaded);
}

describe('a file that two processes load for the first time, each by another name', () => {
  it('is one list', async () => {
    const [one, other] = await loadTwice({ unguarded: false });
    expect(one).toBe(other);
    expect(query(join(root, 'pawl.db'), 'SELECT task_id FROM task_queue')).toHaveLength(2);
  });

  it('would be two, did the transaction not look', async () => {
    const [one, other] = await loadTwice({ unguarded: true });
    expect(one).not.toBe(other);
  });
});
