import { describe, expect, it } from 'vitest';
import type { Control } from '../store/store.ts';
import { endAtRest } from './end-at-rest.ts';

const NOTHING = {
  status: 'running',
  ...{ running: 0, heldByClients: 0, left: 0, ready: false, delayed: false },
} as Control;
const end = (change: Partial<Control>, isDraining = false) =>
  endAtRest({ ...NOTHING, ...change }, { isDraining });

describe('an executor of which nothing runs', () => {
  it('has finished when nothing will run by itself, and says whether work is left', () => {
    expect(end({})).toEqual({ kind: 'finished', workLeft: false });
    expect(end({ left: 2 })).toEqual({ kind: 'finished', workLeft: true });
    expect(end({ status: 'paused' })).toEqual({ kind: 'finished', workLeft: false });
  });

  it.each([
    ['something is ready', { ready: true }],
    ['something is delayed', { delayed: true }],
    ['something runs elsewhere', { running: 1 }],
    ['a client holds something', { running: 1, heldByClients: 1 }],
    ['work is left of a list that is paused', { status: 'paused', left: 1 }],
    ['it is stopped, and not all is ended', { status: 'stopped', running: 1 }],
  ] as const)('goes on while %s', (_, change) => {
    expect(end(change)).toBeNull();
  });

  it('is stopped once only clients hold something', () => {
    expect(end({ status: 'stopped', running: 1, heldByClients: 1 })).toEqual({ kind: 'stopped' });
  });

  it('leaves when it drains, whatever is there to do', () => {
    expect(end({ ready: true }, true)).toEqual({ kind: 'left', agentsLeft: 0 });
  });
});
