import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { traceOf } from '../../test/support/folder-trace.ts';
import {
  olderPlan,
  olderSubtask,
  openOlderDatabase,
  writePlanFile,
} from '../../test/support/older-stores.ts';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { testDepth } from '../../test/support/test-depth.ts';
import { pause } from '../world/timers.ts';
import { findBreakdown } from './breakdown-view.ts';
import { followSource } from './follow-source.ts';
import { importSource } from './import-source.ts';
import { lookUpLists } from './look-up-lists.ts';
import type { OlderTask } from './older-store.ts';
import { readOlderTasks } from './older-tasks.ts';
import { queryTasks } from './query-tasks.ts';
import { findTask, lookUpTask, resolveTask } from './resolve-task.ts';
import { showMeantTask } from './show-task.ts';

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

  it('looking at it, by whatever name, changes nothing here or there', async () => {
    writePlanFile(project.root, olderPlan('task_1', [olderSubtask('a_1')]));
    const before = traceOf(project.root);
    expect(await lookUpTask(both(), 'a_1', null)).toMatchObject({
      ...{ kind: 'older', task: { source: 'legacy', parentTaskId: 'task_1', state: 'ready' } },
    });
    expect(await showMeantTask(both(), 'a_1', null)).toMatchObject({ attempts: [], events: [] });
    expect(await lookUpLists(both(), 'breakdown:task_1')).toMatchObject({
      ...{ lists: [], older: [{ parentTaskId: 'task_1' }] },
    });
    expect((await queryTasks(both(), { parentTaskIds: ['task_1'] })).legacy).toHaveLength(1);
    await expect(findTask(both(), 'a_1', null)).rejects.toMatchObject({ code: 'task_not_found' });
    await expect(findBreakdown(both(), 'task_1')).rejects.toThrow('still only in the older store');
    expect(await project.store.lists()).toEqual([]);
    expect(traceOf(project.root)).toEqual(before);
  });

  it('what somebody else takes over between two looks is found all the same', async () => {
    writePlanFile(project.root, olderPlan('task_1', [olderSubtask('a_1')]));
    const { older } = both();
    const meanwhile = {
      ...older,
      look: async () => {
        await older.takeOver('task_1');
        return await older.look();
      },
    };
    const on = { ...project, older: meanwhile };
    expect(await lookUpLists(on, 'breakdown:task_1')).toMatchObject({ lists: [{ total: 1 }] });
    for (const find of [resolveTask, lookUpTask]) {
      const scene = await openScratchProject();
      try {
        writePlanFile(scene.root, olderPlan('task_1', [olderSubtask('a_1')]));
        const its = olderStoreOf(scene);
        const look = async () => {
          await its.takeOver('task_1');
          return await its.look();
        };
        expect(await find({ ...scene, older: { ...its, look } }, 'a_1', null)).toBeTruthy();
      } finally {
        await scene.close();
      }
    }
  });

  it('a change waits longer than a look for a database that is written all the time', async () => {
    openOlderDatabase(join(project.root, '.task_orchestrator/task_orchestrator.db'), '1.2.0', [
      olderPlan('task_1', [olderSubtask('a_1')]),
    ]).close();
    const { files, random } = project.world;
    let readings = 0;
    const read = async (path: string) => {
      const bytes = await files.read(path);
      if (!path.endsWith('orchestrator.db')) return bytes;
      readings += 1;
      return readings > 100 ? bytes : new Uint8Array([...bytes, readings]);
    };
    const world = {
      ...project.world,
      files: { ...files, read },
      random: { ...random, next: () => 0 },
    };
    const on = both({ ...project, world });
    expect(await on.older.look()).toMatchObject({
      ...{ plans: [], trouble: { code: 'import_source_busy', remedy: expect.any(String) } },
    });
    expect(await resolveTask(on, 'a_1', null)).toMatchObject({ taskId: 'a_1' });
    expect(readings).toBeGreaterThan(100);
  });

  it('what waits for what, and what was archived, is said as an import would take it', async () => {
    const archived = { status: 'archived' };
    writePlanFile(
      project.root,
      olderPlan('task_1', [
        olderSubtask('a', { status: 'cancelled' }),
        olderSubtask('b', { dependencies: ['a', 'z'], status: 'active' }),
        olderSubtask('c', { dependencies: ['b', 'd'] }),
        olderSubtask('d', { status: 'failed' }),
        olderSubtask('z', archived),
      ]),
    );
    const looked = await left();
    expect(looked.map(({ taskId, state }) => [taskId, state])).toEqual([
      ...[
        ['a', 'cancelled'],
        ['b', 'ready'],
        ['c', 'blocked'],
        ['d', 'waiting'],
        ['z', 'removed'],
      ],
    ]);
    await resolveTask(both(), 'a', null);
    for (const { taskId, state } of looked) {
      const { task } = await showMeantTask(project, taskId, null);
      expect([taskId, task.state]).toEqual([taskId, state]);
    }
  });

  describe('a reading', () => {
    const yesterdayS = (): number => project.world.clock.now() / 1000 - 86_400;
    /** Its own store of readings each time, as every process has it. */
    const counting = () => {
      const read: string[] = [];
      const { files } = project.world;
      const counted = {
        ...files,
        read: async (path: string) => {
          if (path.includes('.task_orchestrator')) read.push(path);
          return await files.read(path);
        },
      };
      return { read, on: both({ ...project, world: { ...project.world, files: counted } }) };
    };
    const write = (title: string, atS: number): void => {
      const plan = olderPlan('task_1', [olderSubtask('a_1', { title })]);
      utimesSync(writePlanFile(project.root, plan), atS, atS);
    };
    const titleIn = async ({ on }: ReturnType<typeof counting>) => (await left(on))[0]?.title;

    it('is kept as long as no file changes, for other processes, too', async () => {
      const atS = yesterdayS();
      write('one', atS);
      utimesSync(join(project.root, '.task_orchestrator/tasks/active'), atS, atS);
      const first = counting();
      expect([await titleIn(first), await titleIn(first)]).toEqual(['one', 'one']);
      expect(first.read).toHaveLength(1);
      const second = counting();
      expect(await titleIn(second)).toBe('one');
      expect(second.read).toHaveLength(0);
      write('two', atS + 1);
      expect([await titleIn(first), await titleIn(second)]).toEqual(['two', 'two']);
    });

    it.each([
      ['just now is not kept: a change may leave no trace', 0, ['one', 'two', 'six']],
      ['(negative control) a while ago is kept', 1_000, ['one', 'one', 'one']],
    ])('of files that changed %s', async (_, agoMs, titles) => {
      const changedS = Math.round(project.world.clock.now() / 1000);
      const clock = { ...project.world.clock, now: () => changedS * 1000 + agoMs };
      const one = both({ ...project, world: { ...project.world, clock } });
      const seen: (string | null | undefined)[] = [];
      for (const title of ['one', 'two', 'six']) {
        write(title, changedS);
        const folders = ['tasks/active', 'tasks', '.'];
        for (const name of folders) {
          utimesSync(join(project.root, '.task_orchestrator', name), changedS, changedS);
        }
        seen.push((await left(one))[0]?.title);
      }
      expect(seen).toEqual(titles);
    });

    it('that was damaged is made anew', async () => {
      write('one', yesterdayS());
      mkdirSync(join(project.stateDir, 'importing'));
      for (const text of ['{"form":1,', 'null', '{"form":0,"signature":""}']) {
        writeFileSync(join(project.stateDir, 'importing/older-reading.json'), text);
        expect(await titleIn(counting())).toBe('one');
      }
    });

    it('that fails is told, and what was read before is shown', async () => {
      write('one', yesterdayS());
      const { files } = project.world;
      let isShut = false;
      const names = async (folder: string) => {
        if (isShut) throw Object.assign(new Error(`EACCES: ${folder}`), { code: 'EACCES' });
        return await files.names(folder);
      };
      const world = { ...project.world, files: { ...files, names } };
      const on = both({ ...project, world });
      expect((await on.older.look()).trouble).toBe(null);
      isShut = true;
      expect(await on.older.look()).toMatchObject({
        plans: [{ tasks: [{ taskId: 'a_1' }] }],
        trouble: { code: 'import_source_unreadable', remedy: expect.any(String) },
      });
      await expect(resolveTask(on, 'none', null)).rejects.toMatchObject({
        ...{ code: 'task_not_found', details: { older: { code: 'import_source_unreadable' } } },
      });
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
