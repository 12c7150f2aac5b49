import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemFiles } from '../world/system-files.ts';
import { openProjectFile } from './open-project-file.ts';

const outer = realpathSync(mkdtempSync(join(tmpdir(), 'pawl confined ')));
const root = join(outer, 'project');
const place = { root, stateDir: join(root, '.pawl') };

beforeAll(() => {
  for (const folder of ['project/sub/deep', 'project/.pawl/attempts/1', 'project-other', 'away']) {
    mkdirSync(join(outer, folder), { recursive: true });
  }
  for (const file of [
    ...['project/inside.txt', 'project/sub/deep/inside.txt', 'project/.pawl/pawl.db'],
    ...['project/.pawl/attempts/1/result.txt', 'project-other/secret', 'away/secret', 'secret'],
    ...['project/..odd', 'project/ünï "cödé"\n.txt'],
  ]) {
    writeFileSync(join(outer, file), file);
  }
  symlinkSync('inside.txt', join(root, 'link-inside'));
  symlinkSync('../secret', join(root, 'link-out'));
  symlinkSync(join(outer, 'away'), join(root, 'folder-out'));
  symlinkSync('link-out', join(root, 'link-to-link'));
  symlinkSync('loop', join(root, 'loop'));
  symlinkSync('gone', join(root, 'dangling'));
  symlinkSync('.pawl/pawl.db', join(root, 'link-state'));
  symlinkSync('/dev/zero', join(root, 'link-device'));
  symlinkSync('/proc/self/environ', join(root, 'link-proc'));
  execFileSync('mkfifo', [join(root, 'pipe')]);
});
afterAll(() => rmSync(outer, { recursive: true }));

const textOf = async (path: string): Promise<string> => {
  const file = await openProjectFile(systemFiles, place, path);
  try {
    return String(await file.readRange(0, 100));
  } finally {
    await file.close();
  }
};

describe('a file that is named from outside', () => {
  it.each([
    ['inside.txt', 'project/inside.txt'],
    ['./sub/../inside.txt', 'project/inside.txt'],
    [join(root, 'sub/deep/inside.txt'), 'project/sub/deep/inside.txt'],
    ['link-inside', 'project/inside.txt'],
    ['..odd', 'project/..odd'],
    ['ünï "cödé"\n.txt', 'project/ünï "cödé"\n.txt'],
    ['.pawl/attempts/1/result.txt', 'project/.pawl/attempts/1/result.txt'],
  ])('is read where it lies in the project: %j', async (path, text) => {
    expect(await textOf(path)).toBe(text);
  });

  it.each([
    '../secret',
    'sub/../../secret',
    'sub/deep/../../../secret',
    '../project-other/secret',
    join(outer, 'secret'),
    '/etc/passwd',
    '//etc/passwd',
    '/proc/self/environ',
    '/dev/null',
    'link-out',
    'link-to-link',
    'folder-out/secret',
    'sub/../folder-out/secret',
    'link-device',
    'link-proc',
    '.pawl/pawl.db',
    'link-state',
    './.pawl/../.pawl/pawl.db',
    'sub/../.pawl/pawl.db',
    '../project/.pawl/pawl.db',
    '.',
  ])('is refused where it lies elsewhere: %j', async (path) => {
    await expect(textOf(path)).rejects.toMatchObject({ code: 'path_outside' });
  });

  it.each([
    ...['', '\0', 'inside.txt\0.md', 'none.txt', 'sub', 'pipe', 'loop', 'dangling'],
    ...['inside.txt/', 'inside.txt/../inside.txt', `${'a/'.repeat(3_000)}b`, '%2e%2e/secret'],
    ...['..\\secret', 'file:///etc/passwd', '~/secret'],
  ])('is refused where it is no regular file: %j', async (path) => {
    // A path that ends with a slash names the file all the same on some systems.
    if (path === 'inside.txt/' || path.startsWith('inside.txt/..')) {
      await textOf(path).then(
        (text) => expect(text).toBe('project/inside.txt'),
        (error: unknown) => expect(error).toMatchObject({ code: 'file_unreadable' }),
      );
      return;
    }
    await expect(textOf(path)).rejects.toMatchObject({ code: 'file_unreadable' });
  });

  it('is refused where it is a socket', async () => {
    const socket = join(root, 's');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    await expect(textOf('s')).rejects.toMatchObject({ code: 'file_unreadable' });
    await new Promise((resolve) => server.close(resolve));
  });

  it('is refused where its folder is exchanged for a link before it is opened', async () => {
    mkdirSync(join(root, 'swapped'));
    writeFileSync(join(root, 'swapped/secret'), 'harmless');
    const swapping = {
      ...systemFiles,
      open: async (path: string) => {
        rmSync(join(root, 'swapped'), { recursive: true });
        symlinkSync(join(outer, 'away'), join(root, 'swapped'));
        return await systemFiles.open(path);
      },
    };
    await expect(openProjectFile(swapping, place, 'swapped/secret')).rejects.toMatchObject({
      code: 'path_outside',
    });
    // Negative control: whoever looks at the path alone is led outside.
    const naive = await systemFiles.open(join(root, 'swapped/secret'));
    expect(String(await naive.readRange(0, 100))).toBe('away/secret');
    await naive.close();
  });
});
