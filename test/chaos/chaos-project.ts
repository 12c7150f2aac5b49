import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AGENT_SCRIPT, type AgentLine, readAgentsLog } from './agents-log.ts';
import { PAWL } from './built-chaos.ts';
import { CHAOS_VARIABLE, type ChaosOrder, type ChaosOrders } from './chaos-world.ts';
import { PawlProcess, until } from './pawl-process.ts';
import { agentsIn, endAll, processesIn } from './processes-in.ts';
import type { SeededRandom } from './seeded-random.ts';

export interface ChaosTask {
  readonly id: string;
  readonly dependencies: readonly string[];
  readonly verified: boolean;
}

/** A folder with a list, an agent that notes what it does, and processes of Pawl at work there. */
export class ChaosProject {
  readonly root: string;
  readonly tasks: readonly ChaosTask[];
  readonly #started: PawlProcess[] = [];
  #tickets = 0;

  constructor(tasks: readonly ChaosTask[], root = mkdtempSync(join(tmpdir(), 'pawl-chaos-'))) {
    this.root = root;
    this.tasks = tasks;
    for (const folder of ['done', 'fails', 'tickets'])
      mkdirSync(join(root, folder), { recursive: true });
    for (const file of ['agents.log', 'chaos.log']) writeFileSync(join(root, file), '');
    writeFileSync(join(root, 'agent.sh'), AGENT_SCRIPT);
    writeFileSync(this.list, listText(tasks));
    this.pace(0.05);
  }

  get list(): string {
    return join(this.root, 'tasks.md');
  }

  get stateDir(): string {
    return join(this.root, '.pawl');
  }

  get database(): string {
    return join(this.stateDir, 'pawl.db');
  }

  /** The command of the agent, as one argument of `pawl run`. */
  get agentCommand(): string {
    return `/bin/sh ${join(this.root, 'agent.sh')}`;
  }

  /** From now on an agent works this long. */
  pace(seconds: number): void {
    const path = join(this.root, 'pace');
    writeFileSync(`${path}.new`, `${seconds}\n`);
    renameSync(`${path}.new`, path);
  }

  /** From now on no agent ends without a ticket. */
  closeGate(): void {
    writeFileSync(join(this.root, 'gate'), '');
  }

  openGate(): void {
    rmSync(join(this.root, 'gate'));
  }

  /** One more agent may end. */
  giveTicket(): void {
    this.#tickets += 1;
    writeFileSync(join(this.root, 'tickets', `${this.#tickets}`), '');
  }

  /** The agent of this task fails, once. */
  failOnce(taskId: string): void {
    writeFileSync(join(this.root, 'fails', taskId), '');
  }

  /** `pawl run` on the list with this project's agent. */
  run(
    options: {
      readonly orders?: readonly ChaosOrder[];
      readonly concurrency?: number;
      readonly args?: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
      readonly script?: string;
    } = {},
  ): PawlProcess {
    const { concurrency = 4, args = [], orders = [], env = {}, script = PAWL } = options;
    const fixed = ['run', this.list, '--agent-command', this.agentCommand];
    const numbers = ['--concurrency', `${concurrency}`, '--retry-delay', '50ms'];
    return this.start([...fixed, ...numbers, ...args], { orders, env, script });
  }

  /** Any command of Pawl, in the project's folder. */
  start(
    args: readonly string[],
    options: {
      readonly orders?: readonly ChaosOrder[];
      readonly env?: Readonly<Record<string, string>>;
      readonly script?: string;
    } = {},
  ): PawlProcess {
    const chaos: ChaosOrders = { orders: options.orders ?? [], log: join(this.root, 'chaos.log') };
    const env = { [CHAOS_VARIABLE]: JSON.stringify(chaos), ...options.env };
    const pawl = new PawlProcess(options.script ?? PAWL, args, { cwd: this.root, env });
    this.#started.push(pawl);
    return pawl;
  }

  /** Every process that was started here, ended ones too. */
  get processes(): readonly PawlProcess[] {
    return this.#started;
  }

  /** What the agents noted. */
  agents(): readonly AgentLine[] {
    return readAgentsLog(join(this.root, 'agents.log'));
  }

  /** Orders that were carried out, oldest first: signal, checkpoint, pid. */
  carriedOut(): readonly { readonly signal: string; readonly at: string; readonly pid: number }[] {
    const lines = readFileSync(join(this.root, 'chaos.log'), 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => {
      const [signal = '', at = '', pid] = line.split(' ');
      return { signal, at, pid: Number(pid) };
    });
  }

  livingAgents(): number {
    return agentsIn(this.root).length;
  }

  /** Every process that belongs here, but for those of Pawl that are children of the test. */
  left(): readonly string[] {
    return processesIn(this.root).map(({ pid, command }) => `${pid}: ${command}`);
  }

  async nothingLeft(): Promise<void> {
    await until(
      'the end of every process',
      () => this.left().length === 0,
      30_000,
      () => this.left().join('\n'),
    );
  }

  /** End whatever still runs, and remove the folder. For `afterEach`: a failed test leaves more. */
  async remove(): Promise<void> {
    for (const pawl of this.#started) await pawl.kill();
    await until('the end of what a test left', () => endAll(this.root) === 0);
    if (existsSync(this.root)) rmSync(this.root, { recursive: true, force: true });
  }
}

function listText(tasks: readonly ChaosTask[]): string {
  const rows = tasks.map(({ id, dependencies, verified }) => {
    const verify = verified ? ` verify: test -e done/${id}` : '';
    return `| ${id} | Do ${id}${verify} | P2 | ${dependencies.join(', ')} | [ ] |`;
  });
  const head = ['# Chaos', '', '| ID | Task | Pri | Depends | Status |', '|--|--|--|--|--|'];
  return [...head, ...rows, ''].join('\n');
}

/** A graph without cycles, wide enough that several tasks are ready at most times. */
export function randomTasks(
  count: number,
  random: SeededRandom,
  verifiedShare = 0.4,
): readonly ChaosTask[] {
  return Array.from({ length: count }, (_, index) => {
    const reachable = Array.from({ length: Math.min(index, 20) }, (_, back) => index - back);
    const wanted = random.between(0, Math.min(2, Math.max(0, reachable.length - 4)));
    const before = new Set<string>();
    while (before.size < wanted) before.add(`T-${random.pick(reachable.slice(4))}`);
    return {
      id: `T-${index + 1}`,
      dependencies: [...before],
      verified: random.next() < verifiedShare,
    };
  });
}

/** Tasks that wait for nobody. */
export function freeTasks(count: number): readonly ChaosTask[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `T-${index + 1}`,
    dependencies: [],
    verified: false,
  }));
}
