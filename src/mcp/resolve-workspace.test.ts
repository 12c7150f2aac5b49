import { describe, expect, it } from 'vitest';
import { PawlError } from '../domain/errors.ts';
import { resolveWorkspace } from './resolve-workspace.ts';
import { rootedId, rootOfId } from './rooted-id.ts';
import type { WorkspacePlace, Workspaces } from './workspaces.ts';

const place = (root: string, by: WorkspacePlace['by'], shared = false): WorkspacePlace => ({
  ...{ root, exists: by === 'marker', older: false, by, shared },
});

const PLACES: Readonly<Record<string, WorkspacePlace>> = {
  '/home/me': place('/home/me', 'folder', true),
  '/': place('/', 'folder', true),
  '/tmp': place('/tmp', 'folder', true),
  '/bare': place('/bare', 'folder'),
  '/repo/src': place('/repo', 'git'),
  '/repo': place('/repo', 'git'),
  '/done': place('/done', 'marker'),
};

const startedIn = (startDir: string): Workspaces => ({
  startDir,
  locate: (dir) => {
    const found = PLACES[dir];
    if (found !== undefined) return Promise.resolve(found);
    return Promise.reject(new PawlError('usage', `${dir} is not a folder`));
  },
  use: () => Promise.reject(new PawlError('bug', 'not asked')),
  restart: () => Promise.reject(new PawlError('bug', 'not asked')),
  checkRun: () => Promise.reject(new PawlError('bug', 'not asked')),
});

const none = () => Promise.resolve(null);
const roots =
  (...paths: readonly string[]) =>
  () =>
    Promise.resolve(paths.map((path) => `file://${path}`));

describe('where a call works', () => {
  it('is what its argument names, home too: that is not silent', async () => {
    const here = startedIn('/done');
    expect(await resolveWorkspace(here, { dir: '/repo/src', roots: roots('/bare') })).toMatchObject(
      {
        root: '/repo',
        by: 'argument',
      },
    );
    expect(await resolveWorkspace(here, { dir: '/home/me', roots: none })).toMatchObject({
      root: '/home/me',
    });
  });

  it('is no relative path, and no folder that is not there', async () => {
    const here = startedIn('/done');
    const named = (dir: string) => resolveWorkspace(here, { dir, roots: none });
    await expect(named('repo')).rejects.toMatchObject({ code: 'workspace_unknown' });
    await expect(named('/nowhere')).rejects.toMatchObject({ code: 'usage' });
  });

  it('is the project of its session, before what the client offers', async () => {
    const session = { root: '/repo', roots: roots('/bare') };
    expect(await resolveWorkspace(startedIn('/done'), session)).toMatchObject({
      ...{ root: '/repo', by: 'session' },
    });
  });

  it('is of the roots one with a store, else a repository, else the first', async () => {
    const of = async (...paths: readonly string[]) =>
      (await resolveWorkspace(startedIn('/tmp'), { roots: roots(...paths) })).root;
    expect(await of('/bare', '/repo', '/done')).toBe('/done');
    expect(await of('/bare', '/repo')).toBe('/repo');
    expect(await of('/home/me', '/nowhere', '/bare')).toBe('/bare');
  });

  it('is the project around the folder that the server was started in', async () => {
    const from = async (dir: string) => await resolveWorkspace(startedIn(dir), { roots: none });
    expect(await from('/repo/src')).toMatchObject({ root: '/repo', by: 'git' });
    expect(await from('/bare')).toMatchObject({ root: '/bare', by: 'folder' });
  });

  it.each(['/home/me', '/tmp', '/'])('is never silently %s', async (dir) => {
    for (const offered of [none, roots(), roots('/home/me')]) {
      await expect(resolveWorkspace(startedIn(dir), { roots: offered })).rejects.toMatchObject({
        code: 'workspace_unknown',
        details: { startedIn: dir },
      });
    }
  });
});

describe('an id that carries its project', () => {
  it('gives it back, and nothing for any other text', () => {
    expect(rootOfId(rootedId('s1', '/a/b c.d'))).toBe('/a/b c.d');
    const others = ['s1', 's1.', '', 's.bm90LWFic29sdXRl', undefined];
    expect(others.map(rootOfId)).toEqual(others.map(() => null));
  });
});
