import { join } from 'node:path';
import type { SqliteOptions } from '../../src/store/sqlite/sqlite-driver.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { type Figure, information, percent, perSecond, type Section, times } from '../figure.ts';
import { median } from '../quantiles.ts';
import { Scratch } from '../scratch.ts';
import { CALLERS, claimAndFinish, enqueueLists } from './callers.ts';
import { type JsonStore, openListFile, openTaskFiles } from './json-store.ts';
import { replay, StatementTrace } from './statement-trace.ts';
import { loadOf, taskDocument } from './task-document.ts';

const ROUNDS = 9;
const TASKS = 3_000;
/** Without group commit each task costs two or more flushes: fewer are enough. */
const UNGROUPED_TASKS = 300;
const JSON_TASKS = 1_000;
const JSON_CHANGES = 60;
const LIST_ROWS = 1_000;
const FLOOR_SHARE_MIN = 0.6;
const GROUPING_GAIN_MIN = 5;
const JSON_GAIN_MIN = 20;

/** How many tasks a second are durably enqueued, and durably claimed and finished. */
export const throughput: Section = {
  name: 'store',
  title: 'Durable throughput of the store',
  about: [
    `${CALLERS} callers wait at any moment, through the store's port, on disk. The floor replays`,
    'on bare `node:sqlite` the very statements that the product sent, transactions included,',
    'prepared once, on a copy of the same database with the same settings: what is missing to 100',
    '% is all that is not the database. "Group commit off" is the same port with a transaction a',
    'call. The port enqueues by lists: once with lists of one task (each makes its list and',
    'executor, too), once with lists of 1,000. The JSON store has 1,000 tasks, flushes each file',
    'before it takes the place of the old one, and has its lock to itself. Its usual form is one',
    'file a list; one file a task is shown beside it. Rounds alternate between all of them; ratios',
    'are medians of the ratios within a round.',
  ].join('\n'),
  run: async (note) => {
    const scratch = new Scratch();
    try {
      const figures: Figure[] = [];
      for (const work of await workloads(scratch)) {
        note(work.what);
        figures.push(...(await measure(scratch, work)));
      }
      return figures;
    } finally {
      scratch.remove();
    }
  },
};

interface Workload {
  readonly what: string;
  /** The database it begins with. */
  readonly from: string;
  readonly tasks: number;
  readonly run: (store: Store, tasks: number) => Promise<void>;
  /** The same on a JSON store of `JSON_TASKS` tasks; null where it would say nothing new. */
  readonly onJson: ((store: JsonStore, change: number) => void) | null;
}

async function workloads(scratch: Scratch): Promise<readonly Workload[]> {
  const empty = join(scratch.folder(), 'pawl.db');
  await (await open(empty)).close();
  const full = join(scratch.folder(), 'pawl.db');
  const store = await open(full);
  const { list } = await store.loadList(loadOf('/bench/tasks.md', taskDocument(TASKS)));
  await store.setExecutor({ listId: list.listId, status: 'running' });
  await store.close();
  const [newTask] = taskDocument(1).tasks;
  if (newTask === undefined) throw new Error('no task to enqueue');
  return [
    {
      what: 'claim and finish',
      from: full,
      tasks: TASKS,
      run: (target, tasks) => claimAndFinish(target, list.listId, tasks),
      onJson: (json) => json.finish(json.claim()),
    },
    {
      what: 'enqueue, lists of one task',
      from: empty,
      tasks: TASKS,
      run: (target, tasks) => enqueueLists(target, tasks, 1),
      onJson: (json, change) => json.enqueue({ ...newTask, taskId: `new-${change}` }),
    },
    {
      what: 'enqueue, lists of 1,000 tasks',
      from: empty,
      tasks: 10 * LIST_ROWS,
      run: (target, tasks) => enqueueLists(target, tasks / LIST_ROWS, LIST_ROWS),
      onJson: null,
    },
  ];
}

