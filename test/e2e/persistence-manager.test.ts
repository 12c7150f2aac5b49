import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DatabasePersistenceManager,
  PersistenceManager,
  StateManager,
  type TaskBreakdown,
} from '../../src/index.ts';
import { startPostgresServer } from '../support/postgres-server.ts';
import { testDepth } from '../support/test-depth.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-persistence-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PARENT = 'task_1a2b3c4d';

const breakdown = (parentTaskId = PARENT): TaskBreakdown => ({
  parentTaskId,
  description: 'Build X',
  complexity: 'complex',
  context: '',
  createdAt: new Date(1_000),
  subtasks: [
    {
      ...{ taskId: 'architect_a1b2c3', title: 'Design', description: 'All of it' },
      ...{ specialistType: 'architect', estimatedEffort: '2 hours', status: 'completed' },
      ...{ results: 'done', artifacts: ['docs/x.md'] },
      ...{ createdAt: new Date(2_000), completedAt: new Date(3_000) },
    },
    {
      ...{ taskId: 'implementer_d4e5f6', title: 'Impl', description: 'Write it' },
      ...{ specialistType: 'implementer', dependencies: ['architect_a1b2c3'], status: 'pending' },
    },
  ],
});

describe('a manager of breakdowns', () => {
  it('gives back what was saved, in another process’s manager as well', async () => {
    await using manager = new PersistenceManager({ baseDir: folder });
    await manager.saveTaskBreakdown(breakdown());
    await using other = new DatabasePersistenceManager({ baseDir: folder });
    expect(await other.loadTaskBreakdown(PARENT)).toMatchObject({
      ...{ parentTaskId: PARENT, description: 'Build X', complexity: 'complex' },
      createdAt: new Date(1_000),
      subtasks: [
        {
          ...{ taskId: 'architect_a1b2c3', status: 'completed', results: 'done' },
          ...{ artifacts: ['docs/x.md'], dependencies: [], createdAt: new Date(2_000) },
          completedAt: new Date(3_000),
        },
        { taskId: 'implementer_d4e5f6', status: 'queued', completedAt: null, results: null },
      ],
    });
    expect(await other.getAllActiveTasks()).toEqual([PARENT]);
    expect(await other.getParentTaskId('implementer_d4e5f6')).toBe(PARENT);
    expect(await other.getParentTaskId('nobody')).toBeNull();
    expect(await other.loadTaskBreakdown('task_none')).toBeNull();
  });

  it('saves what its owner changed, and takes back nothing that others did', async () => {
    await using mine = new PersistenceManager({ baseDir: folder });
    await using theirs = new PersistenceManager({ baseDir: folder });
    await mine.saveTaskBreakdown(breakdown());
    const loaded = await mine.loadTaskBreakdown(PARENT);
    const subtask = (await theirs.loadTaskBreakdown(PARENT))?.subtasks[1];
    if (loaded === null || subtask === undefined) throw new Error('not loaded');
    subtask.status = 'completed';
    subtask.results = 'written';
    await theirs.updateSubtask(subtask, PARENT);
    loaded.context = 'more';
    await mine.saveTaskBreakdown(loaded);
    await mine.saveTaskBreakdown(breakdown());
    expect(await mine.loadTaskBreakdown(PARENT)).toMatchObject({
      context: null,
      subtasks: [{ status: 'completed' }, { status: 'completed', results: 'written' }],
    });
  });

  it('archives and lists what is archived', async () => {
    await using manager = new PersistenceManager({ baseDir: folder });
    await manager.saveTaskBreakdown(breakdown());
    expect(await manager.archiveTask(PARENT)).toBe(true);
    expect(await manager.archiveTask('task_none')).toBe(false);
    expect(await manager.getAllActiveTasks()).toEqual([]);
    expect(await manager.getAllArchivedTasks()).toEqual([PARENT]);
    expect((await manager.loadTaskBreakdown(PARENT))?.subtasks).toHaveLength(2);
    await expect(manager.saveTaskBreakdown(breakdown())).rejects.toMatchObject({
      code: 'breakdown_archived',
    });
  });

  it('refuses bad input by a typed error, and changes nothing', async () => {
    await using manager = new PersistenceManager({ baseDir: folder });
    await manager.saveTaskBreakdown(breakdown());
    const before = JSON.stringify(await manager.getAllBreakdowns());
    const bad = breakdown('task_2');
    bad.subtasks[0] = { ...bad.subtasks[0], dependencies: ['implementer_d4e5f6'] } as never;
    const worse = { parentTaskId: 'task_3', description: 'x', subtasks: null } as never;
    const status = { taskId: 'architect_a1b2c3', title: 'x', description: 'x', status: 'bogus' };
    const refused = [
      [() => manager.saveTaskBreakdown(bad), 'plan_invalid'],
      [() => manager.saveTaskBreakdown(worse), 'plan_invalid'],
      [() => manager.updateSubtask(status, PARENT), 'plan_invalid'],
      [() => manager.updateSubtask({ ...status, status: 'done' }, 'task_9'), 'breakdown_not_found'],
    ] as const;
    for (const [call, code] of refused) await expect(call()).rejects.toMatchObject({ code });
    expect(JSON.stringify(await manager.getAllBreakdowns())).toBe(before);
  });

  it.each([
    ['a path', (path: string) => path],
    ['an absolute URL', (path: string) => `sqlite:///${path}`],
    ['a relative URL', () => 'sqlite:///data/tasks.db'],
  ])('keeps them in another database, named by %s', async (_, urlOf) => {
    const path = join(folder, 'data', 'tasks.db');
    await using manager = new PersistenceManager({ baseDir: folder, dbUrl: urlOf(path) });
    await manager.saveTaskBreakdown(breakdown());
    expect(existsSync(path)).toBe(true);
    expect(existsSync(join(folder, '.pawl'))).toBe(false);
    await using states = new StateManager({ dbPath: path });
    expect((await states.getSubtask('architect_a1b2c3'))?.title).toBe('Design');
  });

  it('keeps them on a server, which any number of managers share', {
    timeout: 60_000,
  }, async () => {
    const server = await startPostgresServer();
    try {
      const dbUrl = await server.createDatabase();
      await using manager = new PersistenceManager({ baseDir: folder, dbUrl });
      await manager.saveTaskBreakdown(breakdown());
      await using other = new PersistenceManager({ baseDir: folder, dbUrl });
      const loaded = await other.loadTaskBreakdown(PARENT);
      const subtask = loaded?.subtasks[1];
      if (subtask === undefined) throw new Error('not loaded');
      subtask.status = 'done' as never;
      await other.updateSubtask(subtask, PARENT);
      expect(await manager.loadTaskBreakdown(PARENT)).toMatchObject({
        subtasks: [{ status: 'completed', results: 'done' }, { status: 'completed' }],
      });
    } finally {
      await server.stop();
    }
  });

  it('takes role files over, and leaves what is there', async () => {
    await using manager = new PersistenceManager({ baseDir: folder });
    const config = join(folder, 'config');
    mkdirSync(config);
    writeFileSync(join(config, 'project_roles.yaml'), 'baker:\n  role_definition: You bake.\n');
    expect(await manager.migrateRolesFromConfig(config)).toEqual(['project_roles.yaml']);
    expect(await manager.migrateRolesFromConfig(config)).toEqual([]);
    expect(readdirSync(manager.getRolesDirectory())).toEqual(['project_roles.yaml']);
  });

  it('knows no other kinds of URL', async () => {
    await using manager = new PersistenceManager({ dbUrl: 'mysql://here/db' });
    await expect(manager.getAllActiveTasks()).rejects.toMatchObject({ code: 'usage' });
  });

  it('locks by name between managers: one holds, the others wait or are told who', async () => {
    await using one = new PersistenceManager({ baseDir: folder });
    await using other = new PersistenceManager({ baseDir: folder });
    const lock = await one.acquireLock('task_1');
    expect(one.getLockFilePath('../task_1')).toBe(join(folder, '.pawl/locks/.._task_1.lock'));
    await expect(other.acquireLock('task_1', 0)).rejects.toMatchObject({ code: 'lock_held' });
    const waiting = other.acquireLock('task_1');
    await lock.release();
    await lock.release();
    const next = await waiting;
    expect(next.fence).toBeGreaterThan(lock.fence);
    expect(await one.cleanupStaleLocks()).toBe(0);
    expect(await one.cleanupStaleLocks(0)).toBeGreaterThanOrEqual(1);
  });

  it('is of no use once it was disposed of, twice or not', async () => {
    const manager = new PersistenceManager({ baseDir: folder });
    await manager.saveTaskBreakdown(breakdown());
    await manager.dispose();
    await manager.dispose();
    await expect(manager.getAllActiveTasks()).rejects.toMatchObject({
      code: 'illegal_transition',
    });
  });
});

