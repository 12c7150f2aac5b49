import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { olderPlan, olderSubtask, writePlanFile } from '../../test/support/older-stores.ts';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { testDepth } from '../../test/support/test-depth.ts';
import { pause } from '../world/timers.ts';
import { followSource } from './follow-source.ts';
import { importSource } from './import-source.ts';
import type { OlderTask } from './older-store.ts';
import { readOlderTasks } from './older-tasks.ts';
import { resolveTask } from './resolve-task.ts';

const OLDER_SERVER = fileURLToPath(new URL('../../test/support/older-server.ts', import.meta.url));

const olderStoreOf = (project: ScratchProject) => {
  const scratchDir = join(project.stateDir, 'importing');
  const places = () => ({ scratchDir, keptPath: join(scratchDir, 'older-reading.json') });
  return readOlderTasks(project, { places, begin: () => Promise.resolve() });
};

describe('reading from both', () => {
  let project: ScratchProject;
  beforeEach(async () => {
    project = await openScratchProject();
  });
  afterEach(() => project.close());
  const both = (on: ScratchProject = project) => ({ ...on, older: olderStoreOf(on) });
  const left = async (on = both()): Promise<readonly OlderTask[]> =>
    (await on.older.look()).plans.flatMap(({ tasks }) => tasks);

  it('an older store shows what was not taken over, and gives it up with its plan', async () => {
    expect(await left()).toEqual([]);
    const plan = olderPlan('task_1', [
      olderSubtask('a_1'),
      olderSubtask('b_1', { dependencies: ['a_1'] }),
    ]);
    writePlanFile(project.root, plan);
    writePlanFile(project.root, olderPlan('task_2', [olderSubtask('a_2')]));
    expect((await left()).map(({ taskId, source }) => [taskId, source])).toEqual([
      ...[
        ['a_1', 'legacy'],
        ['b_1', 'legacy'],
        ['a_2', 'legacy'],
      ],
    ]);
    expect(await resolveTask(both(), 'b_1', null)).toMatchObject({ dependencies: ['a_1'] });
    expect((await left()).map(({ taskId }) => taskId)).toEqual(['a_2']);
    const again = await Promise.all([1, 2, 3].map(() => resolveTask(both(), 'a_2', null)));
    expect(new Set(again.map(({ id }) => id)).size).toBe(1);
    await expect(resolveTask(both(), 'none', null)).rejects.toMatchObject({
      code: 'task_not_found',
    });
    expect(await project.store.audit()).toEqual([]);
  });

  it('(negative control) without the older store such a task is not found', async () => {
    writePlanFile(project.root, olderPlan('task_1', [olderSubtask('a_1')]));
    await expect(resolveTask(project, 'a_1', null)).rejects.toMatchObject({
      code: 'task_not_found',
    });
  });

  it('while the older server writes, tasks are taken over: none lost, none doubled', async () => {
    const changes = testDepth.pick({ reduced: 100, full: 500 });
    const server = spawn(process.execPath, [OLDER_SERVER, project.root, String(changes)], {
      stdio: 'ignore',
    });
    const exit = once(server, 'exit');
    const stopped = new AbortController();
    const scratchDir = join(project.stateDir, 'importing');
    const skipped = new Set<string>();
    while (server.exitCode === null && server.signalCode === null) {
      for (const { taskId } of await left()) {
        if (!taskId.startsWith('c_')) continue;
        const task = await resolveTask(both(), taskId, null);
        await project.store.changeTask({
          ...{ id: task.id, verb: 'skip', reason: 'ours', by: 'person' },
          ...{ confirmed: false, cascade: false },
        });
        skipped.add(taskId);
      }
      await pause(project.world.timers, 1);
    }
    expect((await exit)[0]).toBe(0);
    // The last look is taken after it was told to stop: what was written before is not missed.
    stopped.abort();
    const told: number[] = [];
    await followSource(project, {
      ...{ place: project.root, scratchDir, signal: stopped.signal },
      told: ({ sources }) => told.push(sources.length),
    });
    expect(told).toEqual([1]);
    const { breakdowns } = await project.store.breakdowns({});
    expect(breakdowns).toHaveLength(changes / 10);
    for (const { listId, parentTaskId } of breakdowns) {
      const number = Number(parentTaskId.slice(5));
      const tasks = (await project.store.tasks({ listId })).toSorted((a, b) =>
        a.taskId.localeCompare(b.taskId),
      );
      expect(tasks.map(({ taskId }) => taskId)).toEqual([
        `a_${number}`,
        `b_${number}`,
        `c_${number}`,
      ]);
      expect(tasks[0]?.status).toBe('completed');
      const detail = await project.store.task(tasks[0]?.id ?? '');
      expect(detail?.resultSummary).toBe(`change ${number * 10 + 9}`);
      const isOurs = skipped.has(`c_${number}`);
      expect(tasks[2]?.status).toBe(isOurs ? 'skipped' : 'queued');
    }
    const report = await importSource(project, { place: project.root, scratchDir });
    expect(report.sources[0]?.counts).toMatchObject({ added: 0, updated: 0 });
    expect(await project.store.audit()).toEqual([]);
  }, 60_000);
});
