import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import type { LockAnswer, Store } from '../store/store.ts';
import { Leadership } from './leadership.ts';

const TTL_MS = 60_000;

describe('the leader of all servers', () => {
  let project: ScratchProject;
  beforeEach(async () => {
    project = await openScratchProject();
  });
  afterEach(() => project.close());

  const leader = (holderId: string, store: Store = project.store): Leadership =>
    new Leadership({ store, holderId, ttlMs: TTL_MS, log: project.log });
  const terms = (): readonly unknown[] =>
    project.logged.flatMap(({ event, fields }) =>
      event === 'leader.changed' ? [`${String(fields['holder'])} ${String(fields['term'])}`] : [],
    );

  /** One stands still for longer than its term lasts, another takes its place, it wakes. */
  async function harm(store: Store): Promise<readonly string[]> {
    const [first, second] = [leader('first', store), leader('second', store)];
    const found: string[] = [];
    await first.keep();
    if (await second.keep()) found.push('two lead at once');
    project.advance(TTL_MS + 1);
    await second.keep();
    // It wakes, and leaves before it looked whether it still leads.
    await first.giveBack();
    if (await leader('third', store).keep()) found.push('the lead of another was given back');
    const late = leader('late', store);
    await second.giveBack();
    await late.keep();
    project.advance(TTL_MS + 1);
    const heir = leader('heir', store);
    const both = [await heir.keep(), await late.keep()];
    if (both.every((leads) => leads)) found.push('one leads on in spite of another');
    return found;
  }

  it('is one at a time, and its terms rise', async () => {
    expect(await harm(project.store)).toEqual([]);
    expect(terms()).toEqual(['first 1', 'second 2', 'late 3', 'heir 4']);
    expect(leader('nobody').isOurs).toBe(false);
  });

  it('keeps its term while it renews it, and leads no more once it was given back', async () => {
    const one = leader('one');
    for (let beats = 0; beats < 3; beats += 1) {
      expect(await one.keep()).toBe(true);
      project.advance(TTL_MS / 2);
    }
    expect(terms()).toEqual(['one 1']);
    await one.giveBack();
    expect(one.isOurs).toBe(false);
    expect(await leader('other').keep()).toBe(true);
  });

  describe('(negative control)', () => {
    /** Whoever led once believes that it still does. */
    const withoutTerm = (store: Store): Store => {
      const led = new Map<string, LockAnswer>();
      return {
        ...store,
        acquireLock: async (input, call) => {
          const before = led.get(input.holderId);
          if (before !== undefined) return before;
          const answer = await store.acquireLock(input, call);
          if (answer.kind === 'acquired') led.set(input.holderId, answer);
          return answer;
        },
      };
    };
    /** Given back is the lead, whosever it is. */
    const withoutFence = (store: Store): Store => ({
      ...store,
      releaseLock: async ({ name }, call) => {
        const [lock] = await store.locks(name, call);
        const { holderId, fence = 0 } = lock ?? {};
        return await store.releaseLock({ name, holderId: holderId ?? '', fence }, call);
      },
    });

    it('without its term leads on beside another', async () => {
      expect(await harm(withoutTerm(project.store))).toEqual(['one leads on in spite of another']);
    });

    it('without its fence gives back what is another’s', async () => {
      expect(await harm(withoutFence(project.store))).toContain(
        'the lead of another was given back',
      );
    });
  });
});
