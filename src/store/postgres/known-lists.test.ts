import { expect, it } from 'vitest';
import { KnownLists, type Look } from './known-lists.ts';

const MUCH = 1_001;
const LITTLE = 1_000;
const LOOK: Look = {
  ...{ seq: 7, loadedAtMs: 1, whole: true, from: null, wanted: 1, found: 1, last: ['P2', 3] },
  running: ['a'],
};
const KNOWN = { seq: 7, loadedAtMs: 1, running: ['a'], place: ['P2', 3] };
const CLAIMS = { key: 'k', minPriority: 'P4' } as const;

function scene() {
  const clock = { nowMs: 0, now: () => clock.nowMs, monotonic: () => clock.nowMs };
  const lists = new KnownLists({ clock });
  const learn = (passed: number, look: Look | null): void =>
    lists.learn(CLAIMS, { passed, look, tookMs: 1 });
  return { clock, lists, learn };
}

it('remembers from the claim behind one that passed much, and only for claims equal to it', () => {
  const { lists, learn } = scene();
  learn(LITTLE, null);
  expect(lists.by(CLAIMS)).toBe('plain');
  learn(MUCH, null);
  expect(lists.by(CLAIMS)).toBe('whole');
  learn(MUCH, LOOK);
  expect(lists.by(CLAIMS)).toEqual(KNOWN);
  expect(lists.by({ ...CLAIMS, key: 'other' })).toBe('plain');
});

it('looks at the whole list now and then, and ends when that passes little', () => {
  const { clock, lists, learn } = scene();
  learn(MUCH, null);
  learn(MUCH, LOOK);
  // What is built upon what is known says nothing of the rest.
  learn(0, { ...LOOK, whole: false });
  expect(lists.by(CLAIMS)).toEqual(KNOWN);
  clock.nowMs += 1_000;
  expect(lists.by(CLAIMS)).toBe('whole');
  learn(LITTLE, LOOK);
  expect(lists.by(CLAIMS)).toBe('plain');
});

it('knows nothing of a list where more runs than is remembered', () => {
  const { lists, learn } = scene();
  learn(MUCH, null);
  learn(MUCH, { ...LOOK, running: null });
  expect(lists.by(CLAIMS)).toBe('whole');
});
