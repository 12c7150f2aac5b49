import { describe, expect, it } from 'vitest';
import type { ReportedResult } from '../agents/result-file.ts';
import type { ProgramExit } from '../agents/runner.ts';
import type { EndRequest } from '../store/store.ts';
import { type Evidence, judgeAgent, judgeVerify } from './judge.ts';

const EXITED: Extract<ProgramExit, { kind: 'exited' }> = {
  kind: 'exited',
  code: 0,
  signal: null,
  timedOut: false,
  outputBytes: 0,
  outputTruncated: false,
  startedAtMs: 0,
  endedAtMs: 1,
};
const SILENT: ReportedResult = {
  summary: null,
  detailedWork: null,
  artifacts: [],
  files: [],
  wish: null,
  notes: [],
};

function agent(change: Partial<Evidence> = {}): ReturnType<typeof judgeAgent> {
  return judgeAgent({
    exit: EXITED,
    ending: null,
    report: SILENT,
    lastLine: '',
    timeoutMs: 90_000,
    wasLeftAlone: false,
    ...change,
  });
}

const asked = (verb: EndRequest['verb']) =>
  ({ kind: 'request', request: { id: 'x', verb, reason: 'because' } }) as const;

describe('what an agent’s end means', () => {
  it('is success by its exit code, whatever it printed', () => {
    expect(agent({ lastLine: 'FATAL ERROR' })).toEqual({ kind: 'succeeded' });
    expect(agent({ report: { ...SILENT, summary: 'did it' } })).toEqual({
      kind: 'succeeded',
      summary: 'did it',
    });
  });

  it('is failure by its exit code, with its last line for a person', () => {
    const exit = { ...EXITED, code: 2 };
    expect(agent({ exit, lastLine: 'all done, everything passed' })).toEqual({
      kind: 'errored',
      cause: 'exit',
      error: 'exit code 2: all done, everything passed',
    });
    expect(agent({ exit, lastLine: 'x'.repeat(1_000) })).toMatchObject({
      error: expect.stringMatching(/^exit code 2: x{300}$/),
    });
  });

  it('names the signal that ended it', () => {
    const exit = { ...EXITED, code: 137, signal: 'SIGKILL' };
    expect(agent({ exit })).toMatchObject({ cause: 'exit', error: 'ended by SIGKILL' });
  });

  it('is a timeout before anything else that it says of itself', () => {
    const wish = { kind: 'blocked', reason: 'too late' } as const;
    const exit = { ...EXITED, timedOut: true };
    expect(agent({ exit, report: { ...SILENT, wish } })).toEqual({
      kind: 'errored',
      cause: 'timeout',
      error: 'not done within 1 min 30 s',
    });
  });

  it('is what the agent wishes, also with exit code 0 or another', () => {
    const wish = { kind: 'rate_limited', retryAfterMs: 5, note: 'later' } as const;
    for (const code of [0, 1]) {
      expect(agent({ exit: { ...EXITED, code }, report: { ...SILENT, wish } })).toBe(wish);
    }
  });

  it('is nobody’s fault when it was lost after those who watched it had left as planned', () => {
    const exit = { kind: 'lost', reason: 'nobody renewed its lease' } as const;
    expect(agent({ exit, wasLeftAlone: true })).toEqual({ kind: 'released', reason: 'drain' });
    expect(agent({ wasLeftAlone: true })).toEqual({ kind: 'succeeded' });
  });

  it('is a crash when it was lost, and a bad command when it was not started', () => {
    expect(agent({ exit: { kind: 'lost', reason: 'gone' } })).toEqual({
      kind: 'lost',
      reason: 'gone',
    });
    expect(agent({ exit: { kind: 'not-started', reason: 'no program' } })).toEqual({
      kind: 'errored',
      cause: 'spawn',
      error: 'no program',
    });
  });

  it('is what a person asked for when that ended it', () => {
    expect(agent({ ending: { kind: 'stop' } })).toEqual({ kind: 'released', reason: 'stop' });
    expect(agent({ ending: asked('cancel') })).toEqual({ kind: 'cancelled', reason: 'because' });
    expect(agent({ ending: asked('skip') })).toEqual({ kind: 'skipped', reason: 'because' });
    expect(agent({ ending: asked('requeue') })).toEqual({ kind: 'released', reason: 'requeue' });
  });
});

describe('what a verify command’s end means', () => {
  const success = { kind: 'succeeded', summary: 'did it' } as const;
  const verify = (exit: ProgramExit, lastLine = '') =>
    judgeVerify({ exit, ending: null, lastLine, timeoutMs: 1_000, wasLeftAlone: false }, success);

  it('is the agent’s success when it succeeds, and its failure when it does not', () => {
    expect(verify(EXITED)).toBe(success);
    expect(verify({ ...EXITED, code: 1 }, '3 failed')).toEqual({
      kind: 'errored',
      cause: 'verify',
      error: 'verify: exit code 1: 3 failed',
    });
    expect(verify({ ...EXITED, timedOut: true })).toMatchObject({
      error: 'verify: not done within 1 s',
    });
    expect(verify({ kind: 'not-started', reason: 'no npm' })).toMatchObject({
      cause: 'verify',
      error: 'verify: no npm',
    });
    expect(verify({ kind: 'lost', reason: 'gone' })).toEqual({
      kind: 'lost',
      reason: 'verify: gone',
    });
  });
});
