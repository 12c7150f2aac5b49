import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import type { World } from '../../../src/world/world.ts';
import { DiskBench } from './disk-bench.ts';
import { createSteeredWorld } from './steered-world.ts';

const PARTS = ['', '-wal'] as const;
const CALLERS = 6;
const CALLS = 25;
const NAMES = 'SELECT name FROM locks ORDER BY name';

type Content = readonly (Buffer | null)[];

/**
 * The disk beneath a database, whose power can be cut: then there is what lay in its files when the
 * last flush that has ended began. Power itself cannot be cut in a test.
 */
class CutDisk {
  readonly #path: string;
  #durable: Content;
  /** What a flush does besides; may throw, or last. */
  whileFlushing: () => Promise<void> = async () => undefined;
  /** Flushes say that they have ended before they have: the fault that is to be found. */
  lies = false;
  flushes = 0;

  constructor(path: string) {
    this.#path = path;
    this.#durable = this.#content();
  }

  world(): World {
    const world = createSteeredWorld();
    const hold: World['files']['hold'] = async () => ({
      read: async () => new Uint8Array(),
      sync: () => this.#flush(),
      release: async () => undefined,
    });
    return { ...world, files: { ...world.files, hold } };
  }

  /** The names of the locks that would be there after a power cut. */
  afterPowerCut(): readonly string[] {
    const folder = mkdtempSync(join(tmpdir(), 'pawl-cut-'));
    try {
      for (const [at, part] of PARTS.entries()) {
        const content = this.#durable[at] ?? null;
        if (content !== null) writeFileSync(join(folder, `pawl.db${part}`), content);
      }
      const database = new DatabaseSync(join(folder, 'pawl.db'));
      const names = database.prepare(NAMES).all();
      database.close();
      return names.map(({ name }) => String(name));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  async #flush(): Promise<void> {
    this.flushes += 1;
    const content = this.#content();
    const ended = (async () => {
      await this.whileFlushing();
      this.#durable = content;
    })();
    if (!this.lies) await ended;
  }

  #content(): Content {
    const paths = PARTS.map((part) => `${this.#path}${part}`);
    return paths.map((path) => (existsSync(path) ? readFileSync(path) : null));
  }
}

const flushFault = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
const databaseFault = Object.assign(new Error('disk I/O error'), {
  code: 'ERR_SQLITE_ERROR',
  errcode: 1034,
});

let bench: DiskBench;
let disk: CutDisk;
beforeEach(async () => {
  bench = new DiskBench();
  await (await bench.open()).close();
  disk = new CutDisk(bench.path);
});
afterEach(() => bench.clear());

const lock = (store: Store, name: string, call: object = {}) =>
  store.acquireLock({ name, holderId: 'h', ttlMs: 1_000 }, call);

/** What anybody who reads would see. */
const committed = (): readonly unknown[] =>
  bench
    .other()
    .prepare(NAMES)
    .all()
    .map(({ name }) => name);

/** What was answered, and at some answer would not have survived a power cut. */
async function lostWhileWriting(store: Store): Promise<readonly string[]> {
  const answered: string[] = [];
  const lost = new Set<string>();
  const caller = async (who: number): Promise<void> => {
    for (let at = 0; at < CALLS; at += 1) {
      const name = `${who}/${at}`;
      await lock(store, name);
      answered.push(name);
      if (at % 5 !== who % 5) continue;
      const there = disk.afterPowerCut();
      for (const one of answered) if (!there.includes(one)) lost.add(one);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, who) => caller(who)));
  expect(answered).toHaveLength(CALLERS * CALLS);
  return [...lost];
}

describe('when the power is cut', () => {
  it('what was answered is there, whatever else was under way', async () => {
    disk.whileFlushing = () => pause(2);
    expect(await lostWhileWriting(await bench.open({ world: disk.world() }))).toEqual([]);
    expect(disk.flushes).toBeLessThan(CALLERS * CALLS);
  });

  it('it would not be, were it answered before the flush has ended', async () => {
    disk.whileFlushing = () => pause(2);
    disk.lies = true;
    const lost = await lostWhileWriting(await bench.open({ world: disk.world() }));
    expect(lost.length).toBeGreaterThan(0);
    await pause(20);
  });

  it('what an answer rests on is there, too, though another process wrote it', async () => {
    const { promise: goOn, resolve: end } = Promise.withResolvers<undefined>();
    const slow = new CutDisk(bench.path);
    slow.whileFlushing = () => goOn;
    const unanswered = lock(await bench.open({ world: slow.world() }), 'theirs');
    const ours = await bench.open({ world: disk.world() });
    await expect.poll(committed).toEqual(['theirs']);
    await lock(ours, 'ours');
    expect(disk.afterPowerCut()).toEqual(['ours', 'theirs']);
    end(undefined);
    await unanswered;
  });
});

