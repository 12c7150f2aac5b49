import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemFiles as files } from './system-files.ts';
import { pause, systemTimers } from './timers.ts';

const folder = mkdtempSync(join(tmpdir(), 'pawl files '));
const at = (name: string): string => join(folder, name);
const text = async (name: string): Promise<string> => String(await files.read(at(name)));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the file system', () => {
  it('replaces a file as a whole, and keeps what is asked to be kept', async () => {
    writeFileSync(at('list.md'), 'old', { mode: 0o640 });
    const before = await files.facts(at('list.md'));
    await files.replace(at('list.md'), 'new', before ?? undefined);
    const after = await files.facts(at('list.md'));
    expect(await text('list.md')).toBe('new');
    expect(after).toMatchObject({ mode: before?.mode, uid: before?.uid, kind: 'file' });
    expect(after?.inode).not.toBe(before?.inode);
  });

  it('leaves nothing beside the file when replacing fails', async () => {
    await files.makeDirectory(at('sub/full'));
    await files.write(at('sub/full/x'), '');
    await expect(files.replace(at('sub/full'), 'new')).rejects.toMatchObject({ code: 'EISDIR' });
    expect(await files.names(at('sub'))).toEqual(['full']);
  });

  it('creates a file only where there is none', async () => {
    await files.createExclusive(at('once'), 'first');
    await expect(files.createExclusive(at('once'), 'second')).rejects.toMatchObject({
      code: 'EEXIST',
    });
    expect(await text('once')).toBe('first');
  });

  it('tells nothing of names that no file can have, and of links in a ring', async () => {
    symlinkSync(at('ring'), at('ring'));
    for (const name of ['a\0b', 'x'.repeat(300), 'x/'.repeat(3_000), 'ring', 'ring/x']) {
      expect(await files.facts(at(name))).toBe(null);
    }
  });

  it('tells nothing of what is not there, and follows links', async () => {
    symlinkSync(at('once'), at('link'));
    expect(await files.facts(at('none'))).toBe(null);
    expect(await files.facts(at('once/below'))).toBe(null);
    expect(files.factsNow(at('none'))).toBe(null);
    expect(files.factsNow(at('link'))).toEqual(await files.facts(at('once')));
    expect(files.factsNow(at('link'))?.inode).toBe(statSync(at('once')).ino);
    expect(await files.realPath(at('link'))).toBe(await files.realPath(at('once')));
  });

  it('reads a range, and less where the file ends', async () => {
    await files.write(at('range'), '0123456789');
    const read = async (offset: number, length: number) =>
      String(await files.readRange(at('range'), offset, length));
    expect([await read(2, 3), await read(8, 100), await read(50, 5)]).toEqual(['234', '89', '']);
  });

  it('gives a file a second name, which is not taken from another', async () => {
    await files.write(at('first'), 'one');
    await files.link(at('first'), at('second'));
    await files.append(at('first'), ' more');
    expect(new TextDecoder().decode(await files.read(at('second')))).toBe('one more');
    await files.write(at('taken'), 'other');
    await expect(files.link(at('first'), at('taken'))).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it('appends, renames, removes', async () => {
    await files.append(at('a'), 'x');
    await files.append(at('a'), 'y');
    await files.rename(at('a'), at('b'));
    expect(await text('b')).toBe('xy');
    await files.remove(at('b'));
    await expect(files.remove(at('b'))).rejects.toMatchObject({ code: 'ENOENT' });
    await files.removeTree(at('sub'));
    await files.removeTree(at('sub'));
    expect(await files.facts(at('sub'))).toBe(null);
  });

  it('knows how much room there is', async () => {
    expect(await files.freeBytes(folder)).toBeGreaterThan(0);
  });

  it('tells of changes in a folder, and bears one that is not there', async () => {
    let changes = 0;
    const watch = files.watch(folder, () => {
      changes += 1;
    });
    await files.write(at('seen'), '');
    while (changes === 0) await pause(systemTimers, 5);
    watch.stop();
    files.watch(at('none'), () => undefined).stop();
  });
});
