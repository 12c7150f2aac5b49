import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import type { Era } from '../door-bench.ts';
import type { FuzzedTool } from './any-call.ts';
import { callText, GARBAGE, HANDSHAKE } from './frames.ts';
import type { FuzzedServer } from './fuzz-trial.ts';
import type { FuzzReply } from './judge-answer.ts';

const GARBAGE_EVERY = 4;
/** A call is answered, or says that it goes on, before 45 s. */
const ANSWER_MS = 45_000;
const SHOWN_CHARS = 500;
const STACK = /\n\s+at .*[:(]\d|Unhandled|node:internal/;

export interface ProcessUnderFuzz {
  readonly root: string;
  readonly tools: readonly FuzzedTool[];
  /** The program and the arguments that start it. */
  readonly command: readonly [string, ...string[]];
  readonly era: Era;
}

/**
 * A server in a process of its own, over its standard input and output. Between calls it is sent
 * what is no request. It complains of each line that is no message, of stacks on standard error,
 * and of a process that does not live until it is let go.
 */
export function processUnderFuzz({ root, tools, command, era }: ProcessUnderFuzz): FuzzedServer {
  const [program, ...args] = command;
  const child = spawn(program, args, { cwd: root, env: { ...process.env, PAWL_TOOLS: 'all' } });
  const faults: string[] = [];
  const waiting = new Map<number, (reply: FuzzReply) => void>();
  let errors = '';
  child.stderr.on('data', (text: Buffer) => {
    errors += text.toString();
  });
  child.stdin.on('error', (error) => faults.push(`its input: ${error.message}`));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = messageOf(line);
    if (message === null) faults.push(`on standard output: ${line.slice(0, SHOWN_CHARS)}`);
    else if (typeof message.id === 'number') waiting.get(message.id)?.(message);
  });
  const ended = endOf(child);
  void ended.then(() => {
    const error = { code: 0, message: 'the process is gone' };
    for (const answer of waiting.values()) answer({ error });
  });
  const send = (frame: string | Uint8Array): void => {
    child.stdin.write(frame);
    child.stdin.write('\n');
  };
  if (era === 'legacy') for (const frame of HANDSHAKE) send(frame);
  let id = 0;
  return {
    tools,
    call: async (params) => {
      id += 1;
      if (id % GARBAGE_EVERY === 0) {
        send(GARBAGE[(id / GARBAGE_EVERY) % GARBAGE.length] as string | Uint8Array);
      }
      const { promise, resolve } = Promise.withResolvers<FuzzReply>();
      waiting.set(id, resolve);
      if (isGone(child)) return { error: { code: 0, message: 'the process is gone' } };
      send(callText(era, id, params));
      const silence = new AbortController();
      const none = after(ANSWER_MS, undefined, { signal: silence.signal }).then(() => {
        throw new Error(`no answer in ${ANSWER_MS} ms to ${callText(era, id, params)}`);
      });
      return await Promise.race([promise, none]).finally(() => silence.abort());
    },
    complaints: () => faults,
    close: async () => {
      child.stdin.end();
      // Who does not let go of it is killed, which is a fault.
      const kill = setTimeout(() => child.kill('SIGKILL'), ANSWER_MS);
      const end = await ended;
      clearTimeout(kill);
      if (end !== 0) faults.push(`it ended with ${end}`);
      const stack = STACK.exec(errors);
      if (stack === null) return;
      const from = Math.max(0, stack.index - SHOWN_CHARS);
      faults.push(`on standard error: ${errors.slice(from, from + 2 * SHOWN_CHARS)}`);
    },
  };
}

/** A message of the protocol, or null for anything else. */
function messageOf(line: string): (FuzzReply & { readonly id?: unknown }) | null {
  try {
    const message = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const { jsonrpc, method, result, error } = message;
    const isReply = 'id' in message && (result !== undefined) !== (error !== undefined);
    const isMessage = jsonrpc === '2.0' && (typeof method === 'string' || isReply);
    return isMessage ? (message as FuzzReply) : null;
  } catch {
    return null; // that is what the caller wants to know
  }
}

const isGone = (child: ChildProcessWithoutNullStreams): boolean =>
  child.exitCode !== null || child.signalCode !== null;

function endOf(child: ChildProcessWithoutNullStreams): Promise<number | string | null> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
}
