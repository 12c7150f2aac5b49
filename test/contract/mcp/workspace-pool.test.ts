import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkspacePool } from '../../../src/app/workspace-pool.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import type { Timers } from '../../../src/world/timers.ts';

describe('the projects that are open', () => {
  let root: string;
  let pool: WorkspacePool;
  const idle: (() => void)[] = [];

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-pool-')));
    const world = createRealWorld();
    const idleMs = 987_654;
    const timers: Timers = {
      ...world.timers,
      after: (delayMs, task, options) => {
        if (delayMs !== idleMs) return world.timers.after(delayMs, task, options);
        idle.push(task);
        return { clear: () => void idle.splice(idle.indexOf(task), 1) };
      },
    };
    const warn = (message: string): never => {
      throw new Error(message);
    };
    const steered = { ...world, timers };
    const places = { startDir: root, home: homedir(), temp: realpathSync(tmpdir()) };
    pool = new WorkspacePool({ ...places, world: steered, warn, idleMs });
  });
  afterEach(async () => {
    await pool.close();
    idle.length = 0;
    rmSync(root, { recursive: true, force: true });
  });

  const use = <T>(work: Parameters<typeof pool.use<T>>[1]) =>
    pool.use({ root, create: true }, work);

  it('are opened once for all who use them, and closed when nobody does', async () => {
    const [one, two] = await Promise.all([
      use((workspace) => Promise.resolve(workspace)),
      use((workspace) => Promise.resolve(workspace)),
    ]);
    expect(one).toBe(two);
    expect(idle).toHaveLength(1);
    idle[0]?.();
    const anew = await use(async (workspace) => {
      await workspace.store.lists();
      return workspace;
    });
    expect(anew).not.toBe(one);
  });

  it('are not made by who only reads', async () => {
    const read = pool.use({ root, create: false }, () => Promise.resolve());
    await expect(read).rejects.toMatchObject({ code: 'store_not_found' });
    expect(await pool.locate(root)).toMatchObject({ exists: false, by: 'folder' });
    await use(() => Promise.resolve());
    expect(await pool.locate(root)).toMatchObject({ exists: true, by: 'marker' });
  });

  it('are found from below, and a shared folder is told as one', async () => {
    mkdirSync(join(root, '.git'));
    mkdirSync(join(root, 'src'));
    expect(await pool.locate(join(root, 'src'))).toMatchObject({ root, by: 'git', shared: false });
    expect(await pool.locate(realpathSync(tmpdir()))).toMatchObject({ shared: true });
    await expect(pool.locate(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'usage' });
  });

  it('a restart waits for what is under way, and later calls wait for the restart', async () => {
    const order: string[] = [];
    const { promise: gate, resolve: go } = Promise.withResolvers<undefined>();
    const begun = Promise.withResolvers<undefined>();
    const first = use(async (workspace) => {
      begun.resolve(undefined);
      await gate;
      await workspace.store.lists();
      order.push('first');
    });
    await begun.promise;
    const restarted = pool.restart(root, { drainMs: 60_000 }).then((answer) => {
      order.push('restart');
      return answer;
    });
    const later = use(({ generation }) => {
      order.push('later');
      return Promise.resolve(generation);
    });
    go(undefined);
    expect(await restarted).toMatchObject({ generation: 1, drained: 1, ended: 0 });
    expect(await later).toBe(1);
    await first;
    expect(order).toEqual(['first', 'restart', 'later']);
  });

  it('a restart ends what takes longer than it was given', async () => {
    const begun = Promise.withResolvers<undefined>();
    const slow = use(async (_workspace, ended) => {
      begun.resolve(undefined);
      await new Promise((resolve) => {
        ended.addEventListener('abort', resolve);
      });
      return 'ended';
    });
    await begun.promise;
    expect(await pool.restart(root, { drainMs: 1 })).toMatchObject({ drained: 0, ended: 1 });
    expect(await slow).toBe('ended');
  });

  it('one that cannot be opened is tried anew by the next call', async () => {
    const fail = pool.use({ root, create: false }, () => Promise.resolve());
    await expect(fail).rejects.toMatchObject({ code: 'store_not_found' });
    expect(await use(({ generation }) => Promise.resolve(generation))).toBe(0);
  });
});
