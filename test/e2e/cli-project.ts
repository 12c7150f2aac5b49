import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Ended, PawlProcess, until } from '../chaos/pawl-process.ts';
import { endAll, processesIn } from '../chaos/processes-in.ts';
import { BUILT_PAWL } from '../support/built-pawl.ts';
import { type Answered, commandHere } from './command-here.ts';

/**
 * What every agent does: note its start, say hello, work as long as its task is held, note its end,
 * and fail where the test asked for it.
 */
const AGENT = `
echo "start $PAWL_TASK_ID $PAWL_ATTEMPT" >>runs.log
echo "hello from $PAWL_TASK_ID"
looks=0
while [ -e "hold/$PAWL_TASK_ID" ]; do
  if [ $looks -lt 30 ]; then sleep 0.03; else sleep 0.2; fi
  looks=$((looks + 1))
done
echo "good-bye from $PAWL_TASK_ID"
echo "end $PAWL_TASK_ID $PAWL_ATTEMPT" >>runs.log
test ! -e "fail/$PAWL_TASK_ID"
`;

type Environment = Readonly<Record<string, string>>;

const QUIET: Environment = { NO_COLOR: '1', PAWL_INTERRUPT_GRACE: '0ms' };

/** One command's answer with `--json`. */
export interface JsonAnswer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** Of the only document on standard output. */
  readonly schemaVersion: number;
  readonly kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer from outside, looked at field by field
  readonly data: any;
}

/** A project in an empty folder of its own, and Pawl's commands at work in it. */
export class CliProject {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-cli-')));
  /** The command line as a user has it: a process of its own for each command. */
  pawlScript = BUILT_PAWL;
  readonly #started: PawlProcess[] = [];

  constructor(list: string) {
    for (const folder of ['hold', 'fail']) mkdirSync(join(this.root, folder));
    this.write('agent.sh', AGENT);
    this.write('runs.log', '');
    this.write('tasks.md', list);
  }

  get list(): string {
    return this.path('tasks.md');
  }

  get database(): string {
    return this.path('.pawl/pawl.db');
  }

  path(name: string): string {
    return join(this.root, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** The agent of this task goes on until it is released. */
  hold(...taskIds: readonly string[]): void {
    for (const id of taskIds) this.write(`hold/${id}`, '');
  }

  release(...taskIds: readonly string[]): void {
    for (const id of taskIds) rmSync(this.path(`hold/${id}`), { force: true });
  }

  /** The agent of this task fails. */
  fail(...taskIds: readonly string[]): void {
    for (const id of taskIds) this.write(`fail/${id}`, '');
  }

  /** What the agents noted: `start A 1`, `end A 1`, in the order in which it happened. */
  runs(): readonly string[] {
    return this.read('runs.log').split('\n').slice(0, -1);
  }

  start(args: readonly string[], env: Environment = {}): PawlProcess {
    const where = { cwd: this.root, env: { ...QUIET, ...env } };
    const pawl = new PawlProcess(this.pawlScript, args, where);
    this.#started.push(pawl);
    return pawl;
  }

  /** `pawl run` with this project's agent. */
  run(...args: readonly string[]): PawlProcess {
    const list = args[0]?.endsWith('.md') === true ? [] : ['tasks.md'];
    return this.start(['run', ...list, ...args, '--agent-command', 'sh agent.sh']);
  }

  /** A command's answer; what is to be a process of its own is started. */
  async pawl(...args: readonly string[]): Promise<Answered> {
    return await this.ask(args);
  }

  /** The same in another environment. */
  async ask(args: readonly string[], env: Environment = {}): Promise<Answered> {
    if (this.pawlScript !== BUILT_PAWL) return await this.start(args, env).end();
    return await commandHere(args, { cwd: this.root, env: { ...QUIET, ...env } });
  }

  async json(...args: readonly string[]): Promise<JsonAnswer> {
    return jsonOf(await this.pawl(...args, '--json'));
  }

  async agentsBegun(...taskIds: readonly string[]): Promise<void> {
    const begun = (id: string): boolean =>
      this.runs().some((line) => line.startsWith(`start ${id} `));
    await until(
      `the agents of ${taskIds.join(', ')}`,
      () => taskIds.every(begun),
      undefined,
      () => `${this.runs().join('\n')}\n${this.#started.map((pawl) => pawl.said).join('\n')}`,
    );
  }

  rows(sql: string): readonly Readonly<Record<string, unknown>>[] {
    const database = new DatabaseSync(this.database, { readOnly: true, timeout: 10_000 });
    try {
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  }

  /** A lock whose holder went without a word, some time ago. */
  leaveExpiredLock(name: string): void {
    const columns = 'name, holder_id, fence, acquired_at_ms, renewed_at_ms, expires_at_ms';
    const now = Date.now();
    this.change(
      `INSERT INTO locks (${columns}) ` +
        `VALUES ('${name}', 'somebody', 1, ${now - 2}, ${now - 2}, ${now - 1})`,
    );
  }

  /** What another program writes into the database. */
  change(sql: string): void {
    const database = new DatabaseSync(this.database, { timeout: 10_000 });
    try {
      database.exec(sql);
    } finally {
      database.close();
    }
  }

  /** The status of every task of a list, by its task id. */
  statuses(list = this.list): Readonly<Record<string, unknown>> {
    const sql = `SELECT task_id, status FROM task_queue WHERE task_list_path = '${list}'`;
    return Object.fromEntries(this.rows(sql).map((row) => [row['task_id'], row['status']]));
  }

  /** The lines of Pawl's own log. */
  log(): readonly Readonly<Record<string, unknown>>[] {
    const path = '.pawl/log/pawl.log';
    if (!existsSync(this.path(path))) return [];
    const lines = this.read(path).split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  }

  async nothingLeft(): Promise<void> {
    await until('the end of every process', () => processesIn(this.root).length === 0);
  }

  /** End whatever still runs, and remove the folder. */
  async remove(): Promise<void> {
    for (const pawl of this.#started) await pawl.kill();
    await until('the end of what a test left', () => endAll(this.root) === 0);
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The only document on standard output. */
export function jsonOf({ code, out, err }: Omit<Ended, 'signal'>): JsonAnswer {
  return { code, out, err, ...(JSON.parse(out === '' ? '{}' : out) as object) } as JsonAnswer;
}

/** A list with a row for each task: its id, its priority, what it waits for. */
export function listOf(
  ...tasks: readonly (readonly [id: string, priority?: string, after?: string])[]
): string {
  const rows = tasks.map(
    ([id, priority = 'P2', after = '']) => `| ${id} | Do ${id} | ${priority} | ${after} | [ ] |`,
  );
  const head = ['# Work', '', '| ID | Task | Pri | Depends | Status |', '|--|--|--|--|--|'];
  return [...head, ...rows, ''].join('\n');
}
