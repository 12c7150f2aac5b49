import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../chaos/pawl-process.ts';
import { testDepth } from '../support/test-depth.ts';
import { CliProject } from './cli-project.ts';
import { McpWire } from './mcp-wire.ts';

const OLDER_SERVER = fileURLToPath(new URL('../support/older-file-server.ts', import.meta.url));
const CHANGES = testDepth.pick({ reduced: 40, full: 500 });
const PACE_MS = 30;

type States = Readonly<
  Record<string, { readonly status: string; readonly results?: string | null }>
>;

/** The older server at work: its changes are made, one by one, until it ends. */
class OlderServer {
  readonly #ended: Promise<unknown[]>;
  #out = '';
  isOver = false;

  constructor(root: string, changes: number) {
    const args = [OLDER_SERVER, root, String(changes), String(PACE_MS)];
    const process_ = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    process_.stdout.on('data', (text: Buffer) => {
      this.#out += text.toString();
    });
    this.#ended = once(process_, 'close').finally(() => {
      this.isOver = true;
    });
  }

  /** What it left, task by task. */
  async end(): Promise<States> {
    const [code] = await this.#ended;
    expect(code).toBe(0);
    return JSON.parse(this.#out) as States;
  }
}

interface Verdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
}

/** Every task of the older server once, as it left it; what was changed here, as it was. */
function verdictOn(project: CliProject, older: States, ours: States): Verdict {
  const rows = project.rows(
    'SELECT task_id AS id, status, result_summary AS result FROM task_queue',
  );
  const here = Map.groupBy(rows, ({ id }) => String(id));
  const lost: string[] = [];
  const doubled: string[] = [];
  for (const [id, left] of Object.entries(older)) {
    const [row, ...others] = here.get(id) ?? [];
    if (others.length > 0) doubled.push(id);
    const wanted = ours[id]?.status ?? (left.status === 'completed' ? 'completed' : 'queued');
    const isSame = row?.['status'] === wanted && (id in ours || row['result'] === left.results);
    if (!isSame) lost.push(`${id}: ${JSON.stringify(row)} instead of ${JSON.stringify(left)}`);
  }
  return { lost, doubled };
}

let project: CliProject;
let agent: McpWire;
beforeEach(() => {
  project = new CliProject('');
});
afterEach(async () => {
  agent.process.kill('SIGKILL');
  await agent.ended;
  await project.remove();
});

/** An agent that takes what it finds, in either store, and is done with it at once. */
async function work(ours: Record<string, States[string]>, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const wish = { status: ['ready'], search_text: 'c_', limit: 5 };
    const found = (await agent.call('query_tasks', wish)).structuredContent;
    for (const { task_id } of found.tasks ?? []) {
      // What is taken over while it is looked for is shown twice rather than not at all.
      if (task_id in ours) continue;
      const claimed = await agent.call('execute_task', { task_id });
      expect(claimed.isError, JSON.stringify(claimed.structuredContent)).not.toBe(true);
      const { claim } = claimed.structuredContent;
      const done = await agent.call('complete_task', { claim, summary: 'Done here' });
      expect(done.isError, JSON.stringify(done.structuredContent)).not.toBe(true);
      ours[task_id] = { status: 'completed' };
    }
    await after(20);
  }
}

/** A person who skips a task of each plan, one after the other, wherever it is by then. */
async function decide(ours: Record<string, States[string]>, isOver: () => boolean): Promise<void> {
  for (let at = 0; !isOver(); ) {
    const name = `task_${String(at).padStart(8, '0')}.json`;
    if (!existsSync(project.path(`.task_orchestrator/tasks/active/${name}`))) {
      await after(20);
      continue;
    }
    const { code, out, err } = await project.pawl('skip', `d_${at}`, '--reason', 'ours');
    expect(code, out + err).toBe(0);
    ours[`d_${at}`] = { status: 'skipped' };
    at += 1;
  }
}

it(
  'while the older server makes its changes, they are followed and tasks are taken over',
  async () => {
    project.write('.task_orchestrator/tasks/active/.keep', '');
    const watch = project.start(['import', '--watch', '--json']);
    agent = new McpWire(project.root);
    await until('the first look', () => watch.said.includes('"kind":"import"'));
    const server = new OlderServer(project.root, CHANGES);
    const ours: Record<string, States[string]> = {};
    await Promise.all([work(ours, () => server.isOver), decide(ours, () => server.isOver)]);
    const older = await server.end();
    expect(Object.keys(older)).toHaveLength((CHANGES / 10) * 4);
    watch.signal('SIGINT');
    expect((await watch.end()).code).toBe(0);
    expect(verdictOn(project, older, ours)).toEqual({ lost: [], doubled: [] });
    const taken = Object.values(ours).map(({ status }) => status);
    expect(new Set(taken)).toEqual(new Set(['completed', 'skipped']));
    const again = await project.json('import');
    expect(again.data.sources[0].counts).toMatchObject({ added: 0, updated: 0 });

    // (negative control) What nobody reads again is missed.
    const more = await new OlderServer(project.root, CHANGES + 10).end();
    expect(verdictOn(project, more, ours).lost).not.toEqual([]);
    await project.pawl('import');
    expect(verdictOn(project, more, ours)).toEqual({ lost: [], doubled: [] });
    // (negative control) Whoever forgot what was taken over takes it once more.
    const database = new DatabaseSync(project.database, { timeout: 10_000 });
    database.exec('DELETE FROM imported_records');
    database.close();
    await project.pawl('import');
    expect(verdictOn(project, more, ours).doubled).not.toEqual([]);
  },
  testDepth.pick({ reduced: 60_000, full: 600_000 }),
);
