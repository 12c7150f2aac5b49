import { claimNextTask } from '../../src/operations/claim-task.ts';
import { completeTask } from '../../src/operations/complete-task.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { caller, openServer } from '../support/client-project.ts';
import { CHAOS_VARIABLE, chaosWorld, readOrders } from './chaos-world.ts';

/** A client with its server in one process: claims and completes until nothing is ready. */
const [root = '', name = ''] = process.argv.slice(2);
const world = chaosWorld(createRealWorld(), readOrders(process.env[CHAOS_VARIABLE]));
const { ctx } = await openServer(root, world);
const me = caller(name);
for (;;) {
  const next = await claimNextTask(ctx, { caller: me, list: null });
  if (next.kind === 'none') break;
  const { claim, task } = next.work;
  process.stdout.write(`${task.taskId}\n`);
  const said = { nextAction: 'complete', summary: `by ${name}` } as const;
  await completeTask(ctx, { caller: me, claim, task: null, listId: null, ...said });
}
process.exit(0);
