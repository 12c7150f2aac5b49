import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../domain/outcome.ts';
import { DEFAULT_RETRY_POLICY } from '../../domain/task.ts';
import { claimTogether, sameClaim } from '../sql/claim-together.ts';
import { finishTogether } from '../sql/finish-together.ts';
import type { Verb } from '../sql/verb.ts';
import type { ClaimNext } from '../store.ts';
import { atOnce } from './at-once.ts';
import type { Waiting } from './portion.ts';

const WORD = {
  commit: { key: 'w 7', number: 7, gone: [] },
  ...{ generation: 1, nowMs: null },
};
const never = (): Verb<never> => {
  throw new Error('it is not run');
};
const other: Waiting = { verb: never, shared: undefined };

const claim = (change: Partial<ClaimNext> = {}): Waiting => {
  const input: ClaimNext = {
    ...{ listId: 'l', holderId: 'h', max: 2, maxConcurrent: 9, minPriority: 'P4' },
    ...{ defaultAgent: null, leaseMs: 1_000, ...change },
  };
  return {
    verb: never,
    shared: { key: sameClaim(input), input, all: claimTogether, overtakes: false },
  };
};
const end = (id: string, outcome: AttemptOutcome = { kind: 'succeeded' }): Waiting => {
  const input = { id, fence: 1, outcome, policy: DEFAULT_RETRY_POLICY };
  return { verb: never, shared: { key: '', input, all: finishTogether, overtakes: true } };
};
const taken = (waiting: readonly Waiting[], most = 128): readonly number[] | null => {
  const once = atOnce(waiting, { most, mayBe: () => true, knownBy: () => 'plain', word: WORD });
  return once?.calls.map((call) => waiting.indexOf(call)) ?? null;
};

describe('what is done at once', () => {
  it('is equal claims and successes, when the first of all is one', () => {
    expect(taken([claim(), end('a'), claim({ max: 5 }), other, end('b')])).toEqual([1, 4, 0, 2]);
    expect(taken([other, claim()])).toBeNull();
    expect(taken([])).toBeNull();
  });

  const failed: AttemptOutcome = { kind: 'errored', cause: 'exit', error: 'exit code 1' };

  it('is no other outcome, no claim with limits, no other list, no task a second time', () => {
    expect(taken([end('a'), end('b', failed), end('a')])).toEqual([0]);
    expect(taken([claim(), claim({ listId: 'm' }), claim({ agentLimits: { a: 1 } })])).toEqual([0]);
    expect(taken([claim({ agentLimits: { a: 1, b: 0 } }), claim()])).toBeNull();
    expect(taken([claim({ agentLimits: { a: 0, b: 0 } }), end('a')])).toEqual([1, 0]);
  });

  it('is nothing behind an end that is left: what that frees is its next claim’s', () => {
    const waiting = [end('a'), claim(), end('b', failed), claim(), end('c')];
    expect(taken(waiting)).toEqual([0, 1]);
    expect(taken([claim(), end('a'), end('a'), claim()])).toEqual([1, 0]);
  });

  it('is no more than asked for', () => {
    expect(taken([end('a'), end('b'), claim()], 2)).toEqual([0, 1]);
  });
});

describe('the answer of the statement', () => {
  const rows = ['a', 'b', 'c'].map((id) => [id, `T-${id}`, null, 4, 2, 3]);
  const read = (said: object) =>
    atOnce([claim(), claim(), end('x'), end('y')], {
      ...{ most: 9, mayBe: () => true, knownBy: () => 'plain', word: WORD },
    })?.read(JSON.stringify({ nowMs: 50, ...said }));

  it('gives the first claim the first tasks, and each end its own', () => {
    const [end, other, first, second] = read({ claimed: rows, ended: [2] }) ?? [];
    expect(first?.value).toMatchObject([
      { id: 'a', taskId: 'T-a', listId: 'l', agent: null, fence: 4, term: 2, attempt: 3 },
      { id: 'b', leaseUntilMs: 1_050 },
    ]);
    expect(second?.value).toMatchObject([{ id: 'c' }]);
    expect(end).toBeUndefined();
    expect(other).toEqual({ value: { kind: 'finished', status: 'completed', dueAtMs: 0 } });
  });

  it('says nothing for claims that have limits to look at', () => {
    expect(read({ claimed: null, ended: [] })).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
