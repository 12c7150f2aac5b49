import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { testDepth } from '../support/test-depth.ts';
import { fuzzLists } from './support/fuzz-lists.ts';

const FOR_MS = testDepth.pick({ reduced: 4_000, full: 600_000 });
/** Beyond the time that is asked for: an input may be slow to make smaller. */
const GRACE_MS = 180_000;
const { seed } = testDepth;

test('no list, however spoilt, is read slowly, without bounds, or with a bug', {
  timeout: FOR_MS + GRACE_MS,
}, async () => {
  const { inputs, fault } = await fuzzLists({ seed, forMs: FOR_MS, parser: 'pawl' });
  expect(fault).toBeNull();
  expect(inputs).toBeGreaterThan(FOR_MS / 1_000);
});

describe('(negative control) a reader of lists', { timeout: 2 * GRACE_MS }, () => {
  /** What is found, and the list in which. */
  const faultOf = async (parser: 'throwing' | 'quadratic' | 'leaking') => {
    const { fault } = await fuzzLists({ seed, forMs: GRACE_MS, parser });
    const path = /the list is in (\S+)/.exec(fault ?? '')?.[1] ?? '';
    const input = readFileSync(path);
    rmSync(path);
    return { fault, input };
  };

  test('that throws is found, with hardly more than what it throws at', async () => {
    const { fault, input } = await faultOf('throwing');
    expect(fault).toMatch(/^it threw TypeError: planted/);
    expect(input.toString()).toBe('🆔 a');
  });

  test('whose time grows with the square is found', async () => {
    expect((await faultOf('quadratic')).fault).toMatch(/^it took \d+ ms for \d+ bytes/);
  });

  test('that keeps what it has read is found', async () => {
    expect((await faultOf('leaking')).fault).toMatch(/^the heap grew from \d+ to \d+ bytes/);
  });
});
