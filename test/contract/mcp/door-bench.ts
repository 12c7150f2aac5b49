import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type ClientOptions } from '@modelcontextprotocol/client';
import { type CallToolResult, InMemoryTransport } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { WorkspacePool } from '../../../src/app/workspace-pool.ts';
import { CallsUnderWay } from '../../../src/mcp/calls-under-way.ts';
import { createServer } from '../../../src/mcp/create-server.ts';
import type { Door } from '../../../src/mcp/door.ts';
import { productCatalogue } from '../../../src/mcp/product-catalogue.ts';
import type { OfferedSet } from '../../../src/mcp/tools/tools.ts';
import { silentLogger } from '../../../src/observe/logger.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';

export type Era = 'legacy' | 'modern';

export interface Answer {
  readonly isError: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: an answer from outside, looked at field by field
  readonly data: any;
  readonly raw: CallToolResult;
}

export interface DoorBenchOptions {
  readonly repository?: boolean;
  readonly root?: string;
}

/** The product's door over a project in a folder of its own, and clients that talk to it. */
export class DoorBench {
  readonly root: string;
  readonly pool: WorkspacePool;
  readonly door: Door;
  readonly #clients: Client[] = [];
  readonly #callers = new Map<string, Door>();

  readonly #isOurs: boolean;

  /** Without a `root` it makes a folder of its own, and takes it away. */
  constructor({ repository = true, root }: DoorBenchOptions = {}) {
    this.#isOurs = root === undefined;
    this.root = root ?? realpathSync(mkdtempSync(join(tmpdir(), 'pawl-door-')));
    if (repository && this.#isOurs) mkdirSync(join(this.root, '.git'));
    const world = createRealWorld();
    this.pool = new WorkspacePool({
      world,
      startDir: this.root,
      home: '/home/nobody',
      temp: tmpdir(),
      warn: () => undefined,
      idleMs: 60_000,
    });
    const underWay = new CallsUnderWay();
    const version = '0.0.0';
    const parts = { version, world, log: silentLogger, workspaces: this.pool, underWay };
    this.door = { ...parts, callerId: 'bench/1', inside: null };
  }

  /** A client; each name is a process of its own. */
  async connect(
    era: Era = 'modern',
    options: ClientOptions & { readonly set?: OfferedSet; readonly name?: string } = {},
  ): Promise<DoorClient> {
    const { set = 'standard', name = 'bench', ...rest } = options;
    const door = this.#callers.get(name) ?? { ...this.door, callerId: `bench/${name}` };
    this.#callers.set(name, door);
    const catalogue = productCatalogue(door, set);
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    serveStdio((about) => createServer(catalogue, about), { transport: ours });
    const mode = era === 'modern' ? { pin: '2026-07-28' } : ('legacy' as const);
    const client = new Client({ name, version: '1' }, { ...rest, versionNegotiation: { mode } });
    await client.connect(theirs as unknown as Parameters<Client['connect']>[0]);
    this.#clients.push(client);
    return new DoorClient(client);
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.pool.close();
    if (this.#isOurs) rmSync(this.root, { recursive: true, force: true });
  }
}

export class DoorClient {
  readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  /** Call a tool by its short name; those of templates have no shorter one. */
  async call(
    name: string,
    args: Readonly<Record<string, unknown>> = {},
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Answer> {
    const raw = (await this.client.callTool(
      { name: name.startsWith('template_') ? name : `orchestrator_${name}`, arguments: args },
      options,
    )) as CallToolResult;
    return { isError: raw.isError === true, data: raw.structuredContent, raw };
  }

  /** Call a tool that must not refuse. */
  async done(name: string, args: Readonly<Record<string, unknown>> = {}): Promise<Answer['data']> {
    const answer = await this.call(name, args);
    if (answer.isError) throw new Error(`${name}: ${JSON.stringify(answer.data)}`);
    return answer.data;
  }
}
