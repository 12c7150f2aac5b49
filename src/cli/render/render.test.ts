import { describe, expect, it } from 'vitest';
import { PawlError } from '../../domain/errors.ts';
import type { RunOverview } from '../../operations/run-overview.ts';
import type { TaskView } from '../../operations/task-view.ts';
import { checkLines } from './checks.ts';
import { envelope, errorEnvelope } from './envelope.ts';
import { progressBar } from './progress-bar.ts';
import { quoted } from './quoted.ts';
import { newsLine, plainNewsLine } from './run-news.ts';
import { type RunView, runViewLines } from './run-view.ts';
import { shownTaskLines } from './shown-task.ts';
import { summaryLines } from './summary-lines.ts';
import { taskLines } from './task-lines.ts';
import { type Paint, wantsColor } from './terminal.ts';
import { clip, oneLine, pad, textWidth } from './text-width.ts';

const plain: Paint = (_tone, text) => text;
const NOW = Date.UTC(2026, 4, 1, 12, 0, 0);
const NO_TASKS = {
  queued: 0,
  running: 0,
  waiting: 0,
  completed: 0,
  failed: 0,
  skipped: 0,
  cancelled: 0,
};

const overview = (more: Partial<RunOverview> = {}): RunOverview => ({
  counts: { ...NO_TASKS, completed: 2, queued: 6, running: 2 },
  total: 10,
  executor: 'running',
  ready: 1,
  blocked: 4,
  excluded: 0,
  next: [{ taskId: 'A-5', description: 'write the docs' }],
  delayed: [{ taskId: 'A-6', dueAtMs: NOW + 5_000, reason: 'exit code 1' }],
  waits: [{ taskId: 'A-7', why: 'waits for A-3 (running since 11:59:00 UTC)' }],
  ...more,
});

const taskOf = (taskId: string, more: Partial<TaskView> = {}): TaskView => ({
  id: taskId,
  list: '/l.md',
  taskId,
  status: 'queued',
  state: 'ready',
  why: 'ready',
  waitsFor: [],
  priority: 'P2',
  section: null,
  description: 'do it',
  title: null,
  specialistType: null,
  estimatedEffort: null,
  dependencies: [],
  position: 1,
  attempts: 0,
  lastError: null,
  agent: null,
  dueAt: null,
  startedAt: null,
  endedAt: null,
  ...more,
});

const view = (more: Partial<RunView> = {}): RunView => ({
  nowMs: NOW,
  name: 'tasks.md',
  startedAtMs: NOW - 61_500,
  overview: overview(),
  running: [
    {
      taskId: 'A-3',
      description: 'build it',
      attempt: 2,
      agent: 'claude',
      startedAtMs: NOW - 3_900,
      phase: 'agent',
      lastLine: 'compiling \u001b[31mred\u001b[0m\tstuff',
    },
  ],
  notes: [],
  ...more,
});

describe('the live view', () => {
  it('shows progress, what runs, what is next, delayed and blocked', () => {
    expect(runViewLines(view(), { width: 90, height: 24, paint: plain })).toEqual([
      '',
      ' tasks.md ━━━━━─────────────────────── 2/10 completed, 2 running  1 min 1 s',
      ' ● A-3       3 s #2  compiling red stuff',
      '   next    A-5 write the docs',
      '   delayed A-6 until 12:00:05 UTC (in 5 s): exit code 1',
      '   blocked A-7 waits for A-3 (running since 11:59:00 UTC)',
      '           and 3 more blocked',
    ]);
  });

  it('is never wider nor higher than the terminal', () => {
    const [task] = view().running;
    const running = Array.from({ length: 50 }, (_, n) => ({
      ...(task as NonNullable<typeof task>),
      taskId: `任務-${n}`,
      lastLine: 'ö'.repeat(500),
    }));
    const notes = ['n'.repeat(300)];
    for (const width of [20, 40, 79, 200]) {
      for (const height of [3, 10, 24]) {
        const lines = runViewLines(view({ running, notes }), { width, height, paint: plain });
        expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(width);
        expect(lines.length).toBeLessThan(height);
      }
    }
  });

  it('has something to show before the store was read', () => {
    const lines = runViewLines(view({ overview: null }), { width: 80, height: 24, paint: plain });
    expect(lines[1]).toBe(' tasks.md  1 min 1 s');
  });

  it('does not announce as next what runs already', () => {
    const next = [{ taskId: 'A-3', description: 'build it' }];
    const shown = view({ overview: overview({ next }) });
    const text = runViewLines(shown, { width: 80, height: 24, paint: plain }).join('\n');
    expect(text).not.toContain('next');
  });

  it('costs a small part of a frame', () => {
    const started = process.cpuUsage();
    for (let n = 0; n < 1_000; n += 1)
      runViewLines(view(), { width: 100, height: 40, paint: plain });
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(2_000);
  });
});

