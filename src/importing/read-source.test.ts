import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  olderPlan,
  olderSubtask,
  openNewestDatabase,
  openOlderDatabase,
} from '../../test/support/older-stores.ts';
import type { ImportedTask, SourceReading } from '../domain/importing/imported-plan.ts';
import { createRealWorld } from '../world/real-world.ts';
import { findSources } from './find-sources.ts';
import { readSource } from './read-source.ts';

const FIXTURES = fileURLToPath(new URL('../../test/fixtures/importing/', import.meta.url));
const world = createRealWorld();

describe('reading other stores', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'pawl-reading-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const copy = (name: string): void => cpSync(join(FIXTURES, name), root, { recursive: true });
  const read = async (place = root): Promise<SourceReading> => {
    const [source, ...others] = await findSources(world.files, place);
    expect(others).toEqual([]);
    if (source === undefined) throw new Error('no source');
    return await readSource(world, source, { scratchDir: join(root, 'scratch') });
  };
  const planOf = (reading: SourceReading, planId: string) => {
    const plan = reading.plans.find((one) => one.planId === planId);
    if (plan === undefined) throw new Error(`no plan ${planId}`);
    return plan;
  };
  const taskOf = (reading: SourceReading, planId: string, taskId: string): ImportedTask => {
    const task = planOf(reading, planId).tasks.find((one) => one.taskId === taskId);
    if (task === undefined) throw new Error(`no task ${taskId}`);
    return task;
  };
  const codesOf = (reading: SourceReading, taskId: string | null) =>
    reading.findings.filter((one) => one.taskId === taskId).map(({ code }) => code);
  const STORE = '.task_orchestrator';

  describe('the older file-based store, with every trap', () => {
    beforeEach(() => copy('traps'));

    it('torn writes are told, and read only where they are whole and all there is', async () => {
      const reading = await read();
      const torn = reading.findings.filter(({ code }) => code === 'file_torn');
      expect(torn.map(({ place }) => place.split('/').at(-1))).toEqual([
        ...['task_0rphan01.tmp', 'task_1a2b3c4d.tmp', 'task_9e9e9e9e.tmp'],
      ]);
      expect(taskOf(reading, 'task_9e9e9e9e', 'impl_1').title).toBe('Only here');
      expect(reading.plans.map(({ planId }) => planId).toSorted()).toEqual([
        ...['task_1a2b3c4d', 'task_5hape500', 'task_9e9e9e9e', 'task_a4a4a4a4', 'task_b0b0b0b0'],
      ]);
      expect(reading.findings.map(({ code }) => code)).toContain('file_unreadable');
    });

    it('a plan in both folders is one plan, not archived, with the further state', async () => {
      const reading = await read();
      expect(planOf(reading, 'task_b0b0b0b0')).toMatchObject({ archived: null });
      expect(taskOf(reading, 'task_b0b0b0b0', 'impl_1')).toMatchObject({
        ...{ status: 'completed', result: 'all done' },
      });
      const codes = reading.findings.filter(({ planId }) => planId === 'task_b0b0b0b0');
      expect(codes.map(({ code }) => code)).toEqual(['state_conflict', 'plan_in_both']);
      expect(planOf(reading, 'task_a4a4a4a4').archived).not.toBe(null);
    });

    it('stale statuses give way to those of the database, and that is told', async () => {
      const plan = olderPlan('task_1a2b3c4d', [
        olderSubtask('architect_a1b2c3', {
          ...{ status: 'completed', results: 'designed', completed_at: '2025-05-27T10:10:00' },
        }),
        olderSubtask('implementer_d4e5f6', { dependencies: ['architect_a1b2c3'] }),
      ]);
      openOlderDatabase(join(root, STORE, 'task_orchestrator.db'), '1.3.0', [plan]).close();
      const reading = await read();
      expect(taskOf(reading, 'task_1a2b3c4d', 'architect_a1b2c3')).toMatchObject({
        ...{ status: 'completed', result: 'designed' },
      });
      expect(codesOf(reading, 'architect_a1b2c3')).toContain('state_conflict');
      expect(codesOf(reading, 'implementer_d4e5f6')).not.toContain('state_conflict');
      // Of what only one of them has, nothing is lost.
      expect(taskOf(reading, 'task_1a2b3c4d', 'architect_a1b2c3').artifacts).toHaveLength(5);
    });

    it('references are followed to the content, and never out of the project', async () => {
      const reading = await read();
      const { artifacts } = taskOf(reading, 'task_1a2b3c4d', 'architect_a1b2c3');
      const store = join(root, STORE, 'artifacts/architect_a1b2c3');
      expect(artifacts.map((one) => (one.kind === 'file' ? one.path : one.kind))).toEqual([
        join(store, 'mirrored/docs/x.md_artifact_0a1b2c3d.md'),
        join(store, 'notes.md'),
        join(root, 'docs/x.md'),
        ...['gone', 'gone'],
      ]);
      expect(codesOf(reading, 'architect_a1b2c3')).toEqual([
        ...['artifact_outside', 'artifact_missing'],
      ]);
    });

    it('(negative control) a link out of the project is no content of it', async () => {
      const outside = mkdtempSync(join(tmpdir(), 'pawl-outside-'));
      try {
        writeFileSync(join(outside, 'secret'), 'x');
        unlinkSync(join(root, 'docs/x.md'));
        symlinkSync(join(outside, 'secret'), join(root, 'docs/x.md'));
        expect(codesOf(await read(), 'architect_a1b2c3')).toEqual([
          ...['artifact_outside', 'artifact_outside', 'artifact_missing'],
        ]);
      } finally {
        rmSync(outside, { recursive: true });
      }
    });

    it('every shape that was seen is read for what it means', async () => {
      const reading = await read();
      const id = 'task_5hape500';
      expect(planOf(reading, id)).toMatchObject({
        ...{ complexity: null, context: 'complexity: enormous' },
      });
      expect(taskOf(reading, id, 'a')).toMatchObject({
        ...{ specialist: 'security_expert', dependencies: [], status: 'queued' },
        fields: { missing_dependencies: 'gone_1', specialist: 'Security Expert' },
      });
      expect(taskOf(reading, id, 'b').artifacts.map(({ reference }) => reference)).toEqual([
        ...['docs/x.md', 'docs/y.md'],
      ]);
      expect(taskOf(reading, id, 'c')).toMatchObject({ status: 'waiting', dependencies: ['b'] });
      expect(taskOf(reading, id, 'b')).toMatchObject({ status: 'queued', dependencies: [] });
      expect(taskOf(reading, id, 'd')).toMatchObject({ status: 'waiting', result: 'it broke' });
      expect(taskOf(reading, id, 'd~2').title).toBe('The same id again');
      expect(codesOf(reading, 'b')).toEqual([
        ...['artifact_missing', 'status_running', 'dependency_cycle'],
      ]);
      expect(codesOf(reading, 'c')).toEqual(['status_unknown']);
    });

    it('what was completed before it was created is put in an order that can be', async () => {
      const over = taskOf(await read(), 'task_a4a4a4a4', 'impl_1');
      expect(over.completedAtMs).toBe(Date.UTC(2025, 4, 26, 22, 0, 0, 500));
      expect(over.createdAtMs ?? 0).toBeLessThanOrEqual(over.completedAtMs ?? 0);
    });
  });

  it('what the older maintenance had removed is still there, archived', async () => {
    const path = join(root, STORE, 'task_orchestrator.db');
    const database = openOlderDatabase(path, '1.8.0', [olderPlan('task_1', [olderSubtask('a')])]);
    const details = { ...olderSubtask('old_1'), parent_task_id: 'task_1', summary: null };
    const data = { task_details: details, timeline: { created_at: '2025-05-27T05:00:00' } };
    database
      .prepare(
        'INSERT INTO task_archives (original_task_id, parent_task_id, archive_reason, ' +
          "archived_data, expires_at, created_at) VALUES ('old_1', 'task_1', 'stale', ?, '', '')",
      )
      .run(JSON.stringify(data));
    database.exec("INSERT INTO architectural_decisions VALUES ('d', 'A decision')");
    database.close();
    const reading = await read();
    expect(taskOf(reading, 'task_1', 'old_1')).toMatchObject({
      ...{ archived: expect.any(String), fields: { archive_reason: 'stale' } },
    });
    expect(reading.findings.map(({ code }) => code)).toEqual(['data_not_taken']);
  });

  it('the newest layout: a tree, JSON in JSON, three databases and sessions', async () => {
    const store = join(root, STORE);
    const database = openNewestDatabase(join(store, 'tasks.sqlite'));
    const insert = database.prepare(
      'INSERT INTO tasks VALUES (?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    const at = '2025-08-01T10:00:00.000001';
    const add = (id: string, up: string | null, type: string, status: string, more: object) =>
      insert.run(
        ...([id, up, type, status, `Do ${id}`, null] as const),
        ...([JSON.stringify(JSON.stringify(more)), at, at] as const),
        status === 'completed' ? '2025-08-02T10:00:00' : null,
      );
    add('root', null, 'breakdown', 'pending', { complexity: 'moderate' });
    add('one', 'root', 'standard', 'completed', { specialist_type: 'coder' });
    add('two', 'root', 'testing', 'in_progress', { dependencies: ['one', 'lone'] });
    add('lone', null, 'standard', 'cancelled', { estimated_effort: '1 h' });
    add('top', null, 'standard', 'pending', {});
    add('below', 'top', 'standard', 'pending', {});
    database.exec(
      `INSERT INTO task_artifacts VALUES ('x', 'one', 'code', 'a.ts', 'text', NULL, '')`,
    );
    database.close();
    openNewestDatabase(join(store, 'task_orchestrator.db')).close();
    writeFileSync(join(store, 'session_session_0a0b0c0d_1754040000.json'), '{}');
    const reading = await read();
    expect(reading.plans.map(({ planId, tasks }) => [planId, tasks.map((t) => t.taskId)])).toEqual([
      ['root', ['one', 'two']],
      ['unplanned', ['lone']],
      ['top', ['top', 'below']],
    ]);
    expect(taskOf(reading, 'root', 'one')).toMatchObject({
      ...{ specialist: 'coder', completedAtMs: Date.UTC(2025, 7, 2, 10) },
      artifacts: [{ kind: 'text', reference: 'a.ts', text: 'text' }],
    });
    expect(taskOf(reading, 'root', 'two').dependencies).toEqual(['one']);
    expect(taskOf(reading, 'top', 'top').dependencies).toEqual(['below']);
    expect(taskOf(reading, 'unplanned', 'lone')).toMatchObject({ status: 'cancelled' });
    const codes = reading.findings.map(({ code }) => code);
    expect(codes).toContain('dependency_across_plans');
    expect(codes).toContain('data_not_taken');
  });

  it('Task Master: a plan for each tag, subtasks by number, parents behind them', async () => {
    copy('task-master');
    const reading = await read();
    const id = 'task-master_master';
    expect(reading.plans.map(({ planId }) => planId)).toEqual([id, 'task-master_feature/x']);
    const edges = planOf(reading, id).tasks.map((task) => [task.taskId, task.dependencies]);
    expect(Object.fromEntries(edges)).toEqual({
      ...{ 1: [], 2: ['1', '2.1', '2.2', '2.3'], 3: ['2'], 4: [], 5: ['4'] },
      ...{ 2.1: ['1'], 2.2: ['2.1', '1'], 2.3: ['2.2', '1'] },
    });
    expect(planOf(reading, id).tasks.map(({ status }) => status)).toEqual([
      ...['completed', 'completed', 'queued', 'queued', 'queued', 'waiting'],
      ...['cancelled', 'waiting'],
    ]);
    expect(taskOf(reading, id, '1')).toMatchObject({
      ...{ description: 'The repository\n\ngit init', criteria: ['It builds'], priority: 'P1' },
    });
    expect(taskOf(reading, id, '3').fields).toEqual({ category: 'research' });
    expect(codesOf(reading, null)).toEqual(['record_not_taken']);
  });

  it('Task Master before it had tags', async () => {
    copy('task-master-older');
    const [plan] = (await read()).plans;
    expect(plan).toMatchObject({ title: 'Old', tasks: [{ taskId: '1' }, { dependencies: ['1'] }] });
  });

  it('Backlog.md: front matter, sections, folders', async () => {
    copy('backlog');
    const reading = await read();
    expect(planOf(reading, 'backlog').title).toBe('Shop');
    const task = (id: string) => taskOf(reading, 'backlog', id);
    expect(task('task-2')).toMatchObject({
      ...{ status: 'queued', priority: 'P1', labels: ['web', 'shop'] },
      criteria: ['A card can be used', 'The total is right'],
      dependencies: ['task-1', 'TASK-2.01'],
      description: 'Let people pay.\n\n## implementation plan\n\n1. Form\n2. Service',
      fields: { assignee: '@somebody' },
    });
    expect(task('task-1')).toMatchObject({
      ...{ status: 'completed', result: 'It shows things.' },
      completedAtMs: Date.UTC(2025, 5, 1, 18),
    });
    expect(task('task-3').archived).not.toBe(null);
    expect(reading.findings.map(({ code }) => code).toSorted()).toEqual([
      ...['file_unreadable', 'record_not_taken', 'status_running'],
    ]);
  });

  it('beads: a line an issue, links that block and links that tell', async () => {
    copy('beads');
    const reading = await read();
    expect(taskOf(reading, 'beads', 'bd-a1b2').dependencies).toEqual(['bd-a1b2.1']);
    expect(taskOf(reading, 'beads', 'bd-a1b2.1')).toMatchObject({
      ...{ status: 'completed', result: 'Merged', priority: 'P1', effort: '90 minutes' },
      ...{ labels: ['core'], criteria: ['It works', 'It is tested'] },
      createdAtMs: Date.UTC(2025, 9, 1, 17, 1, 0, 123),
    });
    expect(taskOf(reading, 'beads', 'bd-c3d4')).toMatchObject({
      ...{ status: 'waiting', dependencies: ['bd-a1b2.1'], priority: 'P4' },
      fields: { design: 'As drawn', links: 'discovered-from bd-a1b2' },
    });
    const left = reading.findings.filter(({ code }) => code === 'record_not_taken');
    expect(left.map(({ place }) => place.split(':').at(-1))).toEqual(['4', '5']);
  });

  it('shrimp: one list, dependencies as objects', async () => {
    copy('shrimp');
    const [plan] = (await read()).plans;
    const [first, second] = plan?.tasks ?? [];
    expect(first).toMatchObject({ status: 'completed', result: 'Read it' });
    expect(second).toMatchObject({
      ...{ status: 'queued', dependencies: [first?.taskId] },
      description: 'Write it\n\nUse a stream\n\nMind the encoding',
      fields: { analysisResult: 'It can be done', relatedFiles: expect.any(String) },
    });
  });

  it('a place that holds nothing of it is refused with what was looked for', async () => {
    writeFileSync(join(root, 'tasks.json'), '{"tasks":[{"what":"else"}]}');
    for (const place of [root, join(root, 'tasks.json'), join(root, 'none')]) {
      await expect(findSources(world.files, place)).rejects.toMatchObject({
        ...{ code: 'import_source_unknown' },
        message: expect.stringContaining('.beads'),
        details: { lookedFor: expect.arrayContaining([expect.stringContaining('.beads')]) },
      });
    }
  });

  it('a store that is spoilt is named, and not passed over', async () => {
    const store = join(root, '.taskmaster/tasks/tasks.json');
    mkdirSync(dirname(store), { recursive: true });
    writeFileSync(store, '{"master":{');
    for (const place of [root, store]) {
      await expect(findSources(world.files, place)).rejects.toMatchObject({
        ...{ code: 'import_source_unreadable', details: { path: store } },
        message: expect.stringContaining('no JSON'),
      });
    }
  });
});
