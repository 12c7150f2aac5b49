import { describe, expect, it } from 'vitest';
import type { ProgramRunner } from '../../src/agents/runner.ts';
import type { Store } from '../../src/store/store.ts';
import { testDepth } from '../support/test-depth.ts';
import { type PlayOptions, randomPlay } from './support/random-play.ts';

const PLAYS = testDepth.pick({ reduced: 10, full: 1_000 });
/** A missing guard must show within so many plays. */
const CONTROL_PLAYS = 80;

/** The store with other answers to some of its verbs. */
function changed(store: Store, change: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, key) => {
      const own: unknown = Reflect.get(change, key);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A former attempt's outcome is taken for that of the present one. */
const withoutFence = (store: Store): Store =>
  changed(store, {
    finishAttempt: async (input) => {
      const task = await store.task(input.id);
      if (task?.status !== 'running' || task.holderId === null) {
        return await store.finishAttempt(input);
      }
      const holder = { id: task.holderId, term: task.holderTerm };
      return await store.finishAttempt({ ...input, fence: task.fence, holder });
    },
  });

/** A former holder is taken for the present one, as long as the attempt is the same. */
const withoutTerm = (store: Store): Store =>
  changed(store, {
    finishAttempt: async ({ holder: _holder, ...input }) => await store.finishAttempt(input),
    heartbeat: async (input) => {
      const answer = await store.heartbeat(input);
      const lost: string[] = [];
      for (const { id, fence } of input.held.filter((held) => answer.lost.includes(held.id))) {
        const task = await store.task(id);
        if (task?.status !== 'running' || task.fence !== fence) lost.push(id);
      }
      return { ...answer, lost };
    },
  });

const withoutAdoption = (runner: ProgramRunner): ProgramRunner => ({
  start: (spec) => runner.start(spec),
  adopt: async (folder, limits) => {
    const adoption = await runner.adopt(folder, limits);
    return adoption.kind === 'running' ? { kind: 'never-started' } : adoption;
  },
  endByFolder: (folder, killGraceMs) => runner.endByFolder(folder, killGraceMs),
});

/** Does a missing guard lead to this violation in some play? */
async function leadsTo(damage: RegExp, guards: Omit<PlayOptions, 'seed'>): Promise<boolean> {
  for (let play = 0; play < CONTROL_PLAYS; play += 1) {
    const { violations } = await randomPlay({ seed: testDepth.seed + play, ...guards });
    if (violations.some((violation) => damage.test(violation))) return true;
  }
  return false;
}

describe('whatever happens', () => {
  it(`in ${PLAYS} random plays, nothing is lost, run twice or stuck`, async () => {
    const total = { claims: 0, kills: 0, stops: 0 };
    for (let play = 0; play < PLAYS; play += 1) {
      const seed = testDepth.seed + play;
      const { violations, claims, kills, stops } = await randomPlay({ seed });
      expect({ seed, violations }).toEqual({ seed, violations: [] });
      total.claims += claims;
      total.kills += kills;
      total.stops += stops;
    }
    expect(total.claims).toBeGreaterThan(PLAYS * 3);
    expect(total.kills).toBeGreaterThan(PLAYS);
    expect(total.stops).toBeGreaterThan(PLAYS);
  });

  it('the same seed replays the same play, line by line', async () => {
    const [one, other] = [await randomPlay({ seed: 11 }), await randomPlay({ seed: 11 })];
    expect(one.notes.length).toBeGreaterThan(20);
    expect(other.notes).toEqual(one.notes);
    expect((await randomPlay({ seed: 12 })).notes).not.toEqual(one.notes);
  });

  it('(negative control) without the fence, outcomes of former attempts are accepted', async () => {
    expect(await leadsTo(/outcome of .* accepted/, { store: withoutFence })).toBe(true);
  });

  it('(negative control) without the term, outcomes of former holders are accepted', async () => {
    expect(await leadsTo(/outcome of .* accepted/, { store: withoutTerm })).toBe(true);
  });

  it('(negative control) without adoption, agents are started beside living ones', async () => {
    expect(await leadsTo(/second agent/, { runner: withoutAdoption })).toBe(true);
  });
});