describe('the progress bar', () => {
  const bar = (counts: Partial<typeof NO_TASKS>, total: number): string =>
    progressBar({ counts: { ...NO_TASKS, ...counts }, total, width: 10 }, plain);

  it('is full only when all is over, and shows the smallest failure', () => {
    expect(bar({}, 5)).toBe('──────────');
    expect(bar({ completed: 999 }, 1_000)).toBe('━━━━━━━━━─');
    expect(bar({ completed: 1_000 }, 1_000)).toBe('━━━━━━━━━━');
    expect(bar({}, 0)).toBe('──────────');
    const painted = progressBar(
      { counts: { ...NO_TASKS, completed: 999, failed: 1 }, total: 1_000, width: 10 },
      (tone, text) => (text === '' ? '' : `<${tone} ${text.length}>`),
    );
    expect(painted).toBe('<good 9><bad 1>');
  });
});

describe('news', () => {
  const news = { atMs: NOW, kind: 'task:failed', taskId: 'A-1', text: 'exit code 1:\nboom' };

  it('is one line with a sign in a terminal, with time and name elsewhere', () => {
    expect(newsLine(news, { width: 60, paint: plain })).toBe(' ✖ A-1 exit code 1: boom');
    expect(plainNewsLine(news)).toBe('2026-05-01 12:00:00 task:failed A-1 exit code 1: boom');
  });
});

describe('the summary', () => {
  const failed = {
    taskId: 'A-1',
    description: 'x',
    status: 'failed',
    priority: 'P2',
    why: 'failed: boom',
    attempts: 3,
    lastError: 'boom',
  } as const;
  const facts = {
    durationMs: 65_000,
    goOn: 'pawl -C x run tasks.md',
    command: 'pawl -C x',
    logFile: '/l',
  };

  it('counts, names the failed ones and says where to look next', () => {
    const counts = { ...NO_TASKS, completed: 1, failed: 1 };
    const summary = { list: '/l.md', total: 2, counts, failed: [failed], skipped: [], left: [] };
    expect(summaryLines(summary, facts, { width: 80, paint: plain })).toEqual([
      '',
      '■ 1/2 completed, 1 failed in 1 min 5 s',
      '  failed A-1 failed: boom',
      '  pawl -C x logs A-1                             what its agent wrote',
      '  pawl -C x retry A-1 && pawl -C x run tasks.md  try again',
      '  pawl -C x list                                 every task',
      '  pawl -C x show ID                              one task with its attempts',
      "  Pawl's own log: /l",
    ]);
  });

  it('is short of long lists', () => {
    const counts = { ...NO_TASKS, failed: 40 };
    const many = Array.from({ length: 40 }, () => failed);
    const summary = { list: '/l.md', total: 40, counts, failed: many, skipped: [], left: [] };
    const lines = summaryLines(summary, facts, { width: 80, paint: plain });
    expect(lines.length).toBeLessThan(20);
    expect(lines.join('\n')).toContain('... and 30 more failed');
  });
});

describe('a task with its attempts', () => {
  const attempt = {
    attempt: 1,
    fence: 1,
    agent: 'command',
    startedAt: '2026-05-01 12:00:00.000',
    endedAt: '2026-05-01 12:00:01.000',
    durationMs: 1_000,
    outcome: 'succeeded',
    exitCode: 0,
    error: null,
  };
  const linesFor = (result: unknown): readonly string[] => {
    const task = { ...taskOf('A-1'), line: 3, steps: [], criteria: [], fields: {} };
    const facts = { verify: null, timeoutMs: null, crashCount: 0, resultSummary: null };
    const shown = { dependsOn: [], attempts: [{ ...attempt, result }], events: [] };
    return shownTaskLines({ ...shown, task: { ...task, ...facts } }, { width: 80, paint: plain });
  };

  it('tells what an agent reported, and what of it was not taken', () => {
    const artifacts = [{ name: 'report', path: '/p/out.html' }];
    const notes = ['/etc/passwd was left out: it is outside the project'];
    const lines = linesFor({ summary: null, artifacts, files: ['/p/a.ts'], notes });
    expect(lines.join('\n')).toContain(
      [
        '       artifact report: /p/out.html',
        '       file /p/a.ts',
        '       note: /etc/passwd was left out: it is outside the project',
      ].join('\n'),
    );
  });

  it.each([null, 'no JSON at all', { artifacts: 1, files: [null], notes: {} }])(
    'takes %j for a report without anything to show',
    (result) => {
      expect(linesFor(result)).toEqual(linesFor(null));
    },
  );
});

