import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../test/chaos/pawl-process.ts';
import { loadTaskList } from '../operations/load-task-list.ts';
import type { Work } from '../store/instances.ts';
import { openWorkspace } from './open-workspace.ts';
import { serveLists } from './serve-lists.ts';

const TASKS = ['A', 'B', 'C', 'D', 'E', 'F'];
const CAPACITY = 2;
/** Notes its start, and works until all may go. */
const AGENT = 'echo start >>runs.log; while [ ! -e go ]; do sleep 0.03; done\n';

describe('a server that is sent away', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'pawl-drained-'));
    mkdirSync(join(root, '.pawl'));
    writeFileSync(join(root, 'agent.sh'), AGENT);
    const settings = { agentCommand: ['sh', 'agent.sh'], maxConcurrent: TASKS.length };
    writeFileSync(join(root, '.pawl/config.json'), JSON.stringify(settings));
    writeFileSync(join(root, 'tasks.md'), TASKS.map((id) => `- [ ] ${id}-1: do\n`).join(''));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const starts = (): number => {
    const log = join(root, 'runs.log');
    return existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0;
  };

  /** What a server does that it must not, once it was sent away. */
  async function harm(heed: (work: Work) => Work): Promise<readonly string[]> {
    const workspace = await openWorkspace({ dir: root, create: true, warn: () => undefined });
    const { store } = workspace;
    const { listId } = (await loadTaskList(workspace, { path: join(root, 'tasks.md') })).list;
    await store.setExecutor({ listId, status: 'running' });
    let isTold = false;
    const work: typeof store.work = async (query) => {
      const found = await store.work(query);
      if (found.drain !== null) isTold = true;
      return heed(found);
    };
    const wish = { capacity: CAPACITY, labels: [], untilIdle: false, onEvent: () => undefined };
    const environment = { PATH: '/bin:/usr/bin' };
    const heeding = { ...workspace, store: { ...store, work } };
    const server = await serveLists(heeding, { ...wish, environment });
    let hasLeft = false;
    void server.ended.then(() => {
      hasLeft = true;
    });
    await server.start();
    await until('as many as there is room for', () => starts() === CAPACITY);
    await store.requestDrain({ id: server.holderId, withinMs: null });
    await until('that it was told', () => isTold);
    writeFileSync(join(root, 'go'), '');
    await until('its end, or the last task', () => hasLeft || starts() === TASKS.length);
    const found = [
      ...(hasLeft ? [] : ['it did not leave']),
      ...(starts() === CAPACITY ? [] : [`it began ${starts() - CAPACITY} more`]),
    ];
    await server.endAgents();
    await workspace.close();
    return found;
  }

  it('begins nothing more, and leaves when what it runs has ended', async () => {
    expect(await harm((work) => work)).toEqual([]);
  });

  it('(negative control) but does not heed it goes on claiming', async () => {
    const heedless = (work: Work): Work => ({ ...work, drain: null });
    expect(await harm(heedless)).toEqual(['it did not leave', 'it began 4 more']);
  });
});
