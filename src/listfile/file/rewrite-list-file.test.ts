import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Files } from '../../world/files.ts';
import { createRealWorld } from '../../world/real-world.ts';
import { pause } from '../../world/timers.ts';
import type { Checkpoint, World } from '../../world/world.ts';
import { SAVING_MS } from './file-facts.ts';
import { rewriteListFile } from './rewrite-list-file.ts';

const LIST = '# L\n\n- [ ] A-1: x\n- [ ] A-2: y\n';
const MARKED = LIST.replace('[ ]', '[x]');
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
/** Marks the first task: what the tests rewrite. */
const tick = (bytes: Uint8Array): Uint8Array =>
  text(bytes).includes('[ ] A-1')
    ? new TextEncoder().encode(text(bytes).replace('[ ] A-1', '[x] A-1'))
    : bytes;

const systemError = (code: string): Error => Object.assign(new Error(code), { code });
const refusing = (code: string) => (): Promise<never> => Promise.reject(systemError(code));

describe('rewriting a list file', () => {
  let folder: string;
  let path: string;
  let keepIn: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pawl-rewrite-'));
    path = join(folder, 'tasks.md');
    keepIn = join(folder, '.pawl/replaced');
    writeFileSync(path, LIST);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const content = (): string => readFileSync(path, 'utf8');
  const kept = (): readonly string[] => readdirSync(keepIn).sort();
  const beside = (): readonly string[] => readdirSync(folder).filter((name) => name !== '.pawl');
  const rewrite = (
    at: Partial<Record<Checkpoint, () => void>> = {},
    files: Partial<Files> = {},
  ): ReturnType<typeof rewriteListFile> => {
    const real = createRealWorld();
    const done = new Set<Checkpoint>();
    const checkpoint = (name: Checkpoint): void => {
      if (!done.has(name)) at[name]?.();
      done.add(name);
    };
    const world: World = { ...real, files: { ...real.files, ...files }, checkpoint };
    return rewriteListFile(world, path, tick, { keepIn });
  };

  test('keeps the file that it replaced, under its own inode', async () => {
    const { ino } = statSync(path);
    expect(await rewrite()).toMatchObject({ kind: 'written' });
    expect(content()).toBe(MARKED);
    expect(kept()).toHaveLength(1);
    expect(statSync(join(keepIn, kept()[0] as string)).ino).toBe(ino);
    expect(kept()[0]).toMatch(/^\d{17}-[0-9a-f]{8}-[0-9a-f]{12}-tasks\.md$/);
  });

  test('is a diff of one line in git, and nothing of it is ever in the way there', async () => {
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-C', folder, '-c', 'user.name=n', '-c', 'user.email=e', ...args], {
        encoding: 'utf8',
      });
    mkdirSync(join(folder, '.pawl'));
    writeFileSync(join(folder, '.pawl/.gitignore'), '*\n');
    git('init', '-q');
    git('add', 'tasks.md');
    git('commit', '-qm', 'list');
    let meanwhile = '';
    await rewrite({ 'mark-written': () => (meanwhile = git('status', '--porcelain')) });
    expect(meanwhile).toBe('');
    expect(git('status', '--porcelain')).toBe(' M tasks.md\n');
    expect(git('diff', '-U0')).toContain('\n-- [ ] A-1: x\n+- [x] A-1: x\n');
    expect(git('diff', '--numstat')).toBe('1\t1\ttasks.md\n');
  });

  test.each(['linked', 'copied'] as const)(
    'puts in place what an editor saves into the file that was replaced (%s)',
    async (how) => {
      const editor = openSync(path, 'r+');
      const save = (): void => void writeSync(editor, `${LIST}- [ ] A-3: z\n`, 0);
      const files = how === 'linked' ? {} : { link: refusing('EXDEV') };
      expect(await rewrite({ 'mark-renamed': save }, files)).toMatchObject({ kind: 'written' });
      closeSync(editor);
      expect(content()).toBe(`${MARKED}- [ ] A-3: z\n`);
      expect(beside()).toEqual(['tasks.md']);
    },
  );

  test('waits for the second piece of what is saved into the file that was replaced', async () => {
    const editor = openSync(path, 'r+');
    const whole = `${LIST}Note\n`;
    let saved = Promise.resolve();
    const save = (): void => {
      ftruncateSync(editor, 0);
      writeSync(editor, '# L\n\n- [ ] A-1: x\n', 0);
      saved = pause(createRealWorld().timers, SAVING_MS / 2).then(
        () => void writeSync(editor, whole, 0),
      );
    };
    expect(await rewrite({ 'mark-renamed': save })).toMatchObject({ kind: 'written' });
    await saved;
    closeSync(editor);
    expect(content()).toBe(`${MARKED}Note\n`);
  });

  test('without the last look loses what an editor renames over the list before it', async () => {
    const before = createRealWorld().files.factsNow(path);
    const save = (): void => {
      writeFileSync(`${path}.new`, `${LIST}- [ ] A-3: z\n`);
      renameSync(`${path}.new`, path);
    };
    const noLook = { factsNow: () => before };
    expect((await rewrite({ 'mark-written': save }, noLook)).kind).toBe('written');
    expect(content()).toBe(MARKED);
    expect(readFileSync(join(keepIn, kept()[0] as string), 'utf8')).toBe(LIST);
  });

  test('leaves another name of the file with the content it had', async () => {
    linkSync(path, join(folder, 'other.md'));
    await rewrite();
    expect(readFileSync(join(folder, 'other.md'), 'utf8')).toBe(LIST);
  });

  test('does not write what is read-only, for all or for this user', async () => {
    chmodSync(path, 0o444);
    expect((await rewrite()).kind).toBe('read-only');
    chmodSync(path, 0o644);
    expect((await rewrite({}, { isWritable: async () => false })).kind).toBe('read-only');
    expect(content()).toBe(LIST);
  });

  test.each([
    ['the disk is full', { stage: refusing('ENOSPC') }, 'ENOSPC'],
    [
      'the folder is read-only',
      {
        renameNow: () => {
          throw systemError('EACCES');
        },
      },
      'EACCES',
    ],
    ['what it replaces cannot be kept', { link: refusing('EACCES') }, 'EACCES'],
    ['there is no room to keep it', { makeDirectory: refusing('ENOSPC') }, 'ENOSPC'],
  ])('changes nothing and leaves nothing when %s', async (_, files, code) => {
    mkdirSync(keepIn, { recursive: true });
    await expect(rewrite({}, files)).rejects.toMatchObject({ code });
    expect(content()).toBe(LIST);
    expect(kept()).toEqual([]);
    expect(beside()).toEqual(['tasks.md']);
  });

  const inPlaceOfIt: readonly [string, () => void][] = [
    ['a folder', () => mkdirSync(path)],
    ['a pipe', () => execFileSync('mkfifo', [path])],
    ['a link to itself', () => symlinkSync('tasks.md', path)],
    ['nothing', () => undefined],
  ];
  describe.each(['before-mark', 'mark-kept', 'mark-written'] as const)('at %s', (point) => {
    test.each(inPlaceOfIt)('finds %s in its place, and leaves that alone', async (_, put) => {
      const change = (): void => {
        rmSync(path);
        put();
      };
      expect((await rewrite({ [point]: change })).kind).toBe('no-file');
      expect(kept()).toEqual([]);
    });
  });

  test('is tried again when an editor has renamed the list away for a moment', async () => {
    const away = (): void => {
      rmSync(path);
      writeFileSync(path, `${LIST}- [ ] A-3: z\n`);
    };
    expect((await rewrite({ 'mark-written': away })).kind).toBe('written');
    expect(content()).toBe(`${MARKED}- [ ] A-3: z\n`);
  });

  test('replaces whatever a crash left of its staged file', async () => {
    mkdirSync(keepIn, { recursive: true });
    const crash = (): void => {
      const [staged = ''] = kept().filter((name) => name.startsWith('staged-'));
      writeFileSync(join(folder, 'staged'), staged);
    };
    await rewrite({ 'mark-written': crash });
    const staged = join(keepIn, readFileSync(join(folder, 'staged'), 'utf8'));
    writeFileSync(staged, 'half of someth');
    writeFileSync(path, LIST);
    await rewrite();
    expect(content()).toBe(MARKED);
    expect(kept().filter((name) => name.startsWith('staged-'))).toEqual([]);
  });
});
