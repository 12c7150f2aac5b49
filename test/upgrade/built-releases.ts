import {
  cpSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../scripts/bundle.ts';
import { ROOT } from '../../scripts/distribution.ts';
import { PAWL_VERSION } from '../../src/app/version.ts';
import { PAWL_SCHEMA } from '../../src/schema/store-schema.ts';
import { builtOnce } from '../support/built-pawl.ts';
import { copySources, runScript } from '../support/built-product.ts';
import { type Change, rewritten, withChanges } from '../support/rewritten.ts';

const FOLDER = join(ROOT, 'node_modules', '.cache', 'pawl-releases');

export const NEXT_GENERATION = PAWL_SCHEMA.generation + 1;
export const NEXT_VERSION = '7.0.0';
/** The release after this one, with more columns: older ones may still write. */
export const NEXT_PAWL = join(FOLDER, 'next', 'bin', 'pawl.js');
/** One that has another name for a column besides: older ones may not even read. */
export const APART_PAWL = join(FOLDER, 'apart', 'bin', 'pawl.js');
/** This release as it would be had nobody thought of newer ones. */
export const UNGUARDED_PAWL = join(FOLDER, 'unguarded', 'cli.js');

/** Older ones write rows without knowing of it. */
const ROOM = "{ type: 'text', nullable: false, default: { value: 'here' } }";
/** What of the sources is another in the next release. */
const MORE_COLUMNS: Readonly<Record<string, readonly Change[]>> = {
  'package.json': [[`"version": "${PAWL_VERSION}"`, `"version": "${NEXT_VERSION}"`]],
  'src/app/version.ts': [[`'${PAWL_VERSION}'`, `'${NEXT_VERSION}'`]],
  'src/schema/store-schema.ts': [[/generation: \d+/, `generation: ${NEXT_GENERATION}`]],
  'src/schema/tables/task-queue.ts': [
    ['progress_json: textOrNull,', 'progress_json: textOrNull, mood: textOrNull,'],
  ],
  'src/schema/tables/instances.ts': [
    ['capacity: integerOrNull,', `capacity: integerOrNull, room: ${ROOM},`],
  ],
};
const [FORMER_NAME, NEXT_NAME] = ['drain_by_ms', 'leave_by_ms'];
const RENAMED = `{ table: 'instances', column: '${NEXT_NAME}', renamedFrom: ['${FORMER_NAME}'] }`;
const ANOTHER_NAME: Readonly<Record<string, readonly Change[]>> = {
  'src/schema/store-schema.ts': [
    [/minReader: \d+/, `minReader: ${NEXT_GENERATION}`],
    [/minWriter: \d+/, `minWriter: ${NEXT_GENERATION}`],
  ],
  'src/schema/directives.ts': [['renamedColumns: []', `renamedColumns: [${RENAMED}]`]],
};

const UNGUARDED = [
  rewritten('src/store/sqlite/sqlite-driver.ts', [[/if \(minWriter > [^\n]*/, '']]),
  rewritten('src/store/postgres/postgres-driver.ts', [
    [/if \(minWriter > [^\n]*/, ''],
    [/if \(minReader > [^\n]*/, ''],
  ]),
];

/** Built once for a run of the tests, by the project's own scripts. */
export async function setup(): Promise<void> {
  await builtOnce(FOLDER, async () => {
    for (const name of readdirSync(FOLDER)) rmSync(join(FOLDER, name), { recursive: true });
    const copy = mkdtempSync(join(tmpdir(), 'pawl-release-'));
    try {
      copySources(copy);
      change(copy, MORE_COLUMNS);
      buildRelease(copy, 'next');
      change(copy, ANOTHER_NAME);
      for (const path of globSync('src/{schema/tables,store/sql}/**/*.ts', { cwd: copy })) {
        const file = join(copy, path);
        writeFileSync(file, readFileSync(file, 'utf8').replaceAll(FORMER_NAME, NEXT_NAME));
      }
      buildRelease(copy, 'apart');
    } finally {
      rmSync(copy, { recursive: true });
    }
    await bundle({ cli: 'src/cli/main.ts' }, join(FOLDER, 'unguarded'), UNGUARDED);
  });
}

function buildRelease(copy: string, name: string): void {
  runScript(copy, 'schema-lock.ts');
  runScript(copy, 'build.ts', '--no-types');
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(join(copy, part), join(FOLDER, name, part), { recursive: true });
  }
}

function change(copy: string, files: Readonly<Record<string, readonly Change[]>>): void {
  for (const [path, changes] of Object.entries(files)) {
    const file = join(copy, path);
    writeFileSync(file, withChanges(readFileSync(file, 'utf8'), { path, changes }));
  }
}
