import { ClientCrowd } from '../../test/e2e/many-clients.ts';
import { buildProduct } from '../../test/support/built-product.ts';
import { type Figure, information, millis, perSecond, type Section, times } from '../figure.ts';
import { quantile } from '../quantiles.ts';
import { Scratch } from '../scratch.ts';

const CLIENTS = 20;
const SUBTASKS = 500;
const ROUNDS = 3;
const BARE_CALLS = 50;
/** Less than any model needs for an answer. */
const WORK_MS = 500;
const CALL_MAX_MS = 100;

/** How long a client waits for an answer while nineteen others want theirs. */
export const clients: Section = {
  name: 'clients',
  title: 'Twenty MCP clients at once',
  about: [
    `${CLIENTS} clients, each with a \`pawl mcp\` of its own (what is published, built) on`,
    `stdio, share a breakdown of ${SUBTASKS} subtasks: each claims, works for half a second, which`,
    'is less than any model needs, and completes, until nothing is left; they begin one after',
    'the other within that time, as clients do that know nothing of each other. Then the same',
    'without any work, each call sent as soon as the one before was answered: how much the',
    'processes of this machine can do at most. From the request that was written to the answer',
    'that was read; starting and opening the project are over by then, and the first task of each',
    'client, whose code has not run yet, is told by itself. The floor is a call of the same',
    'clients to the same processes that needs no project (`tools/list`), also without a pause.',
    'Times are of all calls of all rounds.',
  ].join('\n'),
  run: async (note) => {
    const scratch = new Scratch();
    let crowd: ClientCrowd | null = null;
    try {
      note('building what is published');
      const pawl = buildProduct(scratch.folder());
      crowd = new ClientCrowd({ root: scratch.folder(), clients: CLIENTS, pawl });
      await crowd.ready();
      return await figuresOf(crowd, note);
    } finally {
      await crowd?.kill();
      scratch.remove();
    }
  },
};

async function figuresOf(
  crowd: ClientCrowd,
  note: (progress: string) => void,
): Promise<readonly Figure[]> {
  note('the first task of each');
  await crowd.plan('task_first', CLIENTS);
  const first = (await crowd.work('task_first')).flatMap((report) => report.tookMs);
  const bare: number[] = [];
  const working: number[] = [];
  const pressing: number[] = [];
  let pressedMs = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    note(`round ${round + 1} of ${ROUNDS}`);
    bare.push(...(await crowd.idle(BARE_CALLS)));
    working.push(...(await workThrough(crowd, `task_working${round}`, WORK_MS)));
    const begunMs = performance.now();
    pressing.push(...(await workThrough(crowd, `task_pressing${round}`, 0)));
    pressedMs += performance.now() - begunMs;
  }
  const p99 = quantile(working, 0.99);
  return [
    {
      what: `with ${WORK_MS} ms of work between: a call, p99`,
      measured: millis(p99),
      beside: '',
      ratio: '',
      goal: `under ${CALL_MAX_MS} ms`,
      met: p99 < CALL_MAX_MS,
    },
    information('the same, p50', millis(quantile(working, 0.5))),
    information('without a pause: calls', perSecond((pressing.length * 1_000) / pressedMs)),
    besideBare('the same, a call, p50', 0.5, { calls: pressing, bare }),
    besideBare('the same, a call, p99', 0.99, { calls: pressing, bare }),
    information('the same, the slowest call', millis(Math.max(...pressing))),
    information('the first task of each client, the slowest call', millis(Math.max(...first))),
  ];
}

async function workThrough(
  crowd: ClientCrowd,
  parent: string,
  workMs: number,
): Promise<readonly number[]> {
  await crowd.plan(parent, SUBTASKS);
  const reports = await crowd.work(parent, workMs);
  const claimed = new Set(reports.flatMap((report) => report.claimed));
  if (claimed.size !== SUBTASKS) throw new Error(`${claimed.size} of ${SUBTASKS} were claimed`);
  return reports.flatMap((report) => report.tookMs);
}

function besideBare(
  what: string,
  share: number,
  { calls, bare }: { readonly calls: readonly number[]; readonly bare: readonly number[] },
): Figure {
  const floor = quantile(bare, share);
  const measured = quantile(calls, share);
  return information(
    what,
    millis(measured),
    `without a project ${millis(floor)}`,
    times(measured / floor),
  );
}