describe('a word for a shell', () => {
  it.each([
    ['a/b-1.md', 'a/b-1.md'],
    ['größe.md', 'größe.md'],
    ['my list.md', "'my list.md'"],
    ["it's.md", String.raw`'it'\''s.md'`],
    ['$(rm).md', "'$(rm).md'"],
    ['', "''"],
  ])('%j is written %s', (word, written) => {
    expect(quoted(word)).toBe(written);
  });
});

describe('a list of tasks', () => {
  const task = taskOf;

  it('has a line a task, and the reason where it says more than the state', () => {
    const tasks = [
      task('A-1', { section: 'Build', status: 'completed', state: 'completed' }),
      task('LONG-22', { section: 'Build', state: 'blocked', why: 'waits for A-1 (ready)' }),
      task('A-3', { section: 'Ship' }),
    ];
    expect(taskLines(tasks, { width: 60, paint: plain })).toEqual([
      'Build',
      '[x] A-1     P2 completed do it',
      '[ ] LONG-22 P2 blocked   do it',
      '            waits for A-1 (ready)',
      '',
      'Ship',
      '[ ] A-3     P2 ready     do it',
    ]);
  });
});

describe('JSON', () => {
  it('has one form for answers and errors', () => {
    expect(JSON.parse(envelope('list', { a: 1 }))).toEqual({
      schemaVersion: 1,
      kind: 'list',
      data: { a: 1 },
    });
    expect(JSON.parse(errorEnvelope(new PawlError('usage', 'no')))).toEqual({
      schemaVersion: 1,
      kind: 'error',
      data: {
        code: 'usage',
        message: 'no',
        remedy: 'See `pawl --help`.',
        retryable: false,
        details: {},
      },
    });
    const event = { kind: 'trouble', error: new PawlError('usage', 'no') };
    expect(JSON.parse(envelope('event', event)).data).toMatchObject({
      kind: 'trouble',
      error: { code: 'usage', message: 'no', remedy: 'See `pawl --help`.' },
    });
  });

  it('checks show remedies and are counted', () => {
    const checks = [
      { name: 'disk', ok: true, severity: 'none', message: '9 MiB', remedy: '' },
      { name: 'git', ok: false, severity: 'warning', message: 'not ignored', remedy: 'Do it.' },
    ] as const;
    expect(checkLines(checks, { width: 80, paint: plain })).toEqual([
      'ok      disk: 9 MiB',
      'warning git: not ignored',
      '        Do it.',
      '',
      '0 faults, 1 warning',
    ]);
  });
});

describe('text in columns', () => {
  it.each([
    ['abc', 3],
    ['äöü', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['🚀', 2],
  ])('%s takes %i', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  it('is cut with an ellipsis and filled up exactly', () => {
    expect(clip('abcdef', 4)).toBe('abc…');
    expect(clip('日本語', 4)).toBe('日…');
    expect(clip('abc', 3)).toBe('abc');
    expect(clip('abc', 0)).toBe('');
    expect(pad('日', 4)).toBe('日  ');
  });

  it('carries no control characters of an agent into the terminal', () => {
    const hostile = 'a\u001b[2J\u001b]0;title\u0007b\r\nc\u0000d\u009be';
    expect(oneLine(hostile)).toBe('ab c d e');
    expect(oneLine('a\u202eb\u2066c\u2069 עברית')).toBe('abc עברית');
  });
});

describe('colours', () => {
  const wants = (env: Record<string, string>, isTTY = true, color = true): boolean =>
    wantsColor({ stdout: { isTTY }, env, color });

  it('are for terminals, unless somebody says no', () => {
    expect(wants({})).toBe(true);
    expect(wants({}, false)).toBe(false);
    expect(wants({ NO_COLOR: '1' })).toBe(false);
    expect(wants({ NO_COLOR: '' })).toBe(true);
    expect(wants({ TERM: 'dumb' })).toBe(false);
    expect(wants({ FORCE_COLOR: '1' }, false)).toBe(true);
    expect(wants({ FORCE_COLOR: '1' }, false, false)).toBe(false);
  });
});