describe('the flush after a commit', () => {
  it('is awaited by a refusal: what it read may be unflushed, of another process', async () => {
    const { promise: goOn, resolve: end } = Promise.withResolvers<undefined>();
    const slow = new CutDisk(bench.path);
    slow.whileFlushing = () => goOn;
    const unanswered = lock(await bench.open({ world: slow.world() }), 'theirs');
    await expect.poll(committed).toEqual(['theirs']);
    const ours = await bench.open({ world: disk.world() });
    expect(disk.afterPowerCut()).toEqual([]);
    const none = { id: 'none', holderId: 'h', defaultAgent: null, leaseMs: 1 };
    await expect(ours.claimTask(none)).rejects.toMatchObject({ code: 'task_not_found' });
    expect(disk.afterPowerCut()).toEqual(['theirs']);
    end(undefined);
    await unanswered;
  });

  it('is awaited by the answer, and by nobody else who writes', async () => {
    const { promise: goOn, resolve: end } = Promise.withResolvers<undefined>();
    disk.whileFlushing = () => goOn;
    const store = await bench.open({ world: disk.world() });
    const answers: string[] = [];
    const first = lock(store, 'first').then(() => answers.push('first'));
    await expect.poll(committed).toEqual(['first']);
    const other = await bench.open();
    await lock(other, 'of another');
    const second = lock(store, 'second').then(() => answers.push('second'));
    await expect.poll(committed).toEqual(['first', 'of another', 'second']);
    expect([disk.flushes, answers]).toEqual([1, []]);
    end(undefined);
    await Promise.all([first, second]);
    expect([disk.flushes, answers]).toEqual([2, ['first', 'second']]);
  });

  it('is awaited by a call that was cancelled when its work was done', async () => {
    const { promise: goOn, resolve: end } = Promise.withResolvers<undefined>();
    disk.whileFlushing = () => goOn;
    const store = await bench.open({ world: disk.world() });
    const controller = new AbortController();
    const done = lock(store, 'done', { signal: controller.signal });
    await expect.poll(committed).toEqual(['done']);
    controller.abort();
    end(undefined);
    expect(await done).toMatchObject({ kind: 'acquired' });
  });

  it('that fails is made up for: what was committed goes into the database, flushed', async () => {
    const ran: string[] = [];
    const store = await bench.open({ world: disk.world(), intercept: (sql) => void ran.push(sql) });
    disk.whileFlushing = () => Promise.reject(flushFault);
    expect(await lock(store, 'kept')).toMatchObject({ kind: 'acquired' });
    expect(ran.at(-1)).toBe('PRAGMA wal_checkpoint(FULL)');
    disk.whileFlushing = async () => undefined;
    await lock(store, 'later');
    expect([ran.at(-1), disk.flushes]).toEqual(['COMMIT', 2]);
    expect(disk.afterPowerCut()).toEqual(['kept', 'later']);
  });

  it('that fails is made up for, too, when the database is told the fault once more', async () => {
    let faults = 1;
    const intercept = (sql: string): void => {
      if (!sql.includes('checkpoint') || faults === 0) return;
      faults -= 1;
      throw databaseFault;
    };
    const store = await bench.open({ world: disk.world(), intercept });
    disk.whileFlushing = () => Promise.reject(flushFault);
    expect(await lock(store, 'kept')).toMatchObject({ kind: 'acquired' });
    expect(faults).toBe(0);
  });

  it('that fails for good is told, and no later one is believed', async () => {
    let refuses = true;
    const intercept = (sql: string): void => {
      if (!refuses || !sql.includes('checkpoint')) return;
      throw databaseFault;
    };
    const store = await bench.open({ world: disk.world(), intercept });
    disk.whileFlushing = () => Promise.reject(flushFault);
    await expect(lock(store, 'unsure')).rejects.toMatchObject({ code: 'store_io' });
    disk.whileFlushing = async () => undefined;
    await expect(lock(store, 'also unsure')).rejects.toMatchObject({ code: 'store_io' });
    expect(disk.flushes).toBe(1);
    refuses = false;
    await lock(store, 'sure');
    await lock(store, 'flushed');
    expect(disk.flushes).toBe(2);
    expect(disk.afterPowerCut()).toHaveLength(4);
  });
});
