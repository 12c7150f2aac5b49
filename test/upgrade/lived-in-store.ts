import { createHash } from 'node:crypto';
import type { AttemptOutcome } from '../../src/domain/outcome.ts';
import { DEFAULT_RETRY_POLICY } from '../../src/domain/task.ts';
import { parseList } from '../../src/listfile/grammar/parse-list.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { ClaimedTask, ListSummary, Store } from '../../src/store/store.ts';
import { createIds } from '../../src/world/ids.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import type { World } from '../../src/world/world.ts';
import { planAndLeave, rememberImport } from './lived-in-breakdown.ts';

/** Where it was lived in: a test that goes on with it puts its own place into the text. */
export const FORMER_FOLDER = '/former/project';
export const FORMER_HOST = 'anns-workshop';

const BEGUN_AT_MS = Date.UTC(2026, 2, 2, 8);
const LEASE_MS = 60_000;

/** Goes on after the upgrade: something of every kind is left to do. */
const WORK = `# Work

## First things

| ID | Task | Pri | Depends | Status |
|----|------|-----|---------|--------|
| W-1 | Lay the foundation | P1 | | [ ] |
| W-2 | Put up the walls, "straight" ones | P1 | W-1 | [ ] |
| W-3 | Carry bricks; it's heavy | P2 | | [ ] |
| W-4 | Mix mörtel 🧱 | P2 | | [ ] |
| W-5 | Roof | P3 | W-2, W-4 | [ ] |

## Later

- [ ] Paint the door
  - [ ] sand it
  - [ ] two coats
- [ ] **W-7** Plant a tree (depends on W-5)
`;

/** At rest: every way in which a task may have ended, and some that have not. */
const RELEASE = `# Release

| ID | Task | Pri | Depends | Status |
|----|------|-----|---------|--------|
| R-1 | Write the notes | P1 | | [ ] |
| R-2 | Sign the files | P1 | R-1 | [ ] |
| R-3 | Upload them | P2 | R-2 | [ ] |
| R-4 | Ask for the date | P2 | | [ ] |
| R-5 | Send letters | P3 | | [ ] |
| R-6 | Print posters | P3 | | [ ] |
| R-7 | Book the room | P4 | R-4 | [ ] |
| R-8 | Was a bad idea | P4 | | [ ] |
`;

const BACKLOG = [
  '# Backlog',
  '',
  ...Array.from({ length: 60 }, (_, at) => `- [ ] **B-${at + 1}** Part ${at + 1} of the backlog`),
  '',
].join('\n');

/** Real but for what would differ at every making: time, chance and ids. */
class FormerWorld {
  readonly world: World;
  #nowMs = BEGUN_AT_MS;

  constructor() {
    const real = createRealWorld();
    const clock = { ...real.clock, now: () => this.#nowMs };
    const ids = createIds(clock, { next: () => 0.5, fill: bytesOf() });
    this.world = { ...real, clock, ids, random: { ...real.random, next: () => 0.5 } };
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }
}

/** Bytes that are the same at every making, and no two ids alike. */
function bytesOf(): (bytes: Uint8Array) => Uint8Array {
  let drawn = 0;
  return (bytes) => {
    for (let at = 0; at < bytes.length; at += 1) {
      if (at % 32 === 0) drawn += 1;
      const block = createHash('sha256').update(String(drawn)).digest();
      bytes[at] = block[at % 32] ?? 0;
    }
    return bytes;
  };
}

/** A store in which people and agents have worked for some days, made by its own verbs. */
export async function liveInStore(path: string): Promise<void> {
  const former = new FormerWorld();
  const store = await openSqliteStore({ world: former.world, path });
  try {
    await work(new Household(store, former));
    former.pass(60_000);
    await planAndLeave(store, FORMER_FOLDER);
  } finally {
    await store.close();
  }
  rememberImport(path);
}

async function work(house: Household): Promise<void> {
  const { store } = house;
  const release = await house.load('release.md', RELEASE);
  const backlog = await house.load('backlog.md', BACKLOG);
  await store.setLimit({ kind: 'label', name: 'crane', maxRunning: 1 });
  await house.begin('executor-1', release);
  for (const [taskId, outcomes] of Object.entries(ENDS)) {
    for (const outcome of outcomes) await house.attempt(release, taskId, outcome);
  }
  await house.change(release, 'R-6', 'skip');
  await house.change(release, 'R-5', 'cancel');
  await house.load('release.md', RELEASE.replace(/\| R-8 .*\n/, ''));
  await store.setExecutor({ listId: release.listId, status: 'paused' });
  await store.endInstance('executor-1');

  await house.begin('executor-2', backlog);
  for (let at = 0; at < 8; at += 1) {
    for (const task of await house.claim(backlog, 'executor-2', 5)) {
      await house.finish(task, 'executor-2', { kind: 'succeeded', summary: `done ${task.taskId}` });
    }
  }
  await house.change(backlog, 'B-3', 'requeue');
  await house.showMarks(backlog);
  await store.setExecutor({ listId: backlog.listId, status: 'stopped' });
  await store.endInstance('executor-2');

  const list = await house.load('tasks.md', WORK);
  await house.begin('executor-3', list);
  await house.attempt(list, 'W-1', { kind: 'succeeded', summary: 'It stands.' });
  await house.attempt(list, 'W-3', { kind: 'errored', cause: 'exit', error: 'exit code 1' });
  await house.attempt(list, 'W-2', { kind: 'lost', reason: 'its lease expired' });
  // Its process is killed with an agent at work, the lock held and the lease running.
  await house.claimTask(list, 'W-4', 'executor-3');
}

/** What came of each attempt, in their order. R-3 is skipped for what R-2 came to. */
const ENDS: Readonly<Record<string, readonly AttemptOutcome[]>> = {
  'R-1': [
    { kind: 'released', reason: 'stop' },
    { kind: 'revise', note: 'say who it is for' },
    { kind: 'succeeded', summary: 'Two pages, "final"' },
  ],
  'R-2': Array.from({ length: 3 }, (_, at) => ({
    kind: 'errored' as const,
    cause: at === 2 ? ('verify' as const) : ('exit' as const),
    error: `no key\nof any kind (${at + 1})`,
  })),
  'R-4': [{ kind: 'blocked', reason: 'Which day?' }],
};

/** The verbs as they are used here, a while after one another. */
class Household {
  readonly store: Store;
  readonly #former: FormerWorld;

