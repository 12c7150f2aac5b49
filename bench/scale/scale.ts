import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openWorkspace } from '../../src/app/open-workspace.ts';
import { loadTaskList } from '../../src/operations/load-task-list.ts';
import { buildProduct } from '../../test/support/built-product.ts';
import { wideList } from '../engine/list-text.ts';
import { type Figure, grouped, information, millis, type Section, times } from '../figure.ts';
import { median } from '../quantiles.ts';
import { Scratch } from '../scratch.ts';

const LIST_ROWS = 10_000;
const LOADS = 5;
const LIST_READY_MAX_MS = 2_000;
const TASKS = 100_000;
const MEMORY_STEPS = 10;
const MEMORY_GROWTH_MAX = 1.1;
const STATUS_RUNS = 20;
const STATUS_OVER_NODE_MAX_MS = 200;
const MEBIBYTE = 1024 ** 2;

/** Long lists, many tasks, and how soon a person is answered. */
export const scale: Section = {
  name: 'scale',
  title: 'Long lists and many tasks',
  about: [
    `A markdown list of ${grouped(LIST_ROWS)} rows: read, parsed, reconciled and committed, into a`,
    'new project, and again unchanged. Memory: a process of its own claims and finishes',
    `${grouped(TASKS)} tasks; what lives after a collection at the end, against after the first`,
    'fifth. Resident memory also has the space that V8 keeps for young objects: it grows in steps,',
    'up to a limit of V8, as a process gets older. The command: what is published, built, against',
    '`node -e 0`, alternating, on the same Node; whole processes, from start to exit.',
  ].join('\n'),
  run: async (note) => {
    const scratch = new Scratch();
    try {
      note('building what is published');
      const pawl = buildProduct(scratch.folder());
      note('long lists');
      const loads = await loadFigures(scratch);
      const preview = previewFigure(scratch, pawl);
      note('many tasks');
      const project = scratch.folder();
      const listId = await loadNew(project, TASKS);
      const memory = memoryFigures(project, listId);
      note('the command');
      return [...loads, preview, ...memory, ...statusFigures(project, pawl)];
    } finally {
      scratch.remove();
    }
  },
};

async function loadFigures(scratch: Scratch): Promise<readonly Figure[]> {
  const first: number[] = [];
  const again: number[] = [];
  for (let load = 0; load < LOADS; load += 1) {
    const dir = scratch.folder();
    const path = writeList(dir, LIST_ROWS);
    const workspace = await openWorkspace({ dir, create: true, warn: () => undefined });
    first.push(await timed(() => loadTaskList(workspace, { path })));
    again.push(await timed(() => loadTaskList(workspace, { path })));
    await workspace.close();
  }
  const ready = median(first);
  return [
    {
      what: `a list of ${grouped(LIST_ROWS)} rows, ready`,
      measured: millis(ready),
      beside: '',
      ratio: '',
      goal: `under ${LIST_READY_MAX_MS} ms`,
      met: ready < LIST_READY_MAX_MS,
    },
    information('the same list again, unchanged', millis(median(again))),
  ];
}

function previewFigure(scratch: Scratch, pawl: string): Figure {
  const runs = Array.from({ length: LOADS }, () => {
    const dir = scratch.folder();
    writeList(dir, LIST_ROWS);
    return nodeMs([pawl, 'run', 'tasks.md', '--dry-run', '--agent-command', 'true'], dir);
  });
  return information('the same by `pawl run --dry-run`, a whole process', millis(median(runs)));
}

async function loadNew(dir: string, tasks: number): Promise<string> {
  const path = writeList(dir, tasks);
  const workspace = await openWorkspace({ dir, create: true, warn: () => undefined });
  const { list } = await loadTaskList(workspace, { path });
  await workspace.close();
  return list.listId;
}

function memoryFigures(project: string, listId: string): readonly Figure[] {
  const script = join(import.meta.dirname, 'claim-all.ts');
  const database = join(project, '.pawl', 'pawl.db');
  const argv = ['--expose-gc', script, database, listId, String(TASKS), String(MEMORY_STEPS)];
  const ran = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(ran.stderr);
  const steps = ran.stdout
    .trim()
    .split('\n')
    .map((step) => step.split(' ').map(Number));
  const at = (step: number, column: number): number => steps[step]?.[column] ?? Number.NaN;
  const early = MEMORY_STEPS / 5 - 1;
  const late = MEMORY_STEPS - 1;
  const growth = at(late, 0) / at(early, 0);
  return [
    {
      what: `live memory after ${grouped(TASKS)} tasks`,
      measured: mebibytes(at(late, 0)),
      beside: `after ${grouped(TASKS / 5)}: ${mebibytes(at(early, 0))}`,
      ratio: times(growth),
      goal: `at most ${times(MEMORY_GROWTH_MAX)}`,
      met: growth <= MEMORY_GROWTH_MAX,
    },
    information(
      'the same, resident',
      mebibytes(at(late, 1)),
      `after ${grouped(TASKS / 5)}: ${mebibytes(at(early, 1))}`,
      times(at(late, 1) / at(early, 1)),
    ),
  ];
}

function mebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}

function statusFigures(project: string, pawl: string): readonly Figure[] {
  const status: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run < STATUS_RUNS; run += 1) {
    bare.push(nodeMs(['-e', '0'], project));
    status.push(nodeMs([pawl, 'status'], project));
  }
  const more = median(status) - median(bare);
  return [
    {
      what: `\`pawl status\`, ${grouped(TASKS)} tasks`,
      measured: millis(median(status)),
      beside: `node -e 0 ${millis(median(bare))}`,
      ratio: `+${millis(more)}`,
      goal: `under +${STATUS_OVER_NODE_MAX_MS} ms`,
      met: more < STATUS_OVER_NODE_MAX_MS,
    },
  ];
}

/** A whole process of this Node. It has nobody's certificates to read: that would be measured. */
function nodeMs(argv: readonly string[], cwd: string): number {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const startedAt = performance.now();
  const ran = spawnSync(process.execPath, argv, { cwd, env, encoding: 'utf8' });
  const took = performance.now() - startedAt;
  if (ran.status !== 0) throw new Error(`${argv.join(' ')}: ${ran.stdout}${ran.stderr}`);
  return took;
}

function writeList(folder: string, rows: number): string {
  const path = join(folder, 'tasks.md');
  writeFileSync(path, wideList(rows));
  return path;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
