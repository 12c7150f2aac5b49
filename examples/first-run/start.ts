import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const PAWL = join(HERE, '..', '..', 'bin', 'pawl.js');
const FILES = ['tasks.md', 'agent.sh', 'check-links.mjs'];

/** What the example is made to end like: one task fails on purpose, the one after it is skipped. */
const EXPECTED: Readonly<Record<string, string>> = {
  'SITE-007': 'failed',
  'SITE-008': 'skipped',
};
const FAILED_ON_PURPOSE = 1;

/** A fresh copy at every start, outside the checkout, so that nothing is left over from before. */
function freshCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pawl-first-run-'));
  for (const file of FILES) cpSync(join(HERE, file), join(folder, file));
  mkdirSync(join(folder, '.pawl'));
  return folder;
}

/** Run Pawl on this terminal; gives its exit code. Ctrl-C is Pawl's to answer. */
async function pawl(argv: readonly string[]): Promise<number> {
  process.on('SIGINT', () => undefined);
  const child = spawn(process.execPath, [PAWL, ...argv], { stdio: 'inherit' });
  return await new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 130));
  });
}

/** Tasks that did not end as they should have, each as a line. */
function surprises(folder: string): readonly string[] {
  const argv = [PAWL, '-C', folder, 'list', '--json'];
  const { stdout } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  const { tasks } = (
    JSON.parse(stdout) as { data: { tasks: { taskId: string; status: string }[] } }
  ).data;
  return tasks
    .filter(({ taskId, status }) => status !== (EXPECTED[taskId] ?? 'completed'))
    .map(({ taskId, status }) => `${taskId} is ${status}`);
}

const folder = freshCopy();
console.log(`A list of nine tasks, in ${folder}, done by agent.sh, two at a time:\n`);
const options = ['--concurrency', '2', '--retries', '1', '--retry-delay', '1s', '--timeout', '1m'];
const code = await pawl([
  '-C',
  folder,
  'run',
  'tasks.md',
  '--agent-command',
  './agent.sh',
  ...options,
]);
const unexpected = code === FAILED_ON_PURPOSE ? surprises(folder) : [`pawl ended with ${code}`];
if (unexpected.length > 0) {
  for (const line of unexpected) console.error(`not as expected: ${line}`);
  process.exitCode = code === 0 ? 1 : code;
} else {
  console.log(`
SITE-007 failed on purpose, twice, and SITE-008 waited for it: so it was skipped, and
\`pawl run\` ended with exit code 1. SITE-002 succeeded at its second try. Look around:

  npm run -s pawl -- -C ${folder} list
  npm run -s pawl -- -C ${folder} show SITE-002
  npm run -s pawl -- -C ${folder} logs SITE-006
  npm run -s pawl -- -C ${folder} why SITE-008
  cat ${folder}/tasks.md

And with an agent of your own: npm run -s pawl -- run YOUR-LIST.md --dry-run`);
}
