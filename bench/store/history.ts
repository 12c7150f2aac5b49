import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Intercept } from '../../src/store/sqlite/connection.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { ClaimedTask, Store } from '../../src/store/store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import type { Section } from '../figure.ts';
import { type Figure, grouped, information, millis, perSecond, times } from '../figure.ts';
import { median } from '../quantiles.ts';
import { Scratch } from '../scratch.ts';
import { CALLERS, claimAndFinish, claimOne, finishOne } from './callers.ts';
import { addFinishedTasks } from './finished-tasks.ts';
import { StatementTrace } from './statement-trace.ts';
import { loadOf, taskDocument } from './task-document.ts';

const FINISHED = 1_000_000;
const ROUNDS = 10;
const CLAIMS = 100;
const BATCHED = 500;
const READY = ROUNDS * (CLAIMS + BATCHED) + 1;
const CLAIM_RATIO_MAX = 1.3;
const PATH = '/bench/tasks.md';
const MEBIBYTE = 1024 ** 2;

/** What a long history costs whoever claims now. */
export const history: Section = {
  name: 'history',
  title: `A claim with ${grouped(FINISHED)} finished tasks in the file`,
  about: [
    `Two databases with the same ${grouped(READY)} ready tasks; one also has ${grouped(FINISHED)}`,
    'completed ones with their attempts and events, half of them in the same list. A claim is one',
    'durable call, alone; rounds alternate between the databases. The query plan of each statement',
    'of a claim and of a finish is compared, too; a finish may put the dependants of its one task',
    'into order, once an index has found them.',
  ].join('\n'),
  run: async (note) => {
    const scratch = new Scratch();
    try {
      note('building the history');
      const { young, old, listId } = await databases(scratch);
      note('claiming');
      return [
        ...(await claimFigures(young, old, listId)),
        ...(await planFigures(young, old, listId)),
        information(
          'size of the file',
          `${grouped(statSync(old).size / MEBIBYTE)} MiB`,
          `without history ${grouped(statSync(young).size / MEBIBYTE)} MiB`,
        ),
      ];
    } finally {
      scratch.remove();
    }
  },
};

async function databases(scratch: Scratch) {
  const young = join(scratch.folder(), 'pawl.db');
  const store = await open(young);
  const { list } = await store.loadList(loadOf(PATH, taskDocument(READY)));
  const { listId } = list;
  await store.setExecutor({ listId, status: 'running' });
  await store.close();
  const old = join(scratch.folder(), 'pawl.db');
  copyFileSync(young, old);
  addFinishedTasks({ database: old, listId, listPath: PATH, count: FINISHED });
  return { young, old, listId };
}

async function claimFigures(
  young: string,
  old: string,
  listId: string,
): Promise<readonly Figure[]> {
  const stores = { young: await open(young), old: await open(old) };
  const claims = { young: [] as number[], old: [] as number[] };
  const rates = { young: [] as number[], old: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const age of ['young', 'old'] as const) {
      claims[age].push(...(await claimTimes(stores[age], listId)));
      rates[age].push(await batchedRate(stores[age], listId));
    }
  }
  await stores.young.close();
  await stores.old.close();
  const ratio = median(claims.old) / median(claims.young);
  const batched = median(rates.young.map((rate, round) => rate / (rates.old[round] ?? Number.NaN)));
  return [
    {
      what: 'claim, median',
      measured: millis(median(claims.old)),
      beside: `without history ${millis(median(claims.young))}`,
      ratio: times(ratio),
      goal: `at most ${CLAIM_RATIO_MAX} times`,
      met: ratio <= CLAIM_RATIO_MAX,
    },
    information(
      `claim and finish, ${CALLERS} callers`,
      perSecond(median(rates.old)),
      `without history ${perSecond(median(rates.young))}`,
      `${times(batched)} the time`,
    ),
  ];
}

async function claimTimes(store: Store, listId: string): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let claim = 0; claim < CLAIMS; claim += 1) {
    const startedAt = performance.now();
    const claimed = await claimOne(store, listId);
    samples.push(performance.now() - startedAt);
    await finishOne(store, claimed);
  }
  return samples;
}

async function batchedRate(store: Store, listId: string): Promise<number> {
  const startedAt = performance.now();
  await claimAndFinish(store, listId, BATCHED);
  return (BATCHED / (performance.now() - startedAt)) * 1_000;
}

async function planFigures(young: string, old: string, listId: string): Promise<readonly Figure[]> {
  const { claim, finish } = await statementsOf(young, listId);
  return [
    planFigure('query plans of a claim', claim, { young, old, maySort: false }),
    // It orders the dependants of the one task that ended, which an index has found.
    planFigure('query plans of a finish', finish, { young, old, maySort: true }),
  ];
}

function planFigure(
  what: string,
  statements: readonly string[],
  {
    young,
    old,
    maySort,
  }: { readonly young: string; readonly old: string; readonly maySort: boolean },
): Figure {
  const plans = plansOf(old, statements);
  const same = plans.join('\n') === plansOf(young, statements).join('\n');
  const sorts = plans.filter((plan) => plan.includes('TEMP B-TREE')).length;
  const scans = plans.filter((plan) => /\bSCAN (task_queue|q|task_events)\b/.test(plan)).length;
  return {
    what,
    measured: `${statements.length} statements`,
    beside: `${sorts} sorts, ${scans} scans of a table`,
    ratio: same ? 'the same' : 'different',
    goal: maySort ? 'the same, no scan' : 'the same, no scan, no sort',
    met: same && scans === 0 && (maySort || sorts === 0),
  };
}

async function statementsOf(path: string, listId: string) {
  const world = createRealWorld();
  const claim = new StatementTrace();
  const finish = new StatementTrace();
  const intercept: Intercept = (sql, params) => {
    claim.intercept(sql, params);
    finish.intercept(sql, params);
  };
  const store = await openSqliteStore({ world, path, intercept });
  let claimed: ClaimedTask | undefined;
  await claim.record(async () => {
    claimed = await claimOne(store, listId);
  });
  await finish.record(async () => {
    if (claimed !== undefined) await finishOne(store, claimed);
  });
  await store.close();
  return { claim: queriesOf(claim), finish: queriesOf(finish) };
}

/** Each statement that searches, once. */
function queriesOf(trace: StatementTrace): readonly string[] {
  const all = trace.statements.map(({ sql }) => sql);
  return [...new Set(all)].filter((sql) => /^(SELECT|UPDATE|DELETE)/.test(sql));
}

function plansOf(path: string, statements: readonly string[]): readonly string[] {
  const database = new DatabaseSync(path);
  const plans = statements.map((sql) =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...Array.from({ length: sql.split('?').length - 1 }, () => null))
      .map((step) => String(step['detail']))
      .join('\n'),
  );
  database.close();
  return plans;
}

function open(path: string): Promise<Store> {
  return openSqliteStore({ world: createRealWorld(), path });
}