async function measure(scratch: Scratch, work: Workload): Promise<readonly Figure[]> {
  const trace = new StatementTrace();
  await runOnce(scratch, work, work.tasks, { intercept: trace.intercept }, trace);
  const rates = { floor: [], pawl: [], ungrouped: [], list: [], files: [] } as Rates;
  const jsonTasks = taskDocument(JSON_TASKS).tasks;
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.floor.push(rate(work.tasks, replay(trace, scratch.copyOf(work.from))));
    rates.pawl.push(rate(work.tasks, await runOnce(scratch, work, work.tasks, {})));
    if (work.onJson === null) continue;
    const fewer = Math.min(UNGROUPED_TASKS, work.tasks);
    const alone = await runOnce(scratch, work, fewer, { grouping: false });
    rates.ungrouped.push(rate(fewer, alone));
    rates.list.push(onJson(openListFile(scratch.folder(), jsonTasks), work.onJson));
    rates.files.push(onJson(openTaskFiles(scratch.folder(), jsonTasks), work.onJson));
  }
  return figuresOf(work, rates);
}

interface Rates {
  readonly floor: number[];
  readonly pawl: number[];
  readonly ungrouped: number[];
  readonly list: number[];
  readonly files: number[];
}

function figuresOf({ what, onJson: comparable }: Workload, rates: Rates): readonly Figure[] {
  const measured = perSecond(median(rates.pawl));
  const over = (others: readonly number[]): number =>
    median(rates.pawl.map((pawl, round) => pawl / (others[round] ?? Number.NaN)));
  const share = over(rates.floor);
  const floor: Figure = {
    what: `${what}, of the floor`,
    measured,
    beside: `replayed statements ${perSecond(median(rates.floor))}`,
    ratio: percent(share),
    goal: `at least ${percent(FLOOR_SHARE_MIN)}`,
    met: share >= FLOOR_SHARE_MIN,
  };
  if (comparable === null) return [floor];
  const grouping = over(rates.ungrouped);
  const json = over(rates.list);
  const files = median(rates.files);
  return [
    floor,
    {
      what: `${what}, by group commit`,
      measured,
      beside: `group commit off ${perSecond(median(rates.ungrouped))}`,
      ratio: times(grouping),
      goal: `at least ${GROUPING_GAIN_MIN} times`,
      met: grouping >= GROUPING_GAIN_MIN,
    },
    {
      what: `${what}, over JSON`,
      measured,
      beside: `JSON, one file a list ${perSecond(median(rates.list))}`,
      ratio: times(json),
      goal: `at least ${JSON_GAIN_MIN} times`,
      met: json >= JSON_GAIN_MIN,
    },
    information(
      `${what}, over JSON`,
      measured,
      `JSON, one file a task ${perSecond(files)}`,
      times(over(rates.files)),
    ),
  ];
}

/** Milliseconds that `tasks` took on a fresh copy; opening and closing are not counted. */
async function runOnce(
  scratch: Scratch,
  work: Workload,
  tasks: number,
  options: Partial<SqliteOptions>,
  trace?: StatementTrace,
): Promise<number> {
  const store = await open(scratch.copyOf(work.from), options);
  const startedAt = performance.now();
  if (trace === undefined) await work.run(store, tasks);
  else await trace.record(() => work.run(store, tasks));
  const took = performance.now() - startedAt;
  await store.close();
  return took;
}

function onJson(store: JsonStore, change: (store: JsonStore, index: number) => void): number {
  const startedAt = performance.now();
  for (let index = 0; index < JSON_CHANGES; index += 1) change(store, index);
  return rate(JSON_CHANGES, performance.now() - startedAt);
}

function rate(tasks: number, ms: number): number {
  return (tasks / ms) * 1_000;
}

function open(path: string, options: Partial<SqliteOptions> = {}): Promise<Store> {
  return openSqliteStore({ ...options, world: createRealWorld(), path });
}
