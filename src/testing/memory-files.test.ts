import { describe, expect, it } from 'vitest';
import { simulate } from './simulation.ts';

describe('files in memory', () => {
  it('fail as the real ones do', async () => {
    const { files } = simulate();
    await files.makeDirectory('/a/b');
    await files.createExclusive('/a/b/c', 'one');
    const codeOf = async (call: Promise<unknown>): Promise<unknown> =>
      await call.then(
        () => 'ok',
        (error: { readonly code?: unknown }) => error.code,
      );
    expect(await codeOf(files.createExclusive('/a/b/c', 'two'))).toBe('EEXIST');
    expect(await codeOf(files.read('/a/none'))).toBe('ENOENT');
    expect(await codeOf(files.read('/a/b'))).toBe('EISDIR');
    expect(await codeOf(files.write('/none/c', 'x'))).toBe('ENOENT');
    expect(await codeOf(files.write('/a/b/c/d', 'x'))).toBe('ENOTDIR');
    expect(await codeOf(files.names('/a/b/c'))).toBe('ENOTDIR');
    expect(await codeOf(files.remove('/a/none'))).toBe('ENOENT');
    expect(await codeOf(files.realPath('/a/none'))).toBe('ENOENT');
    expect(await files.facts('/a/none')).toBe(null);
  });

  it('replace, append, rename and remove', async () => {
    const { files } = simulate();
    await files.makeDirectory('/a');
    await files.write('/a/list', 'one');
    const before = await files.facts('/a/list');
    await files.replace('/a/list', 'two', {
      ...(before as NonNullable<typeof before>),
      mode: 0o600,
    });
    const after = await files.facts('/a/list');
    expect(after).toMatchObject({ size: 3, mode: 0o600, kind: 'file' });
    expect(after?.inode).not.toBe(before?.inode);
    await files.append('/a/list', '!');
    await files.rename('/a', '/b');
    expect(await files.names('/b')).toEqual(['list']);
    expect(new TextDecoder().decode(await files.readRange('/b/list', 1, 9))).toBe('wo!');
    await files.removeTree('/b');
    expect(await files.names('/')).toEqual([]);
  });

  it('refuse changes where they are told to, and only those', async () => {
    const { files } = simulate();
    await files.makeDirectory('/full/below');
    files.refuse('/full', 'ENOSPC');
    await expect(files.write('/full/below/x', '')).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(files.makeDirectory('/full/more')).rejects.toMatchObject({ code: 'ENOSPC' });
    await files.makeDirectory('/full/below');
    await files.write('/fully', '');
    expect(await files.freeBytes()).toBe(0);
    files.refuse('/full', null);
    await files.write('/full/below/x', '');
  });

  it('tell watchers of a folder what changes in it, a moment later', async () => {
    const simulation = simulate();
    const { files } = simulation;
    await files.makeDirectory('/seen');
    let changes = 0;
    const watch = files.watch('/seen', () => {
      changes += 1;
    });
    await files.write('/seen/x', '');
    expect(changes).toBe(0);
    await simulation.run(1);
    expect(changes).toBe(1);
    watch.stop();
    await files.write('/seen/y', '');
    await simulation.run(1);
    expect(changes).toBe(1);
  });
});
