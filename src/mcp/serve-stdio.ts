import process from 'node:process';
import type { McpServerFactory } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { ProjectContext } from '../operations/operation.ts';
import type { CallsUnderWay } from './calls-under-way.ts';
import { frameInput } from './frame-input.ts';
import { frameOutput } from './frame-output.ts';

/** How long calls that were taken may go on after the client went away. */
const GRACE_MS = 3_000;

/** Most bytes of one message. */
const MESSAGE_BYTES_MAX = 10 * 1024 * 1024;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface ServeMcpStdio {
  readonly factory: McpServerFactory;
  readonly underWay: CallsUnderWay;
  readonly timers: ProjectContext['world']['timers'];
  readonly log: ProjectContext['log'];
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
}

/**
 * Serve one client over standard input and output until it goes away or a signal ends us. Calls
 * that were taken by then are waited for and answered; resolves when all is still. Standard output
 * carries the protocol and nothing else.
 *
 * ```
 * serving ──end of stdin, signal──> draining ──all answered, or 3 s──> closed
 *                                      └──another signal──> closed
 * ```
 */
export async function serveMcpStdio(parts: ServeMcpStdio): Promise<void> {
  const { factory, underWay, timers, log, stdin, stdout } = parts;
  const output = frameOutput(stdout);
  const input = frameInput({
    bytesMax: MESSAGE_BYTES_MAX,
    refuse: (frame, reason) => {
      output.write(frame);
      log.warn('mcp.fault', { reason });
    },
  });
  const transport = new StdioServerTransport(input, output, { maxBufferSize: MESSAGE_BYTES_MAX });
  const { promise: closed, resolve: close } = Promise.withResolvers<undefined>();
  const { promise: asked, resolve: ask } = Promise.withResolvers<undefined>();
  const handle = serveStdio(factory, {
    transport,
    onerror: (error) => log.warn('mcp.fault', {}, error),
  });
  const gone = transport.onclose;
  transport.onclose = () => {
    gone?.();
    close(undefined);
  };
  let signals = 0;
  const signalled = (): void => {
    signals += 1;
    if (signals === 1) ask(undefined);
    else close(undefined);
  };
  for (const signal of SIGNALS) process.on(signal, signalled);
  stdin.on('data', (chunk: Buffer) => input.write(chunk));
  for (const end of ['end', 'close', 'error']) stdin.once(end, () => ask(undefined));
  try {
    await Promise.race([asked, closed]);
    // What was read is handed over in the turns that follow; then it is under way.
    await turn(timers);
    await Promise.race([underWay.settled(), closed, after(timers, GRACE_MS)]);
    await turn(timers);
  } finally {
    await handle.close();
    for (const signal of SIGNALS) process.off(signal, signalled);
  }
}

function turn(timers: ServeMcpStdio['timers']): Promise<void> {
  return new Promise((resolve) => {
    timers.soon(() => timers.soon(resolve));
  });
}

function after(timers: ServeMcpStdio['timers'], delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    timers.after(delayMs, resolve, { unref: true });
  });
}
