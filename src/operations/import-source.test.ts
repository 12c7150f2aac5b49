import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { traceOf } from '../../test/support/folder-trace.ts';
import {
  OLDER_RELEASES,
  olderPlan,
  olderSubtask,
  openOlderDatabase,
  saveSubtask,
  writePlanFile,
} from '../../test/support/older-stores.ts';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { importSource } from './import-source.ts';

describe('importing', () => {
  let project: ScratchProject;
  beforeEach(async () => {
    project = await openScratchProject();
  });
  afterEach(() => project.close());

  const run = (place = project.root, dryRun = false) =>
    importSource(project, { place, dryRun, scratchDir: join(project.stateDir, 'importing') });
  const source = async (place?: string) => {
    const report = await run(place);
    expect(report.sources).toHaveLength(1);
    return report.sources[0] as (typeof report.sources)[number];
  };
  const database = () => join(project.root, '.task_orchestrator/task_orchestrator.db');

  const plan = () =>
    olderPlan('task_1a2b3c4d', [
      olderSubtask('architect_a1b2c3', {
        specialist_type: 'architect',
        status: 'completed',
        results: 'done',
        completed_at: '2025-05-27T10:10:00.123456',
      }),
      olderSubtask('implementer_d4e5f6', { dependencies: ['architect_a1b2c3'], status: 'active' }),
      olderSubtask('tester_0a0b0c', { dependencies: ['implementer_d4e5f6'], status: 'failed' }),
      olderSubtask('reviewer_0a0b0d', { status: 'blocked' }),
    ]);

  for (const release of OLDER_RELEASES) {
    it(`takes over a database of v${release}, and leaves it as it is`, async () => {
      const open = openOlderDatabase(database(), release, [plan()]);
      try {
        const before = traceOf(project.root);
        const report = await source();
        expect(report.counts).toMatchObject({ read: 4, added: 4, verified: 4 });
        expect(await project.task('architect_a1b2c3')).toMatchObject({ status: 'completed' });
        expect(await project.task('implementer_d4e5f6')).toMatchObject({
          status: 'queued',
          pendingDeps: 0,
        });
        expect(await project.task('tester_0a0b0c')).toMatchObject({ status: 'waiting' });
        expect((await source()).counts).toMatchObject({ read: 4, added: 0, updated: 0, same: 4 });
        expect(traceOf(project.root)).toEqual(before);
        expect(await project.store.audit()).toEqual([]);
        const done = { ...plan().subtasks[1], status: 'completed', results: 'it works' };
        saveSubtask(open, release, plan(), {
          ...olderSubtask('implementer_d4e5f6'),
          ...done,
          completed_at: '2025-05-28T10:10:00',
        });
        expect((await source()).counts).toMatchObject({ updated: 1, same: 3 });
        expect(await project.task('implementer_d4e5f6')).toMatchObject({ status: 'completed' });
        expect(await project.store.audit()).toEqual([]);
      } finally {
        open.close();
      }
    });
  }

  it('takes over plan files', async () => {
    writePlanFile(project.root, plan());
    mkdirSync(join(project.root, '.task_orchestrator/artifacts'), { recursive: true });
    writeFileSync(join(project.root, '.task_orchestrator/artifacts/x'), '');
    expect((await source()).counts).toMatchObject({ added: 4, verified: 4 });
  });
});
