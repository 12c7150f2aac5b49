import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where clients may lie that are installed for the tests alone. */
const INSTALLED_FOR_TESTS = process.env['PAWL_TEST_CLIENTS'];

/**
 * The program of an MCP client: where `PAWL_TEST_CLIENTS` says (a folder in which npm installed
 * them), or on the PATH. Null when it is not installed.
 */
export function findClient(name: string): string | null {
  const own = INSTALLED_FOR_TESTS;
  const folders = [
    ...(own === undefined ? [] : [join(own, 'node_modules', '.bin')]),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return folders.map((folder) => join(folder, name)).find(existsSync) ?? null;
}

export interface ClientRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Run a client to its end, in a folder and an environment of its own. */
export async function runClient(
  argv: readonly [string, ...string[]],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<ClientRun> {
  const [program, ...args] = argv;
  const path = process.env['PATH'] ?? '';
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { PATH: path, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const out = collected(child, 'stdout');
  const err = collected(child, 'stderr');
  const closed = Promise.withResolvers<number | null>();
  child.once('error', closed.reject);
  child.once('close', (code) => closed.resolve(code));
  const timer = setTimeout(() => endGroup(child), RUN_MS_MAX);
  try {
    const code = await closed.promise;
    return { code, out: out(), err: err() };
  } finally {
    clearTimeout(timer);
    endGroup(child);
  }
}

const RUN_MS_MAX = 100_000;

/** With whatever it started and left behind. */
function endGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) spawnSync('kill', ['-KILL', '--', `-${pid}`], { stdio: 'ignore' });
}

function collected(child: ChildProcess, stream: 'stdout' | 'stderr'): () => string {
  const chunks: Buffer[] = [];
  child[stream]?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}
