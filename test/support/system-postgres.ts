import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProgram } from './find-program.ts';
import { PASSWORD } from './initialised-postgres.ts';
import { execute, freePort, type PostgresServer, QUIET, serverAt } from './postgres-server.ts';
import { serverUser } from './server-user.ts';

/** A PostgreSQL that the system brings, beside the one of the tests. */
export interface SystemPostgres {
  /** Of its programs. */
  readonly folder: string;
  /** Such as `15.18`. */
  readonly version: string;
}

const FOLDERS = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql/bin',
];

/** Null when there is none, or one that is too old. */
export function findSystemPostgres(): SystemPostgres | null {
  const program = findProgram('postgres', FOLDERS);
  if (program === null) return null;
  const [version] = /\d+(\.\d+)?/.exec(execFileSync(program, ['-V'], { encoding: 'utf8' })) ?? [];
  if (version === undefined || Number.parseInt(version, 10) < 14) return null;
  return { folder: dirname(program), version };
}

/** On a free port, in a temporary folder, as somebody who is not root. */
export async function startSystemPostgres({ folder }: SystemPostgres): Promise<PostgresServer> {
  const user = serverUser();
  const home = mkdtempSync(join(tmpdir(), 'pawl-system-postgres-'));
  const as = { ...user, cwd: home };
  chmodSync(home, 0o755);
  writeFileSync(join(home, 'password'), PASSWORD);
  const data = join(home, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (user !== null) chownSync(data, user.uid, user.gid);
  execFileSync(
    join(folder, 'initdb'),
    [
      ...['-D', data, '-U', 'tester', '-A', 'scram-sha-256', '--pwfile', join(home, 'password')],
      ...['--no-sync', '--encoding=UTF8', '--locale=C'],
    ],
    { ...as, stdio: 'pipe' },
  );
  const port = await freePort();
  const settings = ['unix_socket_directories=', ...QUIET].flatMap((one) => ['-c', one]);
  const start = async (): Promise<ChildProcess> => {
    const args = ['-D', data, '-p', String(port), '-h', '127.0.0.1', ...settings];
    const child = spawn(join(folder, 'postgres'), args, { ...as, stdio: 'ignore' });
    await untilAnswering(url, child);
    return child;
  };
  const url = `postgres://tester:${PASSWORD}@127.0.0.1:${port}/postgres`;
  let running = await start();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = once(running, 'exit');
    running.kill(signal);
    await ended;
  };
  return {
    ...serverAt(url),
    crash: () => end('SIGQUIT'),
    restart: async () => {
      running = await start();
    },
    stop: async () => {
      await end('SIGINT');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function untilAnswering(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`postgres ended with ${child.exitCode}`);
    try {
      await execute(url, 'SELECT 1');
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
