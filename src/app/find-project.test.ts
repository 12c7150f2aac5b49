import { expect, it } from 'vitest';
import type { World } from '../world/world.ts';
import { findProject } from './find-project.ts';

/** A disk that has these folders and nothing else. */
function diskWith(...folders: readonly string[]): World {
  const facts = async (path: string) =>
    folders.some((folder) => folder === path || folder.startsWith(`${path}/`) || path === '/')
      ? { kind: 'directory' }
      : null;
  return { files: { facts } } as unknown as World;
}

it.each([
  ['the nearest state above', '/p/a/b', ['/p/.pawl', '/p/a/b'], '/p'],
  ['a repository where there is none', '/p/a/b', ['/p/.git', '/p/a/b'], '/p'],
  [
    'never the state of a home folder from below',
    '/people/x/a',
    ['/people/x/.pawl', '/people/x/a'],
    '/people/x/a',
  ],
  ['that of a home folder from within', '/people/x', ['/people/x/.pawl'], '/people/x'],
  [
    'the store of an older server where there is no repository',
    '/p/a/b',
    ['/p/.task_orchestrator', '/p/a/b'],
    '/p',
  ],
  [
    'a repository before such a store',
    '/p/a/b',
    ['/p/a/.task_orchestrator', '/p/.git', '/p/a/b'],
    '/p',
  ],
  ['never the state at the root of the disk', '/p/a', ['/.pawl', '/p/.git', '/p/a'], '/p'],
])('a project is %s', async (_, start, folders, root) => {
  const found = await findProject(diskWith(...folders), start, '/people/x');
  expect(found.root).toBe(root);
});
