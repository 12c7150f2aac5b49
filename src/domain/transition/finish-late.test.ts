import { describe, expect, it } from 'vitest';
import { NEW_TASK } from '../task.ts';
import { finishLate } from './finish-late.ts';

const LOST = { ...NEW_TASK, claims: 1, fence: 1, crashCount: 1 };
const LATE = { fence: 1, wasLost: true, summary: 'done', nowMs: 5 };

describe('a success that comes after its lease ran out', () => {
  it('completes the task that nobody has taken since', () => {
    expect(finishLate(LOST, LATE)).toMatchObject({
      ok: true,
      next: { status: 'completed', fence: 1, endedAtMs: 5 },
      event: { kind: 'completed', by: 'agent', summary: 'done' },
    });
  });

  it.each([
    ['of another fence', LOST, { fence: 2 }],
    ['of an attempt that ended otherwise', LOST, { wasLost: false }],
    ['of a task that runs again', { ...LOST, status: 'running' }, {}],
    ['of a task that a person cancelled', { ...LOST, status: 'cancelled' }, {}],
    ['of a task that was removed', { ...LOST, held: 1 }, {}],
  ] as const)('changes nothing when it is %s', (_name, task, change) => {
    expect(finishLate(task, { ...LATE, ...change })).toMatchObject({
      ok: false,
      refusal: { code: 'stale_fence' },
    });
  });
});
