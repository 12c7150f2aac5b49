import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { explainTask } from './explain-task.ts';
import { getStatus } from './get-status.ts';
import { limitKindOf, type SetLimitInput, setLimit } from './set-limit.ts';
import { showLimits } from './show-limits.ts';

const LIST = '- [ ] A-1: draw needs: gpu\n- [ ] A-2: write\n- [ ] A-3: paint needs: gpu\n';

describe('limits over all hosts', () => {
  let project: ScratchProject;
  beforeEach(async () => {
    project = await openScratchProject(LIST);
    await project.load();
  });
  afterEach(() => project.close());

  const why = async (taskId: string): Promise<string> =>
    (await explainTask(project, await project.task(taskId))).why;
  const set = (kind: SetLimitInput['kind'], name: string | null, maxRunning: number | null) =>
    setLimit(project, { kind, name, maxRunning });

  it('are set and shown, a list by its path', async () => {
    await set('list', project.listPath, 2);
    await set('global', null, 5);
    const limits = [
      { kind: 'global', name: null, maxRunning: 5, running: 0 },
      { kind: 'list', name: project.listPath, maxRunning: 2, running: 0 },
    ];
    expect(await showLimits(project)).toEqual({ limits, running: 0 });
    expect(await set('list', null, null)).toMatchObject({ limits: limits.slice(0, 1) });
  });

  it('of labels are of the words that a host may offer, and numbers have a bound', async () => {
    for (const name of ['gpu, linux', 'a b', '-x', '', 'x'.repeat(65)]) {
      await expect(set('label', name, 1)).rejects.toMatchObject({ code: 'usage' });
    }
    await expect(set('global', null, 99_999_999_999_999)).rejects.toThrow('from 0 to 100000');
    expect(await showLimits(project)).toMatchObject({ limits: [] });
    for (const name of ['gpu', 'os:linux', 'a.b/c_d-e']) await set('label', name, 1);
    expect((await showLimits(project)).limits).toHaveLength(3);
  });

  it('are named as the reason why a ready task does not start', async () => {
    expect(await why('A-1')).toContain('nothing executes its list');
    await set('label', 'gpu', 0);
    expect(await why('A-1')).toBe(
      'ready, but label gpu is full (0 of 0 run): `pawl limit` shows and changes it',
    );
    expect(await why('A-2')).toContain('nothing executes its list');
    await set('global', null, 0);
    expect(await why('A-2')).toContain('the limit of all lists is full (0 of 0 run)');
    await set('global', null, null);
    await project.store.setExecutor({
      listId: (await project.task('A-2')).listId,
      configJson: '{"agent":"codex"}',
    });
    await set('agent', 'codex', 0);
    expect(await why('A-2')).toContain('agent codex is full');
  });

  it('name the label that no living host offers, until one offers it', async () => {
    const { listId } = await project.task('A-1');
    const { host, self } = project.world.processes;
    const server = { kind: 'server', host, process: self, version: '1', listId: null };
    await project.store.setExecutor({ listId, status: 'running' });
    await project.store.registerInstance({ id: 'one', ...server, labels: ['net'] });
    expect(await why('A-1')).toBe(
      'ready, but no live host offers gpu: name it among the `labels` of one',
    );
    expect(await why('A-2')).toBe('ready: it starts as soon as there is room');
    const servers = async () => (await getStatus(project))[0]?.executor.servers;
    expect(await servers()).toContain('on this host');
    await project.store.requestDrain({ id: 'one', withinMs: null });
    expect(await servers()).toBeNull();
    expect(await why('A-2')).toContain('nothing executes its list');
    await project.store.requestDrain({ id: 'one', withinMs: null, undo: true });
    await project.store.registerInstance({ id: 'two', ...server, labels: ['gpu'] });
    expect(await why('A-1')).toBe('ready: it starts as soon as there is room');
    await project.load('- [ ] A-1: draw needs: gpu, net\n');
    expect(await why('A-1')).toContain('no live host offers gpu and net together');
    const executor = { ...server, kind: 'executor', listId };
    await project.store.registerInstance({ id: 'three', ...executor, labels: null });
    expect(await why('A-1')).toBe('ready: it starts as soon as there is room');
  });

  it.each([
    ['a number', { kind: 'global', name: null, maxRunning: -1 }],
    ['a number', { kind: 'global', name: null, maxRunning: 1.5 }],
    ['a number', { kind: 'global', name: null, maxRunning: 100_001 }],
    ['a name', { kind: 'label', name: null, maxRunning: 1 }],
    ['a name', { kind: 'agent', name: ' ', maxRunning: 1 }],
    ['no name', { kind: 'global', name: 'x', maxRunning: 1 }],
  ] as const)('need %s: %o is refused, and nothing is changed', async (_what, input) => {
    await expect(setLimit(project, input)).rejects.toMatchObject({ code: 'usage' });
    expect(await showLimits(project)).toEqual({ limits: [], running: 0 });
  });

  it('are of four kinds, and of lists that are known', async () => {
    expect(() => limitKindOf('host')).toThrow('a limit is of list, agent, label, global');
    await expect(set('list', '/nowhere.md', 1)).rejects.toMatchObject({ code: 'list_not_found' });
  });
});
