import { expect, it } from 'vitest';
import type { HandleState, KeepHandle } from '../../../src/store/handles.ts';
import type { OnStore } from './store-bench.ts';

/** Calls that are answered later. */
export function handlesContract(on: OnStore): void {
  const kept = (state: HandleState, more: Partial<KeepHandle> = {}): KeepHandle => ({
    ...{ handle: 'h1', kind: 'run', listId: null, task: null, fence: null, inputJson: '{}' },
    ...{ state, resultJson: null, keptMs: 10_000 },
    ...more,
  });

  it(
    'a handle is kept as it was last written, with the moment of its first writing',
    on(async ({ store, world }) => {
      const bornMs = world.nowMs;
      expect(await store.handle('h1')).toBeNull();
      await store.keepHandle(kept('working'));
      world.nowMs += 5;
      const resultJson = '{"of":1}';
      const done = await store.keepHandle(kept('completed', { resultJson }));
      expect(done).toMatchObject({
        ...{ handle: 'h1', kind: 'run', state: 'completed', resultJson },
        ...{ createdAtMs: bornMs, updatedAtMs: bornMs + 5, expiresAtMs: bornMs + 10_000 },
      });
      expect(await store.handle('h1')).toEqual(done);
    }),
  );

  it(
    'a handle that is over stays as it ended',
    on(async ({ store }) => {
      await store.keepHandle(kept('working'));
      const cancelled = await store.keepHandle(kept('cancelled'));
      const late = await store.keepHandle(kept('completed', { resultJson: '{}' }));
      expect(late).toEqual(cancelled);
      expect(await store.handle('h1')).toEqual(cancelled);
    }),
  );

  it(
    'handles that nobody may ask for any more go when another is written',
    on(async ({ store, world }) => {
      await store.keepHandle(kept('working'));
      world.nowMs += 10_000;
      await store.keepHandle(kept('working', { handle: 'h2' }));
      expect(await store.handle('h1')).toBeNull();
      expect(await store.handle('h2')).not.toBeNull();
    }),
  );
}
