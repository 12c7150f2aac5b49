import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { acquireLock, withLock } from '../../src/app/named-lock.ts';
import { openPersistence } from '../../src/app/persistence-place.ts';
import { PawlError } from '../../src/domain/errors.ts';
import { requireLockName } from '../../src/operations/resource-locks.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { testDepth } from '../support/test-depth.ts';
import { FencedResource, LockWorker } from './lock-processes.ts';

const PROCESSES = testDepth.pick({ reduced: 4, full: 8 });
const TIMES = testDepth.pick({ reduced: 4, full: 50 });

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgresServer();
});
afterAll(() => server?.stop());

describe.each(['SQLite', 'PostgreSQL'])('a lock by name, in a store on %s', (database) => {
  let folder = '';
  let url: string | null = null;
  const workers: LockWorker[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pawl-lock-'));
    mkdirSync(join(folder, '.git'));
    url = database === 'SQLite' ? null : await server.createDatabase();
    await (await acquireLock('warm', options())).release();
  });
  afterEach(() => {
    for (const worker of workers.splice(0)) worker.signal('SIGKILL');
  });
  afterAll(() => rmSync(folder, { recursive: true, maxRetries: 5 }));

  const options = () => ({ baseDir: folder, ...(url === null ? {} : { dbUrl: url }) });
  const start = (way: 'count' | 'without' | 'write', times = 1): LockWorker => {
    const worker = new LockWorker(way, { folder, times, url });
    workers.push(worker);
    return worker;
  };

  async function count(way: 'count' | 'without'): Promise<number> {
    writeFileSync(join(folder, 'counter'), '0');
    const counting = Array.from({ length: PROCESSES }, () => start(way, TIMES));
    for (const worker of counting) await worker.hear('ready');
    for (const worker of counting) worker.go();
    for (const worker of counting) await worker.hear('done');
    return Number(readFileSync(join(folder, 'counter'), 'utf8'));
  }

  it('lets many processes count together and loses none, and its fence only rises', async () => {
    expect(await count('count')).toBe(PROCESSES * TIMES);
    const fences = readFileSync(join(folder, 'fences'), 'utf8').trim().split('\n').map(Number);
    expect(fences).toHaveLength(PROCESSES * TIMES);
    for (const [at, fence] of fences.entries()) {
      expect(fence).toBeGreaterThan(at === 0 ? 0 : (fences[at - 1] as number));
    }
  });

  it('(negative control) without it some of what they count is lost', async () => {
    expect(await count('without')).toBeLessThan(PROCESSES * TIMES);
  });

  it('is free at once when the holder on this host was killed', async () => {
    const holder = start('write');
    await holder.hear('ready');
    holder.go();
    const fence = await holder.number('holds');
    holder.signal('SIGKILL');
    const before = performance.now();
    const lock = await acquireLock('resource', { ...options(), waitMs: 60_000, ttlMs: 3_600_000 });
    expect(lock.fence).toBe(fence + 1);
    expect(performance.now() - before).toBeLessThan(1_900); // its time to live is 2 s
    await lock.release();
  });

  it('goes to another when its holder stands still, whose late write is then refused', async () => {
    const [frozen, heir] = [start('write'), start('write')];
    const resource = new FencedResource();
    await frozen.hear('ready');
    frozen.go();
    const former = await frozen.number('holds');
    frozen.signal('SIGSTOP');
    await heir.hear('ready');
    heir.go();
    const latter = await heir.number('holds');
    expect(latter).toBe(former + 1);
    heir.go();
    resource.write(await heir.number('writes'));
    frozen.go(); // its line waits for it, so that it writes as soon as it wakes
    frozen.signal('SIGCONT');
    resource.write(await frozen.number('writes'));
    expect(resource).toMatchObject({ accepted: [latter], refused: [former] });
    expect(await frozen.hear('lost')).toBe(`lost ${former}`);
    expect(await frozen.hear('failed')).toBe('failed lock_lost');
    expect(await heir.hear('done')).toBe('done');
  });

  it('of a holder on another host is had after its time to live, and not before', async () => {
    const place = await openPersistence(options(), createRealWorld());
    const holderId = 'elsewhere|boot|1|1|unique';
    await place.store.acquireLock({ name: 'resource:far', holderId, ttlMs: 1_500 });
    const asked = performance.now();
    const refused = acquireLock('far', { ...options(), waitMs: 0 });
    await expect(refused).rejects.toMatchObject({
      code: 'lock_held',
      message: expect.stringContaining('process 1 on elsewhere since 20'),
    });
    await using lock = await acquireLock('far', { ...options(), waitMs: 30_000 });
    expect(performance.now() - asked).toBeGreaterThan(1_200);
    expect(lock.fence).toBe(2);
    await place.close();
  });

  it('is judged by the clock of its database, where that is not this host', async () => {
    await using held = await acquireLock('clock', options());
    const real = createRealWorld();
    const world = { ...real, clock: { ...real.clock, now: () => real.clock.now() + 3_600_000 } };
    const ahead = acquireLock('clock', { ...options(), waitMs: 0, world });
    if (url === null) expect((await ahead).fence).toBe(held.fence + 1);
    else await expect(ahead).rejects.toMatchObject({ code: 'lock_held' });
    await (await ahead.catch(() => null))?.release();
  });

  it('is released whatever becomes of the work, and tells it when it was lost', async () => {
    const failing = withLock('work', () => Promise.reject(new TypeError('mine')), options());
    await expect(failing).rejects.toThrow(new TypeError('mine'));
    expect(await withLock('work', ({ fence }) => fence, options())).toBe(2);
    const place = await openPersistence(options(), createRealWorld());
    const robbed = withLock(
      'work',
      async (lock) => {
        const [{ holderId, name, fence } = { holderId: null, name: '', fence: 0 }] =
          await place.store.locks('resource:work');
        await place.store.releaseLock({ name, holderId: holderId ?? '', fence });
        await new Promise((resolve) => lock.signal.addEventListener('abort', resolve));
        return lock.lost;
      },
      { ...options(), ttlMs: 900 },
    );
    await expect(robbed).rejects.toMatchObject({ code: 'lock_lost', details: { fence: 3 } });
    await place.close();
  });
});

it.each(['', ' ', 'a\nb', 'x'.repeat(201)])('a lock has a name that can be shown', (name) => {
  expect(() => requireLockName(name)).toThrow(PawlError);
});
