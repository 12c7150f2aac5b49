import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import { type PostgresServer, startPostgresServer } from '../../support/postgres-server.ts';
import { StoreBench } from './store-bench.ts';

let server: PostgresServer;
let bench: StoreBench;
/** Of each message, the first words of what it begins with and of what it ends with. */
const messages: string[] = [];

beforeAll(async () => {
  server = await startPostgresServer();
  const world = createRealWorld();
  const store = await openPostgresStore({
    ...{ world, url: await server.createDatabase() },
    trace: (sent) => {
      messages.push(`${sent[0]?.text.split(' ')[0]} ... ${sent.at(-1)?.text.split(' ')[0]}`);
    },
  });
  bench = new StoreBench(world as never, { store, outside: null, dispose: () => store.close() });
  await bench.load([...'ABCDEFGH']);
});
afterAll(async () => {
  await bench?.fresh.dispose();
  await server?.stop();
});

async function sentFor(work: () => Promise<unknown>): Promise<readonly string[]> {
  messages.length = 0;
  await work();
  return [...messages];
}

const ONE = ['BEGIN ... COMMIT'];

it('a claim is one message, so is an end, so are both', async () => {
  let claimed = await bench.claim();
  const claim = async () => {
    claimed = await bench.claim();
  };
  const end = async () => {
    for (const task of claimed) await bench.finish(task, { kind: 'succeeded' });
  };
  expect(await sentFor(end)).toEqual(ONE);
  expect(await sentFor(claim)).toEqual(ONE);
  expect(await sentFor(() => Promise.all([end(), claim()]))).toEqual(ONE);
  expect(claimed).toHaveLength(1);
});

it('what a person asks of a task is two: what is read, what is written', async () => {
  const { id } = await bench.task('H');
  const how = { reason: 'why', by: 'person', confirmed: true, cascade: false } as const;
  for (const verb of ['hold', 'retry'] as const) {
    const sent = await sentFor(() => bench.store.changeTask({ id, verb, ...how }));
    expect(sent).toEqual(['BEGIN ... SELECT', 'WITH ... COMMIT']);
  }
});