describe('a scope', () => {
  it('makes all its changes or, after a throw, none', async () => {
    await using manager = new PersistenceManager({ baseDir: folder });
    const scope = manager.sessionScope(async (session) => {
      session.saveTaskBreakdown(breakdown());
      session.saveTaskBreakdown(breakdown('task_2'));
      expect(await session.loadTaskBreakdown(PARENT)).toBeNull();
      return 'made';
    });
    expect(await scope).toBe('made');
    const thrown = manager.sessionScope((session) => {
      session.archiveTask(PARENT);
      throw new TypeError('mine');
    });
    await expect(thrown).rejects.toThrow(new TypeError('mine'));
    const refused = manager.sessionScope((session) => {
      session.archiveTask('task_2');
      session.archiveTask('task_none');
    });
    await expect(refused).rejects.toMatchObject({ code: 'breakdown_not_found' });
    expect(await manager.getAllActiveTasks()).toEqual([PARENT, 'task_2']);
  });

  it('left without a commit changes nothing, and too late is refused', async () => {
    await using manager = new PersistenceManager({ baseDir: folder });
    {
      await using session = manager.sessionScope();
      session.saveTaskBreakdown(breakdown());
    }
    expect(await manager.getAllActiveTasks()).toEqual([]);
    const late = manager.sessionScope({ timeoutSeconds: -1 });
    expect(() => late.saveTaskBreakdown(breakdown())).toThrow(/too long/);
    await using session = manager.sessionScope();
    session.saveTaskBreakdown(breakdown());
    await session.commit();
    await expect(session.commit()).rejects.toMatchObject({ code: 'illegal_transition' });
    expect(await manager.getAllActiveTasks()).toEqual([PARENT]);
  });

  const SCOPES = testDepth.pick({ reduced: 1_000, full: 10_000 });
  it(`leaves no descriptor and no transaction open: ${SCOPES} of them, half throwing`, async () => {
    await using manager = new PersistenceManager({ baseDir: folder });
    await manager.saveTaskBreakdown(breakdown());
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    const wish = { taskId: 'implementer_d4e5f6', title: 'Impl', description: 'Write it' };
    for (let turn = 1; turn <= SCOPES; turn += 1) {
      const scope = manager.sessionScope((session) => {
        session.updateSubtask({ ...wish, results: `turn ${turn}` }, PARENT);
        if (turn % 2 === 0) throw new TypeError('half of them');
      });
      await scope.catch((error: unknown) => expect(error).toBeInstanceOf(TypeError));
    }
    expect(open()).toBeLessThanOrEqual(before);
    const stranger = new DatabaseSync(join(folder, '.pawl/pawl.db'), { timeout: 0 });
    stranger.exec('BEGIN IMMEDIATE; ROLLBACK');
    const [checkpoint] = stranger.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
    expect(checkpoint).toMatchObject({ busy: 0 });
    stranger.close();
    const kept = await manager.loadTaskBreakdown(PARENT);
    expect(kept?.subtasks[1]?.results).toBe(`turn ${SCOPES - 1}`);
  });
});

