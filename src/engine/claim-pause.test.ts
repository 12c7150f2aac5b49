import { describe, expect, it } from 'vitest';
import { ClaimPause } from './claim-pause.ts';

describe('after a claim that got nothing', () => {
  let nowMs = 5_000;
  const pause = new ClaimPause({ now: () => 0, monotonic: () => nowMs });

  it('none is tried at the look for its own commit, nor at news for a second, but then', () => {
    expect(pause.look(7)).toBe(0);
    pause.begin(7);
    expect(pause.look(7)).toBe(Number.POSITIVE_INFINITY);
    expect(pause.look(7)).toBe(1_000);
    nowMs += 999;
    expect(pause.look(7)).toBe(1);
    nowMs += 1;
    expect(pause.look(7)).toBe(0);
  });

  it('an event, or a limit that is known to be raised, ends the pause at once', () => {
    pause.begin(7);
    expect(pause.look(8)).toBe(0);
    pause.look(7);
    expect(pause.look(7)).toBe(1_000);
    pause.end();
    expect(pause.look(7)).toBe(0);
  });
});
