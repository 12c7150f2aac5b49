import { join } from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { setup as buildPrograms } from '../../test/chaos/built-chaos.ts';
import { addManyTasks, letEightWrite, WRITERS } from '../../test/chaos/eight-writers.ts';
import { type Figure, information, millis, percent, perSecond, type Section } from '../figure.ts';
import { Scratch } from '../scratch.ts';
import { loadOf, taskDocument } from './task-document.ts';

const CALLERS = [1, 16] as const;
const DRAWS = 300;
const RUN_MAX_MS = 60_000;
const SLOWEST_MAX_MS = 1_000;
const SHARE_MIN = 0.5;

/** How long a process waits for the write lock, when seven others want it, too. */
export const contention: Section = {
  name: 'contention',
  title: 'Eight processes that write to one file',
  about: [
    `${WRITERS} processes claim and finish tasks of one list as fast as they can, each with one`,
    'caller and then with 16. The slowest operation is the longest that any caller of any process',
    'waited for its answer; the share is that of the process that got least, against the mean.',
  ].join('\n'),
  run: async (note) => {
    const scratch = new Scratch();
    await buildPrograms();
    try {
      const figures: Figure[] = [];
      for (const callers of CALLERS) {
        note(`${callers} callers in each process`);
        figures.push(...(await measure(scratch.folder(), callers)));
      }
      return figures;
    } finally {
      scratch.remove();
    }
  },
};

async function measure(folder: string, callers: number): Promise<readonly Figure[]> {
  const database = join(folder, 'pawl.db');
  const store = await openSqliteStore({ world: createRealWorld(), path: database });
  const { list } = await store.loadList(loadOf('/bench/tasks.md', taskDocument(1)));
  await store.setExecutor({ listId: list.listId, status: 'running' });
  await store.close();
  addManyTasks(database);
  const { listId } = list;
  const writing = { draws: DRAWS, runMaxMs: RUN_MAX_MS, callers, listId };
  const { reports, ranMs } = await letEightWrite({ database, ...writing });
  const errors = reports.flatMap((report) => report.errors);
  if (errors.length > 0) throw new Error(`a writer was told ${errors.join(', ')}`);
  const finished = reports.map((report) => report.finished);
  const total = finished.reduce((sum, count) => sum + count, 0);
  const slowestMs = Math.max(...reports.map((report) => report.slowestMs));
  const share = Math.min(...finished) / (total / WRITERS);
  const who = callers === 1 ? '1 caller each' : `${callers} callers each`;
  return [
    information(`claim and finish, ${who}`, perSecond((total * 1_000) / ranMs)),
    {
      what: `slowest operation, ${who}`,
      measured: millis(slowestMs),
      beside: '',
      ratio: '',
      goal: `under ${SLOWEST_MAX_MS} ms`,
      met: slowestMs < SLOWEST_MAX_MS,
    },
    {
      what: `least served process, ${who}`,
      measured: perSecond((Math.min(...finished) * 1_000) / ranMs),
      beside: `mean ${perSecond((total * 1_000) / ranMs / WRITERS)}`,
      ratio: percent(share),
      goal: `at least ${percent(SHARE_MIN)}`,
      met: share >= SHARE_MIN,
    },
  ];
}
