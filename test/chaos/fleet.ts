import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeptConnection, type PostgresServer } from '../support/postgres-server.ts';
import { PAWL } from './built-chaos.ts';
import type { ChaosTask } from './chaos-project.ts';
import { CHAOS_VARIABLE, type ChaosOrder } from './chaos-world.ts';
import { HOST_VARIABLE } from './elsewhere.ts';
import { type FleetLog, fleetAgent, readFleetLog } from './fleet-agent.ts';
import { PawlProcess, until } from './pawl-process.ts';
import { endAll, processesIn } from './processes-in.ts';
import { TroubledWay } from './troubled-way.ts';

export interface FleetWish {
  readonly server: PostgresServer;
  readonly tasks: readonly ChaosTask[];
  readonly hosts: number;
  /** Most tasks of the list at once, over all hosts. */
  readonly concurrency: number;
  /** Most tasks at once on one host. */
  readonly capacity: number;
  /** How long an agent works, in seconds. */
  readonly pace: number;
  readonly leaseMs: number;
  /** Of one host after the other, and again from the first. */
  readonly skewsMs: readonly number[];
  /** What is started in the place of `pawl`. */
  readonly script?: string;
}

/** Hosts that share one queue: each has a folder, a clock and a way to the database of its own. */
export class Fleet {
  readonly hosts: readonly FleetHost[];
  readonly tasks: readonly ChaosTask[];
  readonly root = mkdtempSync(join(tmpdir(), 'pawl-fleet-'));
  readonly #url: string;
  readonly #client: KeptConnection;

  private constructor(url: string, wish: FleetWish) {
    this.#url = url;
    this.#client = new KeptConnection(url);
    this.tasks = wish.tasks;
    writeFileSync(join(this.root, 'agents.log'), '');
    writeFileSync(join(this.root, 'agent.sh'), fleetAgent(this.root));
    this.pace(wish.pace);
    this.hosts = Array.from({ length: wish.hosts }, (_, at) => {
      const skewMs = wish.skewsMs[at % wish.skewsMs.length] ?? 0;
      return new FleetHost({ fleet: this, at, skewMs, wish, url });
    });
    writeFileSync(this.list, listText(wish.tasks));
  }

  static async open(wish: FleetWish): Promise<Fleet> {
    const fleet = new Fleet(await wish.server.createDatabase(), wish);
    for (const host of fleet.hosts) await host.way.open();
    return fleet;
  }

  /** It lies on the first host. */
  get list(): string {
    return join(this.root, 'host-1', 'tasks.md');
  }

  pace(seconds: number): void {
    const path = join(this.root, 'pace');
    writeFileSync(`${path}.new`, `${seconds}\n`);
    renameSync(`${path}.new`, path);
  }

  log(): FleetLog {
    return readFleetLog(join(this.root, 'agents.log'));
  }

  /** What an independent client of the database reads, past every way. */
  async rows<R>(sql: string): Promise<readonly R[]> {
    return (await this.#client.rows(sql)) as readonly R[];
  }

  get url(): string {
    return this.#url;
  }

  /** Whether every task has come to its end; false while the database cannot say. */
  async isOver(): Promise<boolean> {
    const sql =
      "SELECT count(*) FILTER (WHERE status IN ('completed', 'failed', 'skipped'))::int AS over " +
      'FROM task_queue WHERE archived_at_ms IS NULL';
    try {
      const [row] = await this.rows<{ readonly over: number }>(sql);
      return row?.over === this.tasks.length;
    } catch {
      return false; // it is down, or has no tables yet
    }
  }

  async close(): Promise<void> {
    for (const host of this.hosts) await host.kill();
    await this.#client.end();
    await until('the end of what a fleet left', () => endAll(this.root) === 0);
    for (const host of this.hosts) await host.way.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}

interface HostParts {
  readonly fleet: Fleet;
  readonly at: number;
  readonly skewMs: number;
  readonly wish: FleetWish;
  readonly url: string;
}

export class FleetHost {
  readonly name: string;
  readonly folder: string;
  readonly way: TroubledWay;
  readonly #parts: HostParts;
  #process: PawlProcess | null = null;

  constructor(parts: HostParts) {
    const { fleet, at, wish, url } = parts;
    this.#parts = parts;
    this.name = `host-${at + 1}`;
    this.folder = join(fleet.root, this.name);
    this.way = new TroubledWay(`127.0.0.${at + 2}`, Number(new URL(url).port));
    mkdirSync(join(this.folder, '.pawl'), { recursive: true });
    const { leaseMs, concurrency, capacity } = wish;
    const settings = {
      ...{ agentCommand: `/bin/sh ${join(fleet.root, 'agent.sh')}`, maxConcurrent: concurrency },
      ...{ leaseMs, heartbeatMs: leaseMs / 4, sweepMs: leaseMs / 4, retryDelayMs: 50, capacity },
      killGraceMs: 500,
    };
    writeFileSync(join(this.folder, '.pawl', 'config.json'), JSON.stringify(settings));
  }

  /** Its server; on the first host that which loads the list and writes its marks. */
  start(orders: readonly ChaosOrder[] = []): void {
    if (this.#process !== null && !this.#process.over) return;
    const { fleet, at, skewMs, url, wish } = this.#parts;
    const args = at === 0 ? ['run', fleet.list] : ['work'];
    this.#process = new PawlProcess(wish.script ?? PAWL, args, {
      cwd: this.folder,
      env: {
        PAWL_DATABASE_URL: this.way.url(url),
        [CHAOS_VARIABLE]: JSON.stringify({ orders, log: this.#orderLog }),
        [HOST_VARIABLE]: JSON.stringify({ host: this.name, skewMs }),
      },
    });
  }

  /** Whether an order was carried out. */
  get isTroubled(): boolean {
    return existsSync(this.#orderLog);
  }

  get #orderLog(): string {
    return join(this.folder, 'chaos.log');
  }

  get process(): PawlProcess | null {
    return this.#process;
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  /** Agents, attendants and servers that are alive here. */
  living(): readonly string[] {
    return processesIn(this.folder).map(({ pid, command }) => `${pid}: ${command}`);
  }
}

function listText(tasks: readonly ChaosTask[]): string {
  const rows = tasks.map(
    ({ id, dependencies }) => `| ${id} | Do ${id} | P2 | ${dependencies.join(', ')} | [ ] |`,
  );
  const head = ['# Fleet', '', '| ID | Task | Pri | Depends | Status |', '|--|--|--|--|--|'];
  return [...head, ...rows, ''].join('\n');
}
