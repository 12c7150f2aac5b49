import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRealWorld } from '../world/real-world.ts';
import { pause } from '../world/timers.ts';
import { type EditLock, underEditLock } from './list-edit-lock.ts';
import { lockOwner } from './lock-owner.ts';

const world = createRealWorld();

/** A process that has this one's pid, and is not it. */
function goneOwner(): string {
  const self = { ...world.processes.self, startedAt: 'long ago' };
  return lockOwner({ ...world, processes: { ...world.processes, self } });
}

describe('the lock of a list that no project knows', () => {
  let folder: string;
  let path: string;
  let lock: EditLock;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pawl-edit-lock-'));
    path = join(folder, 'lock');
    lock = { kind: 'file', path };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is held by one at a time, and gone afterwards', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await pause(world.timers, 1);
      inside -= 1;
    };
    await Promise.all([1, 2, 3, 4, 5].map(() => underEditLock(world, lock, {}, work)));
    expect(most).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  it('is gone after a failure, too', async () => {
    const failing = underEditLock(world, lock, {}, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(existsSync(path)).toBe(false);
  });

  it('is taken over from a process that is gone', async () => {
    writeFileSync(path, goneOwner());
    writeFileSync(`${path}-of-killed`, goneOwner());
    expect(await underEditLock(world, lock, {}, () => Promise.resolve('done'))).toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['a living process', (): string => lockOwner(world)],
    ['nobody knows whom', (): string => 'somebody'],
  ])('is left to %s: a typed error names the file after the wait', async (_name, owner) => {
    writeFileSync(path, owner());
    const waiting = underEditLock(world, lock, { waitMs: 50 }, () => Promise.resolve('done'));
    await expect(waiting).rejects.toMatchObject({ code: 'lock_held', details: { path } });
    expect(existsSync(path)).toBe(true);
  });

  it('is waited for no longer than the caller wants', async () => {
    writeFileSync(path, lockOwner(world));
    const signal = AbortSignal.abort();
    const waiting = underEditLock(world, lock, { signal }, () => Promise.resolve('done'));
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  });
});
