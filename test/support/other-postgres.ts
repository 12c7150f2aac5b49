import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram } from './find-program.ts';
import { PASSWORD } from './initialised-postgres.ts';
import {
  execute,
  FOLDER,
  freePort,
  type PostgresServer,
  passingFolder,
  QUIET,
  serverAt,
} from './postgres-server.ts';
import { serverUser } from './server-user.ts';

/** A PostgreSQL beside the one of the tests. */
export interface OtherPostgres {
  /** Of its programs. */
  readonly folder: string;
  /** Such as `15.18`. */
  readonly version: string;
}

/** The oldest that is supported. */
const MAJOR_MIN = 14;
const FOLDERS = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql/bin',
];

/** The one whose programs lie in the folder `PAWL_TEST_POSTGRES_BIN`; null when none is named. */
export function findNamedPostgres(): OtherPostgres | null {
  const folder = process.env['PAWL_TEST_POSTGRES_BIN'];
  return folder === undefined ? null : { folder, version: versionOf(join(folder, 'postgres')) };
}

/** The one that the system brings; null when there is none, or one that is too old. */
export function findSystemPostgres(): OtherPostgres | null {
  const program = findProgram('postgres', FOLDERS);
  if (program === null) return null;
  const version = versionOf(program);
  return majorOf(version) < MAJOR_MIN ? null : { folder: dirname(program), version };
}

function versionOf(program: string): string {
  const said = execFileSync(program, ['-V'], { encoding: 'utf8' });
  const [version] = /\d+(\.\d+)?/.exec(said) ?? [];
  if (version === undefined) throw new Error(`${program} -V says "${said}"`);
  return version;
}

const majorOf = (version: string): number => Number.parseInt(version, 10);

/** On a free port, in memory where there is room, as somebody who is not root. */
export async function startOtherPostgres({ folder }: OtherPostgres): Promise<PostgresServer> {
  const user = serverUser();
  const home = mkdtempSync(join(passingFolder(), `${FOLDER}${process.pid}-`));
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
