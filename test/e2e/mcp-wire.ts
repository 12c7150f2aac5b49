import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BUILT_PAWL } from '../support/built-pawl.ts';

export const PAWL = BUILT_PAWL;

const VERSION = '2026-07-28';

/** A repository in a folder of its own. */
export function scratchRepository(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-mcp-')));
  mkdirSync(join(root, '.git'));
  return root;
}

interface Reply {
  readonly id?: number;
  // biome-ignore lint/suspicious/noExplicitAny: an answer from outside, looked at field by field
  readonly result?: any;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface WireOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What the client calls itself. */
  readonly name?: string;
  /** The command that is started; default: the sources. */
  readonly pawl?: string;
}

/** `pawl mcp` as a client has it: frames on its standard input and output, byte for byte. */
export class McpWire {
  readonly name: string;
  readonly process: ChildProcessWithoutNullStreams;
  readonly lines: string[] = [];
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  #err = '';
  #id = 0;
  readonly #waiting = new Map<number, (reply: Reply) => void>();

  constructor(cwd: string, { env = {}, name = 'wire', pawl = PAWL }: WireOptions = {}) {
    this.name = name;
    this.process = spawn(process.execPath, [pawl, 'mcp'], {
      cwd,
      env: { ...process.env, ...env },
    });
    this.process.stderr.on('data', (text: Buffer) => {
      this.#err += text.toString();
    });
    createInterface({ input: this.process.stdout }).on('line', (line) => {
      this.lines.push(line);
      const reply = JSON.parse(line) as Reply;
      if (reply.id !== undefined) this.#waiting.get(reply.id)?.(reply);
    });
    this.ended = new Promise((resolve) => {
      this.process.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  get said(): string {
    return this.#err;
  }

  send(frame: object): void {
    this.process.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...frame })}\n`);
  }

  /** One request of the newer era, from a client with these capabilities. */
  async ask(method: string, params: object = {}, capabilities: object = {}): Promise<Reply> {
    this.#id += 1;
    const id = this.#id;
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.#waiting.set(id, resolve);
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': VERSION,
      'io.modelcontextprotocol/clientInfo': { name: this.name, version: '1' },
      'io.modelcontextprotocol/clientCapabilities': capabilities,
    };
    this.send({ id, method, params: { _meta, ...params } });
    return await promise;
  }

  async call(name: string, args: object = {}): Promise<Reply['result']> {
    const params = { name: `orchestrator_${name}`, arguments: args };
    return (await this.ask('tools/call', params)).result;
  }
}
