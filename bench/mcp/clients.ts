import { ClientCrowd } from '../../test/e2e/many-clients.ts';
import { type Figure, information, millis, perSecond, type Section, times } from '../figure.ts';
import { quantile } from '../quantiles.ts';
import { buildProduct } from '../scale/built-product.ts';
import { Scratch } from '../scratch.ts';

const CLIENTS = 20;
const SUBTASKS = 500;
const ROUNDS = 3;
const BARE_CALLS = 50;
const CALL_MAX_MS = 100;

/** How long a client waits for an answer while nineteen others want theirs. */
export const clients: Section = {
  name: 'clients',
  title: 'Twenty MCP clients at once',
  about: [
    `${CLIENTS} clients, each with a \`pawl mcp\` of its own (what is published, built) on`,
    `stdio, share a breakdown of ${SUBTASKS} subtasks: each claims and completes until`,
    'nothing is left, without a pause between its calls. From the request that was written to the',
    'answer that was read; starting and opening the project are over by then, and the first task',
    'of each client, whose code has not run yet, is told by itself. The floor is a call of the',
    'same clients to the same processes that needs no project (`tools/list`), also all at once.',
    'Rounds alternate; times are of all calls of all rounds.',
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
  const calls: number[] = [];
  let ranMs = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    note(`round ${round + 1} of ${ROUNDS}`);
    bare.push(...(await crowd.idle(BARE_CALLS)));
    const parent = `task_round${round}`;
    await crowd.plan(parent, SUBTASKS);
    const begunMs = performance.now();
    const reports = await crowd.work(parent);
    ranMs += performance.now() - begunMs;
    const claimed = new Set(reports.flatMap((report) => report.claimed));
    if (claimed.size !== SUBTASKS) throw new Error(`${claimed.size} of ${SUBTASKS} were claimed`);
    calls.push(...reports.flatMap((report) => report.tookMs));
  }
  const p99 = quantile(calls, 0.99);
  const bareP99 = quantile(bare, 0.99);
  return [
    information('claim or complete, all at once', perSecond((calls.length * 1_000) / ranMs)),
    information(
      'claim or complete, p50',
      millis(quantile(calls, 0.5)),
      `without a project ${millis(quantile(bare, 0.5))}`,
      times(quantile(calls, 0.5) / quantile(bare, 0.5)),
    ),
    {
      what: 'claim or complete, p99',
      measured: millis(p99),
      beside: `without a project ${millis(bareP99)}`,
      ratio: times(p99 / bareP99),
      goal: `under ${CALL_MAX_MS} ms`,
      met: p99 < CALL_MAX_MS,
    },
    information('claim or complete, the slowest', millis(Math.max(...calls))),
    information(
      'the same of the first task of each client, the slowest',
      millis(Math.max(...first)),
    ),
  ];
}
