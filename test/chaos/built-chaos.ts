import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { bundle } from '../../scripts/bundle.ts';
import { ROOT } from '../../scripts/distribution.ts';
import { builtOnce } from '../support/built-pawl.ts';
import { rewritten } from '../support/rewritten.ts';

const FOLDER = join(ROOT, 'node_modules', '.cache', 'pawl-chaos');

const PROGRAMS = [
  'artifact-writer',
  'claiming-client',
  'first-load',
  'library-writer',
  'list-editor',
  'list-writer',
  'lock-worker',
  'migrator',
  'run-list',
  'starts-run',
  'store-killed',
  'store-writer',
  'subtask-keeper',
] as const;

/** The command `pawl` as it is published, in a world that carries out orders. */
export const PAWL = join(FOLDER, 'pawl', 'cli.js');
/** The same as it would be had nobody thought of waiting over half a file. */
export const UNSETTLED_PAWL = join(FOLDER, 'unsettled', 'cli.js');
/** The same as it would be had nobody thought of the fence, for whoever ends an attempt. */
export const UNFENCED_PAWL = join(FOLDER, 'unfenced', 'cli.js');
/** The same without turns, locked rows and a second look at what was read: on PostgreSQL. */
export const UNLOCKED_PAWL = join(FOLDER, 'unlocked', 'cli.js');
/** The same without its face, from which guards can be taken out. */
export const RUN_LIST = programOf('run-list');

/** What tests start beside them: a file of this folder, by its name. */
export function programOf(name: (typeof PROGRAMS)[number]): string {
  return join(FOLDER, 'programs', `${name}.js`);
}

/** Only the module of the real world is exchanged, so that what is killed is what users run. */
const WORLD = exchange('src/world/real-world.ts', 'test/chaos/chaos-real-world.ts');
const SETTLING = exchange('src/operations/until-settled.ts', 'test/chaos/never-settling.ts');

const UNFENCED = [
  rewritten('src/store/sql/finish-attempt.ts', [
    [/fence: input\.fence,\s+\.\.\.\(input\.holder [^\n]*/, 'fence: task.fence,'],
  ]),
  rewritten('src/store/postgres/at-once-sql.ts', [
    [/'AND q\.fence = b\.fence ' \+\n[^\n]*q\.holder_term = b\.term\) ' \+/, ''],
    ['WHERE a.task = ended.id AND a.fence = ended.fence', 'WHERE a.task = ended.id'],
  ]),
];
/** The key of an attempt would still let only one of two claims with the same fence through. */
const UNLOCKED = [
  rewritten('src/store/sql/take-tasks.ts', [
    [
      "'VALUES (?, ?, ?, ?, ?, ?)'",
      "'VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (task, fence) DO UPDATE SET agent = excluded.agent'",
    ],
  ]),
  rewritten('src/store/postgres/turn.ts', [[/SELECT pg_advisory_xact_lock\([^']*/, 'SELECT 1']]),
  rewritten('src/store/postgres/portable.ts', [['FOR UPDATE SKIP LOCKED', '']]),
  rewritten('src/store/postgres/at-once-sql.ts', [
    ['FOR UPDATE SKIP LOCKED', ''],
    ["AND coalesce(q.status, '') = 'queued' ", ''],
  ]),
  rewritten('src/store/sql/task-row.ts', [
    [
      "WHERE id = ? AND coalesce(status, '') = ? AND fence = ? AND holder_term = ?",
      'WHERE id = ? AND coalesce(?, status) IS NOT NULL AND coalesce(?, fence) + ? IS NOT NULL',
    ],
  ]),
];

/** Built once for a run of the tests: one start of it costs a fifth of one from the sources. */
export async function setup(): Promise<void> {
  await builtOnce(FOLDER, buildAll);
}

async function buildAll(): Promise<void> {
  const cli = { cli: 'src/cli/main.ts' };
  await Promise.all([
    bundle(cli, join(FOLDER, 'pawl'), [WORLD]),
    bundle(cli, join(FOLDER, 'unsettled'), [WORLD, SETTLING]),
    bundle(cli, join(FOLDER, 'unfenced'), [WORLD, ...UNFENCED]),
    bundle(cli, join(FOLDER, 'unlocked'), [WORLD, ...UNLOCKED]),
    bundle(
      Object.fromEntries(PROGRAMS.map((name) => [name, `test/chaos/${name}.ts`])),
      join(FOLDER, 'programs'),
    ),
  ]);
}

/** Whoever imports one file gets another; but for that other one, which may build on the first. */
function exchange(from: string, to: string): Plugin {
  const [real, double] = [join(ROOT, from), join(ROOT, to)];
  return {
    name: `${to} for ${from}`,
    setup: (build) => {
      build.onResolve({ filter: /^\./ }, ({ path, resolveDir, importer }) =>
        join(resolveDir, path) === real && importer !== double ? { path: double } : undefined,
      );
    },
  };
}
