import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import type { Handle } from '../store/handles.ts';
import type { Store } from '../store/store.ts';
import { HANDLE_KINDS } from './handle-kinds.ts';
import type { DoorWorkspace } from './workspaces.ts';

describe('a run behind a handle', () => {
  let project: ScratchProject;
  beforeEach(async () => {
    project = await openScratchProject();
  });
  afterEach(() => project.close());

  it('goes on when its tasks are claimed in the midst of a look at it', async () => {
    const list = await project.load('- [ ] **A** one\n- [ ] **B** two\n');
    await project.store.setExecutor({ listId: list.listId, status: 'running' });
    let claimed = 0;
    const outlook: Store['outlook'] = async (query) => {
      claimed += (await project.claim(list, project.world.processes.self)).length;
      return await project.store.outlook(query);
    };
    const workspace = {
      ...project,
      store: Object.create(project.store, {
        outlook: { value: outlook, configurable: true, writable: true },
      }) as Store,
      ...{
        claims: { holderId: 'nobody' },
        runs: { start: () => Promise.resolve(), isHere: () => false },
      },
    } as unknown as DoorWorkspace;
    const handle: Handle = {
      ...{ handle: 'h', kind: 'run', listId: list.listId, task: null, fence: null },
      ...{ inputJson: JSON.stringify({ path: list.path }), resultJson: null, expiresAtMs: 1 },
      ...{ state: 'working', createdAtMs: 0, updatedAtMs: 0 },
    };
    const look = HANDLE_KINDS['run']?.look(handle, workspace, new AbortController().signal);
    expect(await look).toMatchObject({ kind: 'working' });
    expect(claimed).toBeGreaterThan(0);
  });
});
