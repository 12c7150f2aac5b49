import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { execute, freePort } from './postgres-server.ts';
import { serverUser } from './server-user.ts';

/** A pooler in transaction mode, which knows nothing of statements prepared in sessions. */
export interface PgBouncer {
  /** The same database through it. */
  through(url: string): string;
  stop(): Promise<void>;
}

export const PGBOUNCER = findProgram('pgbouncer', [
  '/usr/sbin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
]);

/** What newer ones would do for statements prepared in sessions, older ones cannot. */
const unprepared = (): readonly string[] => {
  const said = execFileSync(PGBOUNCER ?? '', ['-V'], { encoding: 'utf8' });
  const [, major, minor] = /(\d+)\.(\d+)/.exec(said)?.map(Number) ?? [];
  return (major ?? 0) * 100 + (minor ?? 0) >= 121 ? ['max_prepared_statements = 0'] : [];
};

export async function startPgBouncer(
  url: string,
  { sessions }: { readonly sessions: number },
): Promise<PgBouncer> {
  if (PGBOUNCER === null) throw new Error('there is no pgbouncer');
  const { hostname, port: serverPort, username, password } = new URL(url);
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), 'pawl-pgbouncer-'));
  chmodSync(home, 0o755);
  const file = join(home, 'pgbouncer.ini');
  writeFileSync(
    file,
    [
      '[databases]',
      `* = host=${hostname} port=${serverPort} user=${username} password=${password}`,
      '[pgbouncer]',
      ...[`listen_addr = 127.0.0.1`, `listen_port = ${port}`, 'unix_socket_dir ='],
      ...['auth_type = any', 'pool_mode = transaction', ...unprepared()],
      ...[`default_pool_size = ${sessions}`, 'max_client_conn = 200'],
      '',
    ].join('\n'),
  );
  const child = spawn(PGBOUNCER, [file], { ...serverUser(), cwd: home, stdio: 'ignore' });
  const through = (direct: string): string =>
    Object.assign(new URL(direct), { port: String(port) }).href;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}`);
    try {
      await execute(through(url), 'SELECT 1');
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return {
    through,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGQUIT');
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
