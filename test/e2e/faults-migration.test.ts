import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isPawlError } from '../../src/domain/errors.ts';
import { migrationStatus } from '../../src/migrate/sqlite/status.ts';
import { LibraryBench } from '../support/library-bench.ts';
import { contentOf, makeLibrary, rowsOf, schemaOf } from '../support/library-database.ts';
import { testDepth } from '../support/test-depth.ts';

/** Only who may mount can make a small disk. */
const probe = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
const mayMount = process.getuid?.() === 0 && probe.status === 0;

const bench = new LibraryBench();
const disk = (): string => join(bench.folder, 'disk');
const before = { content: '', schema: '' };

beforeEach(({ skip }) => {
  skip(!mayMount, 'a disk that can be filled is a file system of its own: only root may mount it');
  bench.begin();
  mkdirSync(disk());
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${8 * 1024 * 1024}`, 'tmpfs', disk()]);
  bench.path = join(disk(), 'library.db');
  makeLibrary(bench.path, { loans: 3_000 });
  before.content = contentOf(bench.path);
  before.schema = schemaOf(bench.path);
});

afterEach(() => {
  if (!existsSync(disk())) return;
  spawnSync('umount', ['--lazy', disk()]);
  bench.clear();
});

/** Take every last byte; `free` gives them back. */
function fill(): void {
  const file = openSync(join(disk(), 'ballast'), 'a');
  for (let size = 65_536; size >= 1; ) {
    try {
      writeSync(file, Buffer.alloc(size));
    } catch {
      size = Math.floor(size / 2);
    }
  }
  closeSync(file);
}

const free = (): void => rmSync(join(disk(), 'ballast'), { force: true });

function expectOld(): void {
  expect(contentOf(bench.path)).toBe(before.content);
  expect(schemaOf(bench.path)).toBe(before.schema);
}

function expectNew(): void {
  expect(contentOf(bench.path)).toBe(before.content);
  expect(schemaOf(bench.path)).toContain('book_title_given');
  expect(rowsOf(bench.path, 'PRAGMA integrity_check')).toMatchObject([{ integrity_check: 'ok' }]);
}

interface Run {
  /** What came of it, or the error's code. */
  readonly code: string;
  readonly statements: number;
}

/** With the disk filled before the statement of a number; 0 is never. */
async function runFilledAt(at: number): Promise<Run> {
  let statements = 0;
  const intercept = (): void => {
    statements += 1;
    if (statements === at) fill();
  };
  const code = await bench.run({ intercept }).then(
    ({ kind }) => kind,
    (error: unknown) => (isPawlError(error) ? error.code : String(error)),
  );
  free();
  return { code, statements };
}

function makeAnew(journalMode: string): void {
  for (const name of readdirSync(disk())) rmSync(join(disk(), name), { recursive: true });
  makeLibrary(bench.path, { loans: 3_000, journalMode });
}

describe('a migration on a disk that gets full', () => {
  it.each(['wal', 'delete'])(
    'at any statement: done or not at all, and the next run does it: %s',
    async (mode) => {
      const stride = testDepth.pick({ reduced: 6, full: 1 });
      makeAnew(mode);
      const { statements: last } = await runFilledAt(0);
      const codes: string[] = [];
      for (let at = last; at > 0; at -= stride) {
        makeAnew(mode);
        const { code } = await runFilledAt(at);
        codes.unshift(code);
        if (code === 'applied') expectNew();
        else expectOld();
        await bench.run();
        expectNew();
      }
      console.log(codes.join(' '));
      expect(new Set(codes)).toEqual(new Set(['applied', 'backup_failed', 'store_full']));
    },
  );

  it('before it begins: no backup, so no change, and no trace of either', async () => {
    fill();
    await expect(bench.run()).rejects.toMatchObject({
      code: 'backup_failed',
      details: { free: 0 },
    });
    free();
    expectOld();
    expect(readdirSync(bench.backupFolder)).toEqual([]);
    expect(await migrationStatus(bench.options())).toMatchObject({ state: 'pending' });
  });
});

describe('a migration on a disk that is read-only', () => {
  const remount = (mode: 'ro' | 'rw'): void => {
    execFileSync('mount', ['-o', `remount,${mode}`, disk()]);
  };

  it.each(['wal', 'delete'])('says so and changes nothing, in journal mode %s', async (mode) => {
    bench.change(`PRAGMA journal_mode = ${mode}`);
    remount('ro');
    await expect(bench.run()).rejects.toMatchObject({ code: 'store_readonly' });
    remount('rw');
    expectOld();
    expect(await bench.run()).toMatchObject({ kind: 'applied' });
  });

  it('says so when there is nothing to do', async () => {
    bench.change('PRAGMA journal_mode = DELETE');
    await bench.run();
    remount('ro');
    expect(await bench.run()).toMatchObject({ kind: 'in_sync' });
    remount('rw');
  });
});
