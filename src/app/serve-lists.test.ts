import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../test/chaos/pawl-process.ts';
import type { ExecutionEvent } from '../engine/execution.ts';
import type { WorkServer } from '../engine/work-server.ts';
import { loadTaskList } from '../operations/load-task-list.ts';
import { createRealWorld } from '../world/real-world.ts';
import { pause } from '../world/timers.ts';
import type { World } from '../world/world.ts';
import { openWorkspace } from './open-workspace.ts';
import { serveLists } from './serve-lists.ts';
import type { Workspace } from './workspace.ts';

/** What a server waits for it waits for so much less here. */
const HASTE = 20;

describe('a server', () => {
  let root = '';
  let workspace: Workspace;
  let server: WorkServer | null = null;
  let told: string[] = [];
  let done = 0;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'pawl-server-'));
    for (const folder of ['.pawl', 'bin']) mkdirSync(join(root, folder));
    server = null;
    told = [];
    done = 0;
  });
  afterEach(async () => {
    await server?.endAgents();
    await workspace.close();
    rmSync(root, { recursive: true });
  });

  const install = (program: string): void => {
    const path = join(root, 'bin', program);
    writeFileSync(path, '#!/bin/sh\nexit 0\n');
    chmodSync(path, 0o755);
  };
  const settings = (config: object): void =>
    writeFileSync(join(root, '.pawl/config.json'), JSON.stringify(config));

  async function serve(
    list: string,
    { labels = [], untilIdle = true }: { labels?: readonly string[]; untilIdle?: boolean } = {},
  ): Promise<WorkServer> {
    const path = join(root, 'tasks.md');
    writeFileSync(path, list);
    workspace = await openWorkspace({ dir: root, create: true, world: hasty(), warn: () => {} });
    const { listId } = (await loadTaskList(workspace, { path })).list;
    await workspace.store.setExecutor({ listId, status: 'running' });
    const onEvent = (event: ExecutionEvent): void => {
      if (event.kind === 'task:completed') done += 1;
      if (event.kind === 'trouble') told.push(event.error.message);
    };
    const environment = { PATH: `${join(root, 'bin')}:/bin:/usr/bin` };
    const wish = { capacity: 2, labels, untilIdle, environment, onEvent };
    server = await serveLists(workspace, wish);
    await server.start();
    return server;
  }

  async function tries(): Promise<Readonly<Record<string, string>>> {
    const lists = await workspace.store.lists();
    const pages = lists.map(async ({ listId }) => await workspace.store.tasks({ listId }));
    const tasks = (await Promise.all(pages)).flat();
    return Object.fromEntries(tasks.map((one) => [one.taskId, `${one.status} ${one.attempts}`]));
  }

  it('whose agent is missing charges nothing, says so once, and begins later', async () => {
    settings({ agent: 'claude' });
    await serve('- [ ] A-1: one\n- [ ] B-1: two depends on: A-1\n', { untilIdle: false });
    await until('many looks', () => told.length > 0);
    await pause(workspace.world.timers, 20_000);
    expect(told).toEqual([expect.stringContaining('claude is not on the PATH')]);
    expect(await tries()).toEqual({ 'A-1': 'queued 0', 'B-1': 'queued 0' });
    install('claude');
    await until('both', () => done === 2);
    expect(await tries()).toEqual({ 'A-1': 'completed 1', 'B-1': 'completed 1' });
  });

  it.each([
    ['that no setting here knows', { agent: 'nobody' }, 'No agent is called nobody;'],
    ['of one’s own that is not there', { agentCommand: ['own-agent'] }, 'own-agent is not on'],
    ['whose script is not there', { agentCommand: ['sh', 'gone.sh'] }, 'sh is to run gone.sh'],
  ])('with an agent %s charges nothing, says so once, and begins later', async (_, set, text) => {
    settings(set);
    await serve('- [ ] A-1: one\n- [ ] B-1: two\n', { untilIdle: false });
    await until('many looks', () => told.length > 0);
    await pause(workspace.world.timers, 20_000);
    expect(told).toEqual([expect.stringContaining(text)]);
    expect(told[0]).toMatch(/(Install it here|Name another one).* left to others until then\.$/);
    expect(await tries()).toEqual({ 'A-1': 'queued 0', 'B-1': 'queued 0' });
    settings({ agentCommand: ['true'] });
    await until('both', () => done === 2);
    expect(await tries()).toEqual({ 'A-1': 'completed 1', 'B-1': 'completed 1' });
  });

  it('gives a task back whose agent nobody knows here, uncharged, and tries no more', async () => {
    settings({ agentCommand: ['true'] });
    const list = ['A', 'B', 'C'].map((id) => `- [ ] ${id}-1: one agent: nobody\n`).join('');
    const end = await (await serve(`${list}- [ ] D-1: two\n`)).ended;
    expect(end).toEqual({ kind: 'finished', workLeft: true });
    const left = { 'A-1': 'queued 0', 'B-1': 'queued 0', 'C-1': 'queued 0' };
    expect(await tries()).toEqual({ ...left, 'D-1': 'completed 1' });
    expect(told).toEqual([expect.stringContaining('No agent is called nobody;')]);
    const all = await workspace.store.events({ kinds: ['released'] });
    expect(all.length).toBeLessThanOrEqual(2);
  });

  it('does what it can and leaves what asks for a missing agent', async () => {
    settings({ agentCommand: ['true'] });
    const end = await (await serve('- [ ] A-1: one\n- [ ] B-1: two agent: codex\n')).ended;
    expect(end).toEqual({ kind: 'finished', workLeft: true });
    expect(await tries()).toEqual({ 'A-1': 'completed 1', 'B-1': 'queued 0' });
  });

  it('does what it can and leaves what needs a label it lacks', async () => {
    settings({ agentCommand: ['true'] });
    const list = '- [ ] A-1: one needs: net\n- [ ] B-1: two needs: gpu\n';
    const end = await (await serve(list, { labels: ['net'] })).ended;
    expect(end).toEqual({ kind: 'finished', workLeft: true });
    expect(await tries()).toEqual({ 'A-1': 'completed 1', 'B-1': 'queued 0' });
  });

  it('that may do all leaves nothing', async () => {
    settings({ agentCommand: ['true'] });
    const end = await (await serve('- [ ] A-1: one needs: net\n', { labels: ['net'] })).ended;
    expect(end).toEqual({ kind: 'finished', workLeft: false });
    expect(await tries()).toEqual({ 'A-1': 'completed 1' });
  });
});

function hasty(): World {
  const real = createRealWorld();
  const { timers, clock } = real;
  return {
    ...real,
    clock: { ...clock, monotonic: () => clock.monotonic() * HASTE },
    timers: { ...timers, after: (ms, run, options) => timers.after(ms / HASTE, run, options) },
  };
}
