import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ExecutionConfig, TaskExecutor } from '../src/index.ts';

const LIST = `# Engine

## 1. Task Execution Engine (CRITICAL)

| ID | Task | Pri | Depends | Status |
|----|------|-----|---------|--------|
| EXE-003 | Least urgent | P3 | | [ ] |
| EXE-001 | Most urgent | P1 | | [ ] |
| EXE-002 | In between | P2 | EXE-001 | [ ] |
| EXE-004 | Also most urgent | P1 | | [ ] |
`;

let folder: string;
let list: string;
const open = new Set<TaskExecutor>();

/** A new executor in this process stands for a restart: it knows nothing but what is stored. */
function restart(config: Partial<ExecutionConfig> = {}): TaskExecutor {
  const executor = new TaskExecutor({
    config: { agentCommand: [join(folder, 'agent.sh')], retryDelayMs: 0, ...config },
  });
  open.add(executor);
  return executor;
}

function rows(sql: string): readonly Readonly<Record<string, unknown>>[] {
  const database = new DatabaseSync(join(folder, '.pawl', 'pawl.db'), { readOnly: true });
  try {
    return database.prepare(sql).all(...(sql.includes('?') ? [list] : []));
  } finally {
    database.close();
  }
}

const QUEUE = 'SELECT * FROM task_queue WHERE task_list_path = ? ORDER BY position';
const STATE = 'SELECT * FROM executor_state WHERE task_list_path = ?';
const statuses = () =>
  Object.fromEntries(rows(QUEUE).map((row) => [row['task_id'] as string, row['status']]));

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'pawl-persistence-')));
  list = join(folder, 'tasks.md');
  await writeFile(list, LIST);
  await writeFile(join(folder, 'agent.sh'), '#!/bin/sh\nexit 0\n');
  await chmod(join(folder, 'agent.sh'), 0o755);
});

afterEach(async () => {
  for (const executor of open) await executor.close();
  open.clear();
  await rm(folder, { recursive: true, force: true });
});

describe('task queue persistence', () => {
  it('queue persists to database on load', async () => {
    const summary = await restart().loadTaskList(list);
    expect(summary).toMatchObject({ totalTasks: 4, completedTasks: 0, queuedTasks: 4 });
    expect(rows(QUEUE).map(({ task_id, priority, status }) => [task_id, priority, status])).toEqual(
      [
        ['EXE-003', 'P3', 'queued'],
        ['EXE-001', 'P1', 'queued'],
        ['EXE-002', 'P2', 'queued'],
        ['EXE-004', 'P1', 'queued'],
      ],
    );
    expect(rows(QUEUE)[2]).toMatchObject({ dependencies: '["EXE-001"]', position: 3 });
  });

  it('queue restores from database on restart', async () => {
    const before = restart();
    await before.loadTaskList(list);
    await before.executeTask('EXE-001');
    await before.close();

    const after = restart();
    await after.loadTaskList(list);
    const restored = await after.restoreQueueFromDatabase(list);
    expect(restored).toMatchObject({ totalTasks: 4, completedTasks: 1 });
    expect(restored.tasks.map((task) => task.id)).toEqual([
      'EXE-003',
      'EXE-001',
      'EXE-002',
      'EXE-004',
    ]);
    expect(restored.tasks[1]).toMatchObject({ status: 'completed', attempts: 1 });
    const ran: string[] = [];
    after.on('task:started', (attempt) => ran.push(attempt.taskId));
    await after.start();
    await after.finished();
    expect(ran).not.toContain('EXE-001');
    expect(Object.values(statuses())).toEqual(['completed', 'completed', 'completed', 'completed']);
  });

  it('executor state persists', async () => {
    const executor = restart({ maxConcurrent: 2 });
    await executor.loadTaskList(list);
    await executor.start();
    await executor.finished();
    const [state] = rows(STATE);
    expect(state).toMatchObject({
      status: 'running',
      total_tasks: 4,
      completed_tasks: 4,
      failed_tasks: 0,
      skipped_tasks: 0,
      current_task_id: null,
    });
    expect(JSON.parse(state?.['config_json'] as string)).toMatchObject({ maxConcurrent: 2 });
    await executor.close();
    const later = new TaskExecutor();
    open.add(later);
    await later.loadTaskList(list);
    expect(later.config.maxConcurrent).toBe(2);
  });

  it('task status updates on execution', async () => {
    await writeFile(join(folder, 'agent.sh'), '#!/bin/sh\nexit 3\n');
    const executor = restart({ retryAttempts: 1 });
    await executor.loadTaskList(list);
    const seen: string[] = [];
    executor.on('task:started', ({ taskId }) => seen.push(`${taskId} started`));
    executor.on('task:retry', ({ taskId }) => seen.push(`${taskId} retry`));
    executor.on('task:failed', ({ taskId }) => seen.push(`${taskId} failed`));
    await executor.start();
    await executor.finished();
    expect(seen.filter((line) => line.startsWith('EXE-001'))).toEqual([
      'EXE-001 started',
      'EXE-001 retry',
      'EXE-001 started',
      'EXE-001 failed',
    ]);
    const failed = rows(QUEUE)[1];
    expect(failed).toMatchObject({ status: 'failed', attempts: 2, last_error: 'exit code 3' });
    expect(failed?.['started_at']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
    expect(statuses()).toMatchObject({ 'EXE-002': 'skipped' });
  });

  it('priority order is maintained', async () => {
    const executor = restart();
    await executor.loadTaskList(list);
    expect(rows('SELECT * FROM v_active_queue').map((row) => row['task_id'])).toEqual([
      'EXE-001',
      'EXE-004',
      'EXE-002',
      'EXE-003',
    ]);
    const order: string[] = [];
    executor.on('task:started', ({ taskId }) => order.push(taskId));
    await executor.start();
    await executor.finished();
    expect(order).toEqual(['EXE-001', 'EXE-004', 'EXE-002', 'EXE-003']);
    expect(rows('SELECT * FROM v_active_queue')).toEqual([]);
  });

  it('pause and resume state persists', async () => {
    const executor = restart();
    await executor.loadTaskList(list);
    await executor.pause();
    expect(rows(STATE)[0]).toMatchObject({ status: 'paused' });
    expect(rows(STATE)[0]?.['paused_at']).not.toBeNull();
    await executor.close();

    const later = restart();
    await later.loadTaskList(list);
    expect(await later.getStatus()).toMatchObject({ paused: true, running: false });
    await later.resume();
    expect(rows(STATE)[0]).toMatchObject({ status: 'running', paused_at: null });
  });

  it('skip and requeue operations persist', async () => {
    const executor = restart();
    await executor.loadTaskList(list);
    await executor.skipTask('EXE-001', 'not today');
    expect(statuses()).toMatchObject({ 'EXE-001': 'skipped', 'EXE-002': 'skipped' });
    await executor.close();

    const later = restart();
    await later.loadTaskList(list);
    expect(statuses()).toMatchObject({ 'EXE-001': 'skipped', 'EXE-002': 'skipped' });
    await later.requeueTask('EXE-001');
    expect(statuses()).toMatchObject({ 'EXE-001': 'queued' });
    await later.start();
    await later.finished();
    expect(statuses()).toMatchObject({ 'EXE-001': 'completed', 'EXE-002': 'completed' });
  });
});
