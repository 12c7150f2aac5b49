import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { traceOf } from '../support/folder-trace.ts';
import {
  olderPlan,
  olderSubtask,
  openOlderDatabase,
  saveSubtask,
} from '../support/older-stores.ts';
import { CliProject, type JsonAnswer } from './cli-project.ts';

const TRAPS = fileURLToPath(new URL('../fixtures/importing/traps/', import.meta.url));
const PLAN = olderPlan('task_00000001', [
  olderSubtask('draw_1', {
    status: 'completed',
    results: 'Drawn',
    completed_at: '2025-05-28T10:00',
  }),
  olderSubtask('build_1', { dependencies: ['draw_1'], status: 'active' }),
]);

const DATABASE = '.task_orchestrator/task_orchestrator.db';

describe('pawl import', () => {
  let project: CliProject;
  beforeEach(() => {
    project = new CliProject('');
    cpSync(TRAPS, project.root, { recursive: true });
    const path = project.path(DATABASE);
    openOlderDatabase(path, '1.8.0', [PLAN]).close();
  });
  afterEach(() => project.remove());

  const sourceOf = ({ data }: JsonAnswer) => data.sources[0];

  it('says what it would do, and does nothing', async () => {
    const before = traceOf(project.root);
    const dry = await project.json('import', '--dry-run');
    expect(dry).toMatchObject({ code: 5, kind: 'import', data: { dryRun: true } });
    const { counts } = sourceOf(dry);
    expect(counts).toMatchObject({ added: counts.read, verified: 0 });
    expect(existsSync(project.path('.pawl'))).toBe(false);
    expect(traceOf(project.root)).toEqual(before);
    const taken = await project.json('import');
    expect(sourceOf(taken).counts).toMatchObject({ added: counts.read, verified: counts.read });
    expect((await project.pawl('import', '--dry-run')).code).toBe(0);
  });

  it('reports every repair and conflict with place and remedy, and leaves the source', async () => {
    const before = traceOf(project.root);
    const taken = await project.json('import');
    expect(taken.code).toBe(0);
    const { findings, artifacts, counts } = sourceOf(taken);
    const codes = new Set(findings.map(({ code }: { code: string }) => code));
    for (const code of ['file_torn', 'file_unreadable', 'plan_in_both', 'state_conflict']) {
      expect(codes).toContain(code);
    }
    for (const code of ['dependency_missing', 'dependency_cycle', 'id_duplicate']) {
      expect(codes).toContain(code);
    }
    for (const { place, remedy, message } of findings) {
      expect([place, remedy, message].filter((text) => text === '')).toEqual([]);
    }
    expect(artifacts).toEqual({ found: 7, stored: 7, gone: 3 });
    const lines = await project.pawl('import');
    expect(lines.out).toContain(`${counts.read} tasks in 6 plans: 0 added, 0 updated`);
    expect(lines.out).toMatch(/warning\[file_torn\]: .*\n {2}--> .*\.tmp\n {2}= /);
    expect(traceOf(project.root)).toEqual(before);
  });

  it('repeated, follows what changed there, doubles nothing, keeps what is ours', async () => {
    const { added } = sourceOf(await project.json('import')).counts;
    const rows = () => project.rows('SELECT count(*) AS n FROM task_queue')[0]?.['n'];
    expect(rows()).toBe(added);
    expect(sourceOf(await project.json('import')).counts).toMatchObject({
      ...{ added: 0, updated: 0, same: added },
    });
    expect((await project.pawl('skip', 'build_1', '--reason', 'ours')).code).toBe(0);
    const open = new DatabaseSync(project.path(DATABASE));
    for (const id of ['build_1', 'draw_1']) {
      const results = 'Done over there';
      const done = { status: 'completed', results, completed_at: '2025-05-29T10:00:00' };
      saveSubtask(open, '1.8.0', PLAN, { ...olderSubtask(id), ...done });
    }
    open.close();
    for (const changes of [1, 0]) {
      const again = sourceOf(await project.json('import'));
      expect(again.counts).toMatchObject({ added: 0, updated: changes, kept: 1 });
      expect(again.findings).toContainEqual(
        expect.objectContaining({ code: 'local_change_kept', taskId: 'build_1' }),
      );
    }
    expect(rows()).toBe(added);
    expect(project.statuses('breakdown:task_00000001')).toEqual({
      ...{ draw_1: 'completed', build_1: 'skipped' },
    });
    expect((await project.json('doctor')).code).toBe(0);
  });

  it('killed at any moment, goes on where it was', async () => {
    const before = traceOf(join(project.root, '.task_orchestrator'));
    for (const afterMs of [150, 250, 350]) {
      const begun = project.start(['import']);
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      await begun.kill();
    }
    const taken = sourceOf(await project.json('import'));
    expect(taken.counts.verified).toBe(taken.counts.read);
    expect(project.rows('SELECT count(*) AS n FROM task_queue')[0]?.['n']).toBe(taken.counts.read);
    expect(traceOf(join(project.root, '.task_orchestrator'))).toEqual(before);
  });

  it('refuses a place that holds nothing, with what it looked for', async () => {
    const refused = await project.json('import', 'hold');
    expect(refused.code).toBe(2);
    expect(JSON.parse(refused.err)).toMatchObject({
      data: { code: 'import_source_unknown', details: { lookedFor: expect.any(Array) } },
    });
    expect((await project.pawl('import', '--watch', '--dry-run')).code).toBe(2);
  });
});