describe('a manager of states', () => {
  it('finds and changes subtasks by their ids alone', async () => {
    await using states = new StateManager({ baseDir: folder });
    await states.storeTaskBreakdown(breakdown());
    const subtask = await states.getSubtask('implementer_d4e5f6');
    if (subtask === null) throw new Error('not found');
    subtask.status = 'active' as never;
    await states.updateSubtask(subtask);
    expect((await states.getSubtask('implementer_d4e5f6'))?.status).toBe('running');
    subtask.status = 'done' as never;
    subtask.results = 'written';
    await states.updateSubtask(subtask);
    expect(await states.getSubtasksForParent(PARENT)).toMatchObject([
      { status: 'completed' },
      { status: 'completed', results: 'written' },
    ]);
    expect(await states.getAllTasks()).toHaveLength(2);
    expect(await states.getSubtasksForParent('task_none')).toEqual([]);
    expect(await states.cleanupStaleLocks()).toBe(0);
  });

  it('names the breakdowns when an id is not unique over them', async () => {
    await using states = new StateManager({ baseDir: folder });
    await states.storeTaskBreakdown(breakdown());
    await states.storeTaskBreakdown(breakdown('task_2'));
    await expect(states.getSubtask('architect_a1b2c3')).rejects.toMatchObject({
      code: 'task_ambiguous',
      details: { parents: [PARENT, 'task_2'] },
    });
    await expect(
      states.updateSubtask({ taskId: 'nobody', title: 'x', description: 'x' }),
    ).rejects.toMatchObject({ code: 'task_not_found' });
  });
});
