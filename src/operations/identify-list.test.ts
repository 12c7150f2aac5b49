import { renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import type { Store } from '../store/store.ts';
import { loadTaskList } from './load-task-list.ts';

const LIST = '# L\n\n- [ ] A-1: one\n- [ ] A-2: two\n- [ ] write the manual\n';

describe('which list a file is', () => {
  let project: ScratchProject;
  beforeEach(async () => {
    project = await openScratchProject(LIST);
  });
  afterEach(() => project.close());

  const at = (name: string): string => join(project.root, name);
  const load = async (name: string, ctx: Parameters<typeof loadTaskList>[0] = project) =>
    await loadTaskList(ctx, { path: at(name) });
  const paths = async (): Promise<readonly string[]> =>
    (await project.store.lists()).map((list) => list.path);

  it('is the one whose file is gone and whose content it has', async () => {
    const { listId } = await project.load();
    renameSync(project.listPath, at('plan.md'));
    const { list, findings } = await load('plan.md');
    expect(list).toMatchObject({ listId, path: at('plan.md') });
    expect(findings).toMatchObject([{ code: 'list_renamed', severity: 'info' }]);
    // It is said once.
    expect((await load('plan.md')).findings).toEqual([]);
  });

  it('is a new one when two that are gone have its content: a finding names both', async () => {
    await project.load();
    project.write(LIST, at('twin.md'));
    await load('twin.md');
    unlinkSync(project.listPath);
    renameSync(at('twin.md'), at('plan.md'));
    const { findings } = await load('plan.md');
    expect(findings.map(({ code, remedy }) => [code, remedy])).toEqual([
      ['list_may_be_moved', expect.stringContaining(`pawl rename-list ${project.listPath} `)],
      ['list_may_be_moved', expect.stringContaining(`pawl rename-list ${at('twin.md')} `)],
    ]);
    expect(await paths()).toHaveLength(3);
  });

  it('is a new one when the list that is gone belongs to another host', async () => {
    await project.load();
    renameSync(project.listPath, at('plan.md'));
    const { processes } = project.world;
    const world = {
      ...project.world,
      processes: Object.create(processes, { host: { value: 'x' } }),
    };
    const elsewhere = { world, store: project.store, log: project.log };
    expect((await load('plan.md', elsewhere)).findings).toEqual([]);
    expect(await paths()).toEqual([at('plan.md'), project.listPath]);
  });

  it('is the one that a link leads to now, not the one it once led to', async () => {
    symlinkSync(project.listPath, at('link.md'));
    expect((await load('link.md')).list.path).toBe(at('link.md'));
    expect((await project.load()).path).toBe(at('link.md'));
    unlinkSync(at('link.md'));
    project.write('# Other\n\n- [ ] O-1: other\n', at('other.md'));
    symlinkSync(at('other.md'), at('link.md'));
    expect((await project.load()).path).toBe(project.listPath);
    expect(await paths()).toHaveLength(2);
  });

  it('is read again when its boxes were given ids by somebody else meanwhile', async () => {
    let races = 2;
    const { store } = project;
    const racing = Object.create(store, {
      knownBoxes: {
        value: async (listId: string) => {
          const boxes = await store.knownBoxes(listId);
          if (races > 0) {
            races -= 1;
            await project.load(`${project.read()}- [ ] box number ${races} of somebody else\n`);
          }
          return boxes;
        },
      },
    }) as Store;
    await project.load();
    const { list } = await load('tasks.md', {
      world: project.world,
      store: racing,
      log: project.log,
    });
    expect([races, list.total]).toEqual([0, 5]);
    expect(await store.audit()).toEqual([]);
  });

  it('is the one that is loaded by another name at the same instant', async () => {
    symlinkSync(project.listPath, at('link.md'));
    let races = 1;
    const { store, world, log } = project;
    // The other load comes after it was looked which lists there are, and before this one.
    const lists = async () => {
      const before = await store.lists();
      if (races-- > 0) await load('link.md');
      return before;
    };
    const racing = Object.create(store, { lists: { value: lists } }) as Store;
    const { list } = await load('tasks.md', { world, store: racing, log });
    expect(list.path).toBe(at('link.md'));
    expect(await paths()).toEqual([at('link.md')]);
  });

  it('is refused when it is changed all the time, and nothing is changed', async () => {
    const { listId } = await project.load();
    const { store } = project;
    const stale = Object.create(store, { knownBoxes: { value: async () => [] } }) as Store;
    const ctx = { world: project.world, store: stale, log: project.log };
    await expect(load('tasks.md', ctx)).rejects.toMatchObject({ code: 'list_changed' });
    expect((await store.list(listId))?.total).toBe(3);
  });
});
