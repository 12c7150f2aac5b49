import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PAWL_SCHEMA } from '../../../src/schema/store-schema.ts';
import { DiskBench } from './disk-bench.ts';
import type { StoreBench } from './store-bench.ts';

let disk: DiskBench;
beforeEach(() => {
  disk = new DiskBench();
});
afterEach(() => disk.clear());

const lock = (bench: StoreBench, name: string) =>
  bench.store.acquireLock({ name, holderId: 'h', ttlMs: 1_000 });

const TOMORROW = PAWL_SCHEMA.generation + 1;
const tooNew = (verb: string): RegExp =>
  new RegExp(
    `newer Pawl.* ${TOMORROW} or newer may ${verb} it.* generation ${PAWL_SCHEMA.generation}$`,
  );

/** What a newer Pawl leaves behind. */
const bringUp = (floors: { readonly reader: number; readonly writer: number }): void =>
  disk.other().exec(`
    ALTER TABLE task_queue ADD COLUMN mood TEXT;
    UPDATE store_meta SET fingerprint = 'of tomorrow', generation = ${TOMORROW},
      min_reader = ${floors.reader}, min_writer = ${floors.writer}`);

const marks = () =>
  disk.other().prepare('SELECT fingerprint, generation, min_writer FROM store_meta').get();

const locks = () => disk.other().prepare('SELECT count(*) AS n FROM locks').get();

describe('a store that a newer Pawl brought up while this one has it open', () => {
  it('goes on where the newer one lets older ones write, and leaves its marks alone', async () => {
    const bench = await disk.openBench();
    await bench.load(['A', 'B']);
    bringUp({ reader: 1, writer: 1 });
    await bench.end('A');
    expect(await bench.statuses()).toEqual({ A: 'completed', B: 'queued' });
    await bench.expectSound();
    expect(marks()).toEqual({ fingerprint: 'of tomorrow', generation: TOMORROW, min_writer: 1 });
  });

  it('is not written any more where it does not, but still read', async () => {
    const bench = await disk.openBench();
    await bench.load(['A']);
    bringUp({ reader: 1, writer: TOMORROW });
    await expect(lock(bench, 'l')).rejects.toMatchObject({
      code: 'store_version',
      message: expect.stringMatching(tooNew('write')),
    });
    expect(locks()).toEqual({ n: 0 });
    expect(await bench.statuses()).toEqual({ A: 'queued' });
  });

  it('is not even read any more where what is read may mean another thing', async () => {
    const bench = await disk.openBench();
    await bench.load(['A']);
    bringUp({ reader: TOMORROW, writer: TOMORROW });
    await expect(bench.statuses()).rejects.toMatchObject({
      code: 'store_version',
      message: expect.stringMatching(tooNew('read')),
    });
  });
});

describe('opening a store that a newer Pawl brought up', () => {
  const made = async (): Promise<void> => {
    const bench = await disk.openBench();
    await bench.load(['A']);
    await bench.store.close();
  };

  it('works where older ones may write; nothing is migrated backwards', async () => {
    await made();
    bringUp({ reader: 1, writer: 1 });
    const bench = await disk.openBench({ bringUp: () => expect.unreachable() });
    expect(await lock(bench, 'l')).toMatchObject({ kind: 'acquired' });
    expect(marks()).toEqual({ fingerprint: 'of tomorrow', generation: TOMORROW, min_writer: 1 });
    expect(await bench.load(['A', 'B'])).toMatchObject({ added: 1 });
  });

  it('gives a store to read where older ones may only read', async () => {
    await made();
    bringUp({ reader: 1, writer: TOMORROW });
    const bench = await disk.openBench();
    expect((await bench.store.lists()).map(({ total }) => total)).toEqual([1]);
    expect(await bench.store.audit()).toEqual([]);
    await expect(lock(bench, 'l')).rejects.toMatchObject({ code: 'store_version' });
    expect(locks()).toEqual({ n: 0 });
  });

  it('is refused in a sentence where they may not even read', async () => {
    await made();
    bringUp({ reader: TOMORROW, writer: TOMORROW });
    await expect(disk.open()).rejects.toMatchObject({
      code: 'store_version',
      message: expect.stringMatching(tooNew('read')),
    });
  });
});

it('an older schema that nobody brings up is refused', async () => {
  await (await disk.open()).close();
  disk.other().exec("UPDATE store_meta SET fingerprint = 'of yesterday', generation = 1");
  await expect(disk.open()).rejects.toMatchObject({ code: 'store_version' });
});
