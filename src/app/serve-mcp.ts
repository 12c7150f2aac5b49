import { homedir, tmpdir } from 'node:os';
import process from 'node:process';
import { environment } from '../config/environment.ts';
import type { ToolSet } from '../config/tool-set.ts';
import { CallsUnderWay } from '../mcp/calls-under-way.ts';
import { createServer } from '../mcp/create-server.ts';
import { productCatalogue } from '../mcp/product-catalogue.ts';
import { serveMcpStdio } from '../mcp/serve-stdio.ts';
import type { Logger } from '../observe/logger.ts';
import type { World } from '../world/world.ts';
import { thisWorld } from './this-world.ts';
import { PAWL_VERSION } from './version.ts';
import { WorkspacePool } from './workspace-pool.ts';

const IDLE_MS = 300_000;

export interface ServeMcp {
  /** Where the project is looked for when a call and its client name none. */
  readonly dir: string;
  readonly tools: ToolSet;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  /** For people: one line each. */
  readonly say: (line: string) => void;
}

/** Serve one MCP client over standard input and output; resolves when it went away. */
export async function serveMcp({ dir, tools, stdin, stdout, say }: ServeMcp): Promise<void> {
  const world = thisWorld();
  const log = sayingLogger(say);
  const workspaces = new WorkspacePool({
    world,
    startDir: dir,
    home: homedir(),
    temp: tmpdir(),
    warn: (message) => say(`pawl: ${message}`),
    idleMs: IDLE_MS,
  });
  const underWay = new CallsUnderWay();
  const callerId = callerOf(world);
  const inside = insideOf(environment());
  const door = { version: PAWL_VERSION, world, log, workspaces, underWay, callerId, inside };
  const catalogue = productCatalogue(door, tools);
  const factory = ({ era }: { readonly era: 'legacy' | 'modern' }) =>
    createServer(catalogue, { era });
  try {
    await serveMcpStdio({ factory, underWay, timers: world.timers, log, stdin, stdout });
  } finally {
    await workspaces.close();
  }
}

/** An agent that an executor started, and that starts us, says so to whoever it starts. */
function insideOf({ PAWL_TASK_UUID: id, PAWL_FENCE: fence }: Readonly<Record<string, string>>) {
  if (id === undefined || fence === undefined || !/^\d{1,15}$/.test(fence)) return null;
  return { id, fence: Number(fence) };
}

/** The process that started us: it stays the same when this server is started again. */
function callerOf({ processes }: World): string {
  const { host } = processes;
  const parent = processes.identify(process.ppid);
  if (parent === null) return `${host}/${process.ppid}`;
  return `${host}/${parent.pid}/${parent.startedAt}/${parent.bootId}`;
}

/** Before a project is open there is no log of its own: what is amiss is said on standard error. */
function sayingLogger(say: (line: string) => void): Logger {
  const tell: Logger['warn'] = (event, fields = {}, error) => {
    const why = error instanceof Error ? ` ${oneLine(error.message)}` : '';
    say(`pawl: ${event} ${JSON.stringify(fields)}${why}`);
  };
  return { info: () => undefined, warn: tell, error: tell };
}

const WHY_CHARS_MAX = 300;

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= WHY_CHARS_MAX ? line : `${line.slice(0, WHY_CHARS_MAX)}…`;
}
