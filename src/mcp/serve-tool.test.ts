import type { ServerContext } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PawlError } from '../domain/errors.ts';
import type { Call } from './call.ts';
import { CallsUnderWay } from './calls-under-way.ts';
import type { Door } from './door.ts';
import { serveTool } from './serve-tool.ts';
import { defineOutsideTool } from './tool.ts';

interface Due {
  readonly delayMs: number;
  readonly task: () => void;
  cleared: boolean;
}

/** A door over timers that fire when the test says so. */
class Bench {
  readonly due: Due[] = [];
  readonly progress: number[] = [];
  readonly cancel = new AbortController();
  readonly door: Door;

  constructor() {
    const after = (delayMs: number, task: () => void) => {
      const one: Due = { delayMs, task, cleared: false };
      this.due.push(one);
      return {
        clear: () => {
          one.cleared = true;
        },
      };
    };
    const place = { root: '/p', exists: true, older: false, by: 'marker', shared: false } as const;
    this.door = {
      ...{ version: '0', callerId: 'c', inside: null, underWay: new CallsUnderWay() },
      world: { timers: { after, soon: () => undefined } } as unknown as Door['world'],
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      workspaces: {
        startDir: '/p',
        locate: () => Promise.resolve(place),
        use: () => Promise.reject(new Error('not asked')),
        restart: () => Promise.reject(new Error('not asked')),
        checkRun: () => Promise.reject(new Error('not asked')),
      },
    };
  }

  fire(delayMs: number): void {
    const one = this.due.find((due) => due.delayMs === delayMs && !due.cleared);
    if (one === undefined) throw new Error(`nothing is due after ${delayMs} ms`);
    one.cleared = true;
    one.task();
  }

  call(wantsProgress: boolean): Call {
    return {
      ...{ era: 'modern', signal: this.cancel.signal, takesTasks: false, wantsProgress },
      client: { name: 'n', version: '1', capabilities: {} },
      progress: (done) => {
        this.progress.push(done);
        return Promise.resolve();
      },
      sdk: { mcpReq: {} } as ServerContext,
      server: {} as Call['server'],
    };
  }

  /** A tool that goes on until its signal aborts, as an operation does. */
  serve(wantsProgress: boolean) {
    const tool = defineOutsideTool({
      ...{ name: 'slow', title: 'Slow', description: 'goes on', hints: {}, example: {} },
      input: z.strictObject({}),
      run: async (_args, { signal }) => {
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
        throw new PawlError('aborted', 'the call was cancelled');
      },
    });
    return serveTool(this.door, tool, {}, this.call(wantsProgress));
  }
}

const TURNS = 50;

/** Until everything has gone on that waits for nothing but promises. */
const turn = async (): Promise<void> => {
  for (let at = 0; at < TURNS; at += 1) await Promise.resolve();
};

describe('a call that takes long', () => {
  it('is ended before its client gives up on it, and leaves no timer', async () => {
    const bench = new Bench();
    const answer = bench.serve(false);
    await turn();
    bench.fire(40_000);
    expect(await answer).toMatchObject({
      isError: true,
      structuredContent: { error: { code: 'deadline_exceeded', retryable: true } },
    });
    expect(bench.due.filter(({ cleared }) => !cleared)).toEqual([]);
    expect(bench.door.underWay.count).toBe(0);
  });

  it('tells who wants to hear it every 15 s that it goes on, and has longer', async () => {
    const bench = new Bench();
    const answer = bench.serve(true);
    await turn();
    expect(() => bench.fire(40_000)).toThrow('nothing is due');
    for (const _tick of [1, 2, 3]) bench.fire(15_000);
    expect(bench.progress).toEqual([1, 2, 3]);
    bench.fire(600_000);
    expect(await answer).toMatchObject({ isError: true });
    expect(() => bench.fire(15_000)).toThrow('nothing is due');
  });

  it('ends when its client cancels it', async () => {
    const bench = new Bench();
    const answer = bench.serve(false);
    await turn();
    bench.cancel.abort();
    expect(await answer).toMatchObject({ isError: true });
  });
});
