import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskEvent } from '../event.ts';
import { fold } from '../evolve.ts';
import type { AttemptOutcome } from '../outcome.ts';
import { isTerminal, TASK_STATUSES, type TaskStatus } from '../status.ts';
import type { RetryPolicy, TaskState } from '../task.ts';
import { adopt } from './adopt.ts';
import { archive, restore } from './archive.ts';
import { cancel } from './cancel.ts';
import { claim } from './claim.ts';
import { complete } from './complete.ts';
import type { Decision } from './decision.ts';
import { enqueue } from './enqueue.ts';
import { failByDependency } from './fail.ts';
import { finish } from './finish.ts';
import { finishLate } from './finish-late.ts';
import { requeue } from './requeue.ts';
import { retry } from './retry.ts';
import { revive } from './revive.ts';
import { becomeDue } from './schedule.ts';
import { skip } from './skip.ts';

const POLICY: RetryPolicy = {
  ...{ attemptsMax: 2, crashesMax: 2, revisionsMax: 1, retryDelayMs: 100, retryDelayMaxMs: 400 },
};

const OUTCOMES = {
  succeeded: { kind: 'succeeded' },
  errored: { kind: 'errored', cause: 'exit', error: 'exit code 1' },
  lost: { kind: 'lost', reason: 'gone' },
  released: { kind: 'released', reason: 'stop' },
  rate_limited: { kind: 'rate_limited', retryAfterMs: 500, note: '429' },
  revise: { kind: 'revise', note: 'again' },
  blocked: { kind: 'blocked', reason: 'which?' },
  cancelled: { kind: 'cancelled', reason: 'enough' },
  skipped: { kind: 'skipped', reason: 'not needed' },
} as const satisfies Record<string, AttemptOutcome>;

type Choice = { readonly nowMs: number; readonly chance: number; readonly stale: boolean };
type Verb = (task: TaskState, choice: Choice) => Decision;

const ending =
  (outcome: AttemptOutcome): Verb =>
  (task, { nowMs, chance, stale }) =>
    finish(task, {
      fence: stale ? task.fence - 1 : task.fence,
      ...(task.holderId === null ? {} : { holder: { id: task.holderId, term: task.holderTerm } }),
      ...{ outcome, policy: POLICY, chance, nowMs },
    });

const VERBS: Readonly<Record<string, Verb>> = {
  claim: (task, { nowMs }) => claim(task, { holder: 'h', agent: null, pendingDeps: 0, nowMs }),
  adopt: (task, { nowMs, stale }) => {
    const term = stale ? task.holderTerm - 1 : task.holderTerm;
    return adopt(task, { holder: 'heir', fence: task.fence, term, nowMs });
  },
  due: (task, { nowMs }) => becomeDue(task, { nowMs }),
  skip: (task, { nowMs }) => skip(task, { by: 'person', reason: 'r', nowMs }),
  skip_caused: (task, { nowMs }) =>
    skip(task, { by: 'pawl', reason: 'r', causeTask: 'cause', nowMs }),
  fail_caused: (task, { nowMs }) =>
    failByDependency(task, { causeTask: 'cause', error: 'cause failed', nowMs }),
  revive: (task, { nowMs }) => revive(task, { causeTask: 'cause', nowMs }),
  cancel: (task, { nowMs }) => cancel(task, { reason: 'r', nowMs }),
  complete: (task, { nowMs }) => complete(task, { by: 'person', nowMs }),
  finish_late: (task, { nowMs, stale }) => {
    const fence = stale ? task.fence - 1 : task.fence;
    return finishLate(task, { fence, wasLost: true, summary: null, nowMs });
  },
  retry: (task, { nowMs }) => retry(task, { nowMs }),
  requeue: (task, { nowMs, stale }) => requeue(task, { confirmed: !stale, nowMs }),
  archive: (task, { nowMs }) => archive(task, { nowMs }),
  restore: (task, { nowMs }) => restore(task, { nowMs }),
  ...Object.fromEntries(
    Object.entries(OUTCOMES).map(([kind, outcome]) => [`end_${kind}`, ending(outcome)]),
  ),
};

/** Which status each verb leads to from which, said once more and without any code of ours. */
const LEGAL: Readonly<Record<string, Partial<Record<TaskStatus, readonly TaskStatus[]>>>> = {
  claim: { queued: ['running'] },
  adopt: { running: ['running'] },
  due: { queued: ['queued'] },
  skip: { queued: ['skipped'], waiting: ['skipped'], failed: ['skipped'], skipped: ['skipped'] },
  skip_caused: { queued: ['skipped'], waiting: ['skipped'], failed: ['skipped'] },
  fail_caused: { queued: ['failed'], waiting: ['failed'] },
  revive: { skipped: ['queued'], failed: ['queued'] },
  cancel: { queued: ['cancelled'], waiting: ['cancelled'], failed: ['cancelled'] },
  complete: Object.fromEntries(
    TASK_STATUSES.filter((status) => status !== 'running' && status !== 'completed').map(
      (status) => [status, ['completed']],
    ),
  ),
  finish_late: { ...all(['queued', 'failed'], 'completed') },
  retry: { ...all(['waiting', 'failed', 'skipped', 'cancelled'], 'queued') },
  requeue: {
    ...all(['queued', 'waiting', 'failed', 'skipped', 'cancelled', 'completed'], 'queued'),
  },
  archive: Object.fromEntries(TASK_STATUSES.map((status) => [status, [status]])),
  restore: Object.fromEntries(TASK_STATUSES.map((status) => [status, [status]])),
  end_succeeded: { running: ['completed'] },
  end_errored: { running: ['queued', 'failed'] },
  end_lost: { running: ['queued', 'failed'] },
  end_released: { running: ['queued'] },
  end_rate_limited: { running: ['queued'] },
  end_revise: { running: ['queued', 'failed'] },
  end_blocked: { running: ['waiting'] },
  end_cancelled: { running: ['cancelled'] },
  end_skipped: { running: ['skipped'] },
};

