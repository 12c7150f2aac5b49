import { describe, expect, it } from 'vitest';
import { type ExplainedTask, Explainer, type Situation } from './explain.ts';

const NOW = Date.UTC(2026, 4, 1, 12, 0, 0);

const task = (taskId: string, more: Partial<ExplainedTask> = {}): ExplainedTask => ({
  id: `id-${taskId}`,
  taskId,
  status: 'queued',
  priority: 'P2',
  dependencies: [],
  pendingDeps: more.dependencies?.length ?? 0,
  dueAtMs: 0,
  held: 0,
  attempts: 0,
  lastError: null,
  statusReason: null,
  startedAtMs: null,
  endedAtMs: null,
  archivedAtMs: null,
  ...more,
});

const why = (tasks: readonly ExplainedTask[], more: Partial<Situation> = {}): string => {
  const byId = new Map(tasks.map((one) => [one.taskId, one]));
  const explainer = new Explainer({
    nowMs: NOW,
    minPriority: 'P4',
    executor: 'running',
    executedBy: 'process 1 on this host',
    task: (taskId) => byId.get(taskId),
    holder: () => undefined,
    ...more,
  });
  return explainer.explain(tasks[0] as ExplainedTask).why;
};

describe('why a task is where it is', () => {
  it('a ready task says what it waits for to start', () => {
    expect(why([task('A')])).toBe('ready: it starts as soon as there is room');
    expect(why([task('A')], { executedBy: null })).toContain('nothing executes its list');
    const runBy = 'pawl run b.md';
    expect(why([task('A')], { executedBy: null, runBy })).toContain(`: \`${runBy}\` does`);
    const claimed = why([task('A')], { executedBy: null, runBy, isClaimed: true });
    expect(claimed).toBe('ready: an agent may claim it, or `pawl run b.md` does it');
    expect(why([task('A')], { executor: 'paused' })).toContain('its list is paused');
  });

  it('a blocked one names the chain down to its root cause', () => {
    const tasks = [
      task('A', { dependencies: ['B'] }),
      task('B', { dependencies: ['C'] }),
      task('C', { status: 'running', startedAtMs: NOW - 60_000 }),
    ];
    expect(why(tasks)).toBe('waits for B, which waits for C (running since 11:59:00 UTC)');
  });

  it('a missing dependency is the root cause before anything else', () => {
    const tasks = [
      task('A', { dependencies: ['B', 'X'] }),
      task('B', { status: 'running', startedAtMs: NOW }),
    ];
    expect(why(tasks)).toBe(
      'waits for X, which is not in the list: correct it, or load with --ignore-missing; ' +
        'also for B (running)',
    );
  });

  it('what needs a person is named before what only takes time', () => {
    const tasks = [
      task('A', { dependencies: ['R', 'B'] }),
      task('R'),
      task('B', { dependencies: ['W'] }),
      task('W', { status: 'waiting', statusReason: 'which colour?' }),
    ];
    expect(why(tasks)).toBe(
      'waits for B, which waits for W (waiting for a person: which colour?); also for R (ready)',
    );
  });

  it('a long chain is shortened in its middle, without a deep stack', () => {
    const length = 50_000;
    const tasks = Array.from({ length }, (_, n) =>
      task(`T${n}`, n === length - 1 ? {} : { dependencies: [`T${n + 1}`] }),
    );
    expect(why(tasks)).toBe(
      `waits for T1, which waits for T2, which waits for T3 (and ${length - 5} more), ` +
        `which waits for T${length - 1} (ready)`,
    );
  });

  it('a cycle, which no load lets in, does not hang it', () => {
    const tasks = [task('A', { dependencies: ['B'] }), task('B', { dependencies: ['A'] })];
    expect(why(tasks)).toContain('waits for B');
  });

  it('a dependency that completed is not waited for', () => {
    const tasks = [
      task('A', { dependencies: ['B', 'C'], pendingDeps: 1 }),
      task('B', { status: 'completed' }),
      task('C'),
    ];
    expect(why(tasks)).toBe('waits for C (ready)');
  });

  it('edges that were read are believed before what the tasks suggest', () => {
    const tasks = [task('A', { dependencies: ['B', 'C'] }), task('B'), task('C')];
    expect(why(tasks, { open: () => ['C'] })).toBe('waits for C (ready)');
  });

  it('a delayed one says until when and why', () => {
    const delayed = task('A', { dueAtMs: NOW + 12_000, lastError: 'exit code 1', attempts: 1 });
    expect(why([delayed])).toBe('delayed until 12:00:12 UTC (in 12 s): exit code 1');
  });

  it('a running one names its holder, and says when that is gone', () => {
    const running = task('A', { status: 'running', startedAtMs: NOW - 5_000 });
    const holder = {
      attempt: 2,
      sinceMs: NOW - 5_000,
      agent: 'claude',
      process: 'process 7 on this host',
      gone: false,
      leaseLeftMs: null,
      asked: null,
    };
    expect(why([running], { holder: () => holder })).toBe(
      'running since 11:59:55 UTC (5 s), attempt 2 by claude, held by process 7 on this host',
    );
    expect(why([running], { holder: () => ({ ...holder, gone: true }) })).toContain('is gone');
    const asked = { verb: 'skip', reason: 'not needed.' };
    expect(why([running], { holder: () => ({ ...holder, asked }) })).toMatch(
      /held by process 7 on this host; it was asked to skip it, and has not yet: not needed$/,
    );
  });

  it('an excluded one names the option', () => {
    expect(why([task('A', { priority: 'P3' })], { minPriority: 'P2' })).toBe(
      'excluded by --min-priority P2: it is P3',
    );
  });

  it.each([
    [
      { status: 'completed', attempts: 1, endedAtMs: NOW },
      'completed at 12:00:00 UTC at the first attempt',
    ],
    [
      { status: 'failed', attempts: 3, lastError: 'exit code 2' },
      'failed after 3 attempts: exit code 2',
    ],
    [{ status: 'failed', lastError: 'B failed', causeTaskId: 'b' }, 'failed because B failed'],
    [{ status: 'skipped', statusReason: 'not needed' }, 'skipped: not needed'],
    [{ status: 'cancelled', statusReason: 'too late' }, 'cancelled: too late'],
    [{ status: 'waiting', statusReason: 'A or B?' }, 'waiting for a person: A or B?'],
    [
      { archivedAtMs: NOW - 172_800_000 },
      'removed from its list at 2026-04-29 12:00 UTC; it was queued',
    ],
  ] as const)('%j: %s', (more, sentence) => {
    expect(why([task('A', more)])).toBe(sentence);
  });
});
