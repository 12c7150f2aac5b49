import { ListRuns } from '../../src/app/list-runs.ts';
import { openWorkspace } from '../../src/app/open-workspace.ts';

/** A server of clients that starts a run of a list, says so, and waits to be killed. */
const [root = '', list = ''] = process.argv.slice(2);
const workspace = await openWorkspace({ dir: root, create: false, warn: () => undefined });
const runs = new ListRuns(workspace);
const [first, second] = await Promise.all([
  runs.start({ path: list, concurrency: 2 }),
  runs.start({ path: list, concurrency: 2 }),
]);
process.stdout.write(`${JSON.stringify([first, second])}\n`);
process.stdin.resume();
setInterval(() => undefined, 60_000);