function all(
  from: readonly TaskStatus[],
  to: TaskStatus,
): Partial<Record<TaskStatus, TaskStatus[]>> {
  return Object.fromEntries(from.map((status) => [status, [to]]));
}

const script = fc.array(
  fc.record({
    // Claims are drawn often, or most of a script would be refused.
    verb: fc.oneof(fc.constant('claim'), fc.constantFrom(...Object.keys(VERBS))),
    passMs: fc.nat(300),
    chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
    stale: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  }),
  { maxLength: 60 },
);

interface Told {
  readonly verb: string;
  readonly before: TaskState;
  readonly decision: Decision;
  readonly stale: boolean;
}

/** Runs a script from a new task on; refusals change nothing. */
function run(steps: typeof script extends fc.Arbitrary<infer S> ? S : never): {
  readonly told: readonly Told[];
  readonly events: readonly { readonly event: TaskEvent; readonly atMs: number }[];
  readonly state: TaskState;
} {
  let nowMs = 1_000;
  const events: { event: TaskEvent; atMs: number }[] = [];
  const told: Told[] = [];
  let state = fold([]);
  const take = (verb: string, decision: Decision, stale: boolean): void => {
    told.push({ verb, before: state, decision, stale });
    if (!decision.ok) return;
    state = decision.next;
    events.push({ event: decision.event, atMs: nowMs });
  };
  take('enqueue', enqueue('queued', nowMs), false);
  for (const { verb, passMs, chance, stale } of steps) {
    nowMs += passMs;
    take(verb, (VERBS[verb] as Verb)(state, { nowMs, chance, stale }), stale);
  }
  return { told, events, state };
}

describe('the transitions of a task', () => {
  it('lead only where the table of legal transitions says', () => {
    fc.assert(
      fc.property(script, (steps) => {
        for (const { verb, before, decision } of run(steps).told.slice(1)) {
          const legal = LEGAL[verb]?.[before.status] ?? [];
          if (decision.ok) expect(legal).toContain(decision.next.status);
          if (legal.length === 0) expect(decision.ok).toBe(false);
        }
      }),
    );
  });

  it('write one event each, and the state is the fold of the events', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const { events, state, told } = run(steps);
        expect(fold(events)).toEqual(state);
        expect(events).toHaveLength(told.filter(({ decision }) => decision.ok).length);
      }),
    );
  });

  it('keep every number and every holder plausible', () => {
    fc.assert(
      fc.property(script, (steps) => {
        for (const { before, decision } of run(steps).told) {
          if (!decision.ok) continue;
          const { next } = decision;
          expect(next.fence).toBeGreaterThanOrEqual(before.fence);
          expect(next.holderTerm).toBeGreaterThanOrEqual(before.holderTerm);
          expect(next.claims).toBe(next.fence);
          expect(next.attempts).toBeGreaterThanOrEqual(0);
          expect(next.attempts).toBeLessThanOrEqual(POLICY.attemptsMax);
          expect(next.crashCount).toBeLessThanOrEqual(POLICY.crashesMax);
          expect(next.revisions).toBeLessThanOrEqual(POLICY.revisionsMax);
          expect(next.holderId !== null).toBe(next.status === 'running');
          expect(next.endedAtMs !== null).toBe(isTerminal(next.status));
          if (next.dueAtMs > 0) expect(next.status).toBe('queued');
          if (next.causeTaskId !== null) expect(['skipped', 'failed']).toContain(next.status);
          expect(next.held).toBe(next.archivedAtMs === null ? 0 : 1);
        }
      }),
    );
  });

  it('accept exactly one outcome for a fence, and none with another fence or term', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const accepted = new Map<number, number>();
        for (const { verb, before, decision, stale } of run(steps).told) {
          if (verb === 'finish_late' && stale) expect(decision.ok).toBe(false);
          if (verb === 'adopt' && stale) expect(decision.ok).toBe(false);
          if (!verb.startsWith('end_')) continue;
          if (stale) expect(decision.ok).toBe(false);
          if (!decision.ok) continue;
          accepted.set(before.fence, (accepted.get(before.fence) ?? 0) + 1);
        }
        for (const count of accepted.values()) expect(count).toBe(1);
      }),
    );
  });

  it('never claim a task that waits, is delayed, or was removed from its list', () => {
    const queued = fold([{ event: { kind: 'enqueued', as: 'queued' }, atMs: 1 }]);
    const ready = { holder: 'h', agent: null, pendingDeps: 0, nowMs: 10 };
    expect(claim(queued, ready)).toMatchObject({ ok: true, next: { attempts: 1, fence: 1 } });
    for (const [task, input] of [
      [queued, { ...ready, pendingDeps: 1 }],
      [{ ...queued, dueAtMs: 11 }, ready],
      [{ ...queued, held: 1 }, ready],
    ] as const) {
      expect(claim(task, input)).toMatchObject({ ok: false });
    }
  });

  it('ask for a yes before completed work is done again', () => {
    const completed = fold([{ event: { kind: 'enqueued', as: 'completed' }, atMs: 1 }]);
    expect(requeue(completed, { confirmed: false, nowMs: 2 })).toMatchObject({
      ...{ ok: false, refusal: { code: 'confirmation_needed' } },
    });
    expect(requeue(completed, { confirmed: true, nowMs: 2 })).toMatchObject({ ok: true });
  });
});