  constructor(store: Store, former: FormerWorld) {
    this.store = store;
    this.#former = former;
  }

  async load(name: string, text: string): Promise<ListSummary> {
    this.#former.pass(60_000);
    const bytes = new TextEncoder().encode(text);
    const path = `${FORMER_FOLDER}/${name}`;
    const { list } = await this.store.loadList({
      ...{ path, realPath: path, host: FORMER_HOST, document: parseList(bytes).document },
      ...{ seenHash: createHash('sha256').update(bytes).digest('hex'), seenText: text },
      ...{ ignoreMissing: false, joinHost: false, writeBack: true },
    });
    return list;
  }

  /** A process that executes a list, as it registers itself. */
  async begin(id: string, { listId }: ListSummary): Promise<void> {
    this.#former.pass(1_000);
    const process = { pid: 4_000_000, startedAt: '17', bootId: 'long-ago' };
    await this.store.registerInstance({
      ...{ id, kind: 'executor', host: FORMER_HOST, process, version: '0.1.0', listId },
    });
    await this.store.acquireLock({ name: `executor:${listId}`, holderId: id, ttlMs: LEASE_MS });
    const given = ['agentCommand', 'maxConcurrent'];
    const options = { agentCommand: 'sh agent.sh', maxConcurrent: 2, dryRun: false, given };
    await this.store.setExecutor(
      { listId, status: 'running', configJson: JSON.stringify(options) },
      { request: { scope: 'run', key: id, inputHash: `of ${id}` } },
    );
  }

  async claim(
    { listId }: ListSummary,
    holderId: string,
    max: number,
  ): Promise<readonly ClaimedTask[]> {
    this.#former.pass(2_000);
    return await this.store.claimNext({
      ...{ listId, holderId, max, maxConcurrent: max, leaseMs: LEASE_MS },
      ...{ minPriority: 'P4', defaultAgent: 'command' },
    });
  }

  async claimTask(list: ListSummary, taskId: string, holderId: string): Promise<ClaimedTask> {
    const [task] = await this.store.findTasks(taskId, list.listId);
    if (task === undefined) throw new Error(`no task ${taskId}`);
    return await this.store.claimTask({
      ...{ id: task.id, holderId, defaultAgent: 'command', leaseMs: LEASE_MS },
    });
  }

  async finish(task: ClaimedTask, holderId: string, outcome: AttemptOutcome): Promise<void> {
    this.#former.pass(5_000);
    const { id, fence, term } = task;
    const evidence = { exitCode: outcome.kind === 'errored' ? 1 : 0, resultJson: '{"notes":"ok"}' };
    await this.store.heartbeat({ holderId, leaseMs: LEASE_MS, held: [{ id, fence, term }] });
    const holder = { id: holderId, term };
    const finished = await this.store.finishAttempt({
      ...{ id, fence, holder, outcome, policy: DEFAULT_RETRY_POLICY, evidence },
    });
    if (finished.kind !== 'finished') throw new Error(`${task.taskId} is ${finished.kind}`);
  }

  async attempt(list: ListSummary, taskId: string, outcome: AttemptOutcome): Promise<void> {
    this.#former.pass(600_000);
    await this.store.promoteDue();
    const [instance] = (await this.store.instances()).filter((one) => one.listId === list.listId);
    const holderId = instance?.id ?? '';
    await this.finish(await this.claimTask(list, taskId, holderId), holderId, outcome);
  }

  async change(list: ListSummary, taskId: string, verb: 'skip' | 'cancel' | 'requeue') {
    this.#former.pass(30_000);
    const [task] = await this.store.findTasks(taskId, list.listId);
    await this.store.changeTask({
      ...{ id: task?.id ?? '', verb, reason: `because of ${taskId}`, by: 'person' },
      ...{ confirmed: true, cascade: false },
    });
  }

  /** As if the marks of what is completed had been written into the file. */
  async showMarks({ listId }: ListSummary): Promise<void> {
    const { upToSeq, tasks } = await this.store.marksOwed(listId);
    const done = tasks.filter(({ status }) => status === 'completed');
    const ids = new Set(done.map(({ taskId }) => taskId));
    const text = BACKLOG.replaceAll(/- \[ \] \*\*(B-\d+)\*\*/g, (line, id: string) =>
      ids.has(id) ? line.replace('[ ]', '[x]') : line,
    );
    await this.store.marksWritten({
      ...{ listId, upToSeq, seenText: text },
      seenHash: createHash('sha256').update(text).digest('hex'),
      marks: done.map(({ taskId }) => ({ taskId, mark: 'completed' })),
    });
  }
}
