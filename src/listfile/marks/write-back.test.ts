import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TaskStatus } from '../../domain/status.ts';
import { createRealWorld } from '../../world/real-world.ts';
import type { Checkpoint, World } from '../../world/world.ts';
import { readList } from '../file/read-list.ts';
import { type WriteMarksResult, writeMarks } from './write-back.ts';

const LIST = '\uFEFF# Lïst\r\n\r\n- [ ] A-1: x\r\n- [ ] A-2: y\r\n';
const done: ReadonlyMap<string, TaskStatus> = new Map([['A-1', 'completed']]);

/** The real world, with something happening at its checkpoints. */
function worldWith(at: Partial<Record<Checkpoint, () => void>> = {}): World {
  return { ...createRealWorld(), checkpoint: (name) => at[name]?.() };
}

describe('a list file', () => {
  let folder: string;
  let path: string;
  let keepIn: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pawl-write-back-'));
    path = join(folder, 'tasks.md');
    keepIn = join(folder, '.pawl', 'replaced');
    writeFileSync(path, LIST);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const listed = (): readonly string[] => readdirSync(folder).filter((name) => name !== '.pawl');
  const content = (): string => readFileSync(path, 'utf8');

  describe('writeMarks', () => {
    test('changes one character of the file and passes its checkpoints in order', async () => {
      const passed: Checkpoint[] = [];
      const world = { ...createRealWorld(), checkpoint: (name: Checkpoint) => passed.push(name) };
      const { facts: seen } = await readList(world, path);
      const result = await writeMarks(world, path, done, seen, { keepIn });
      expect(result).toMatchObject({ kind: 'written', edited: false });
      expect(content()).toBe(LIST.replace('[ ]', '[x]'));
      expect(passed).toEqual(['before-mark', 'mark-kept', 'mark-written', 'mark-renamed']);
      expect(listed()).toEqual(['tasks.md']);
    });

    test('returns the facts of the new file, so that the next call sees no edit', async () => {
      const world = worldWith();
      const first = await writeMarks(world, path, done, null, { keepIn });
      if (first.kind !== 'written') throw new Error(first.kind);
      const again = await writeMarks(world, path, done, first.facts, { keepIn });
      expect(again).toMatchObject({ kind: 'unchanged', edited: false });
      writeFileSync(path, `${LIST}- [ ] A-3: z\r\n`);
      expect(await writeMarks(world, path, done, first.facts, { keepIn })).toMatchObject({
        edited: true,
      });
    });

    test('keeps the mode and a symbolic link', async () => {
      chmodSync(path, 0o640);
      const link = join(folder, 'link.md');
      mkdirSync(join(folder, 'sub'));
      symlinkSync('tasks.md', link);
      await writeMarks(worldWith(), link, done, null, { keepIn });
      expect(lstatSync(link).isSymbolicLink()).toBe(true);
      expect(statSync(path).mode & 0o777).toBe(0o640);
      expect(content()).toContain('- [x] A-1');
    });

    test('keeps what an editor saved after the file was read', async () => {
      let saves = 0;
      const save = (): void => {
        saves += 1;
        if (saves === 1) writeFileSync(path, `${LIST}- [ ] A-3: saved meanwhile\r\n`);
      };
      const result = await writeMarks(worldWith({ 'mark-written': save }), path, done, null, {
        keepIn,
      });
      expect(result).toMatchObject({ kind: 'written' });
      expect(content()).toBe(`${LIST.replace('[ ]', '[x]')}- [ ] A-3: saved meanwhile\r\n`);
    });

    test('gives up after its tries, and never writes over a save', async () => {
      let saves = 0;
      const save = (): void => {
        saves += 1;
        writeFileSync(path, `${LIST}${'\n'.repeat(saves)}`);
      };
      const world = worldWith({ 'mark-written': save });
      const result = await writeMarks(world, path, done, null, { keepIn, triesMax: 3 });
      expect(result).toEqual({ kind: 'contended', tries: 3 });
      expect(content()).toBe(`${LIST}\n\n\n`);
      expect(listed()).toEqual(['tasks.md']);
    });

    test.each(['before-mark', 'mark-kept', 'mark-written', 'mark-renamed'] as const)(
      'a crash at %s leaves the old or the new file, and the next call goes on',
      async (point) => {
        const crash = (): void => {
          throw new Error('killed');
        };
        await expect(
          writeMarks(worldWith({ [point]: crash }), path, done, null, { keepIn }),
        ).rejects.toThrow();
        expect([LIST, LIST.replace('[ ]', '[x]')]).toContain(content());
        await writeMarks(worldWith(), path, new Map([...done, ['A-2', 'failed']]), null, {
          keepIn,
        });
        expect(content()).toBe(LIST.replace('[ ] A-1', '[x] A-1').replace('[ ] A-2', '[!] A-2'));
        expect(listed()).toEqual(['tasks.md']);
      },
    );

    test('leaves a mark made by hand since last seen', async () => {
      writeFileSync(path, LIST.replace('[ ] A-1', '[-] A-1'));
      const knownMarks = new Map([['A-1', ['queued' as const]]]);
      const result = await writeMarks(worldWith(), path, done, null, { keepIn, knownMarks });
      expect(result).toMatchObject({ kind: 'unchanged', marked: { handEdited: ['A-1'] } });
    });

    const kindAfter = async (change: () => void): Promise<WriteMarksResult['kind']> => {
      change();
      return (await writeMarks(worldWith(), path, done, null, { keepIn })).kind;
    };

    test('a deleted list, a folder in its place and a binary are no errors', async () => {
      expect(await kindAfter(() => writeFileSync(path, new Uint8Array([0xff, 0])))).toBe('no-file');
      expect(await kindAfter(() => rmSync(path))).toBe('no-file');
      expect(await kindAfter(() => mkdirSync(path))).toBe('no-file');
    });

    test('a list deleted while it is marked is not brought back', async () => {
      const result = await writeMarks(
        worldWith({ 'mark-written': () => rmSync(path) }),
        path,
        done,
        null,
        { keepIn },
      );
      expect(result.kind).toBe('no-file');
      expect(listed()).toEqual([]);
      expect(readdirSync(keepIn)).toEqual([]);
    });
  });

  describe('readList', () => {
    const codeOf = (promise: Promise<unknown>): Promise<string> =>
      promise.then(
        () => 'read',
        (error: { readonly code: string }) => error.code,
      );

    test('gives the document with the bytes and facts it was read from', async () => {
      const { document, bytes, realPath } = await readList(worldWith(), path);
      expect(document.tasks).toHaveLength(2);
      expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)).toBe(LIST);
      expect(realPath.endsWith('tasks.md')).toBe(true);
    });

    test('refuses what is no list, each with its own code', async () => {
      const world = worldWith();
      const fifo = join(folder, 'fifo');
      execFileSync('mkfifo', [fifo]);
      expect(await codeOf(readList(world, fifo))).toBe('list_not_a_file');
      expect(await codeOf(readList(world, folder))).toBe('list_not_a_file');
      expect(await codeOf(readList(world, join(folder, 'none.md')))).toBe('list_unreadable');
      expect(await codeOf(readList(world, path, { listBytesMax: 10 }))).toBe('list_too_large');
      writeFileSync(path, '# nothing\n');
      await expect(readList(world, path)).rejects.toMatchObject({
        code: 'list_empty',
        details: { findings: [{ code: 'no_tasks' }] },
      });
      writeFileSync(path, new Uint8Array([0xff]));
      expect(await codeOf(readList(world, path))).toBe('list_not_text');
    });

    test('ends at its deadline, and at once when aborted, if the file system hangs', async () => {
      const real = worldWith();
      const never = new Promise<never>(() => undefined);
      const world: World = { ...real, files: { ...real.files, readRange: () => never } };
      expect(await codeOf(readList(world, path, { deadlineMs: 1 }))).toBe('deadline_exceeded');
      const controller = new AbortController();
      const reading = readList(world, path, { signal: controller.signal });
      controller.abort();
      expect(await codeOf(reading)).toBe('aborted');
      expect(await codeOf(readList(world, path, { signal: AbortSignal.abort() }))).toBe('aborted');
    });

    test('a file that is saved while it is read is read again', async () => {
      const real = worldWith();
      let reads = 0;
      const readRange: World['files']['readRange'] = async (...range) => {
        const bytes = await real.files.readRange(...range);
        reads += 1;
        if (reads === 1) writeFileSync(path, `${LIST}- [ ] A-3: z\r\n`);
        return bytes;
      };
      const world: World = { ...real, files: { ...real.files, readRange } };
      expect((await readList(world, path)).document.tasks).toHaveLength(3);
    });
  });
});
