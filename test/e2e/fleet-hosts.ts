import { setTimeout as after } from 'node:timers/promises';
import { PATIENCE_MS } from '../chaos/pawl-process.ts';
import { execute, KeptConnection } from '../support/postgres-server.ts';
import { CliProject, listOf } from './cli-project.ts';

const LOOK_MS = 50;
/** Quick enough for a test, slow enough for a busy machine. */
const PACE = {
  PAWL_HEARTBEAT: '500ms',
  PAWL_SWEEP: '300ms',
  PAWL_KILL_GRACE: '500ms',
};

/** One of several hosts on a store: a project folder of its own, and a name. */
export class FleetHost {
  readonly project: CliProject;
  /** Longer where a test starts a server anew before it may be over. */
  lease = '3s';
  readonly #env: Readonly<Record<string, string>>;

  constructor(name: string, url: string, list = listOf(['unused'])) {
    this.project = new CliProject(list);
    this.#env = {
      PAWL_HOST: name,
      PAWL_DATABASE_URL: url,
      PAWL_AGENT_COMMAND: 'sh agent.sh',
      ...PACE,
    };
  }

  /** Another build of Pawl serves this host from now on. */
  install(script: string): void {
    this.project.pawlScript = script;
  }

  work(...args: readonly string[]) {
    return this.start('work', '--json', '--events', ...args);
  }

  start(...args: readonly string[]) {
    return this.project.start(args, { ...this.#env, PAWL_LEASE: this.lease });
  }
}

/** What the agents of all these hosts noted, sorted: `start A 1`, `end A 1`. */
export function runsOf(hosts: readonly FleetHost[]): readonly string[] {
  return hosts.flatMap(({ project }) => project.runs()).toSorted();
}

export async function statusesAt(url: string): Promise<Readonly<Record<string, unknown>>> {
  const rows = await execute(url, 'SELECT task_id, status FROM task_queue ORDER BY task_id');
  return Object.fromEntries(rows.map((row) => [row['task_id'], row['status']]));
}

/** Until the database has such rows. */
export async function untilRows(url: string, what: string, sql: string): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  const looking = new KeptConnection(url);
  try {
    // There is no such table until the first command made it.
    while ((await looking.rows(sql).catch(() => [])).length === 0) {
      if (performance.now() > giveUpAt) throw new Error(`waited in vain for ${what}`);
      await after(LOOK_MS);
    }
  } finally {
    await looking.end();
  }
}
