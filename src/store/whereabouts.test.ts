import { describe, expect, it } from 'vitest';
import { simulate } from '../testing/simulation.ts';
import type { LiveInstance } from './instances.ts';
import { type Here, whereaboutsOf } from './whereabouts.ts';

const simulation = simulate();
const { processes } = simulation.startProcess().world;
const other = simulation.startProcess();
const alone: Here = { processes, shared: false, attemptsDir: '/project/.pawl/attempts' };
const shared: Here = { ...alone, shared: true };
const holder: LiveInstance = {
  ...{ id: 'h', kind: 'executor', host: processes.host, process: other.identity, version: '1' },
  ...{ listId: null, startedAtMs: 0, heartbeatAtMs: 0, endedAtMs: null, silentMs: 0 },
  ...{ attemptsDir: '/project/.pawl/attempts', labels: [], capacity: null },
  ...{ clockSkewMs: null, drain: null },
};
const booted = { ...holder, process: { ...other.identity, bootId: 'earlier' } };

describe('where a holder is', () => {
  it('is a fact on this host: its pid, its start and its boot', () => {
    for (const here of [alone, shared]) {
      expect(whereaboutsOf(holder, here)).toBe('here');
      const reused = { ...holder, process: { ...other.identity, startedAt: 'earlier' } };
      expect(whereaboutsOf(reused, here)).toBe('gone');
      expect(whereaboutsOf({ ...holder, endedAtMs: 1 }, here)).toBe('gone');
    }
    expect(whereaboutsOf(booted, alone)).toBe('gone');
  });

  it('on a shared store is told by its lease alone: another boot may be another machine', () => {
    expect(whereaboutsOf(booted, shared)).toBe('former');
  });

  it('on another host, or in the folder of another project, cannot be looked at', () => {
    const away = { ...holder, host: 'elsewhere' };
    expect(whereaboutsOf(away, shared)).toBe('elsewhere');
    expect(whereaboutsOf({ ...away, endedAtMs: 1 }, shared)).toBe('elsewhere');
    expect(whereaboutsOf({ ...holder, attemptsDir: '/other' }, shared)).toBe('elsewhere');
    expect(whereaboutsOf({ ...holder, attemptsDir: null }, shared)).toBe('here');
    expect(whereaboutsOf(null, shared)).toBe('elsewhere');
  });

  it('in a store of one folder all is at hand, whatever the host was called', () => {
    expect(whereaboutsOf({ ...holder, host: 'elsewhere' }, alone)).toBe('former');
    expect(whereaboutsOf({ ...holder, host: 'elsewhere', endedAtMs: 1 }, alone)).toBe('gone');
    expect(whereaboutsOf(null, alone)).toBe('gone');
  });

  it('is gone with its process', () => {
    other.kill();
    expect(whereaboutsOf(holder, shared)).toBe('gone');
  });
});
