import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openScratchProject } from '../../test/support/scratch-project.ts';
import { testDepth } from '../../test/support/test-depth.ts';
import { importSource } from './import-source.ts';

const STATUSES = ['pending', 'active', 'completed', 'blocked', 'failed', 'archived', 'cancelled'];
const odd = fc.oneof(fc.constant(null), fc.string({ unit: 'binary', maxLength: 12 }), fc.integer());
const id = fc.oneof(fc.constantFrom('a', 'b', 'c', 'd'), odd);
const time = fc.oneof(fc.constantFrom('2025-05-27T05:00:00.123456', '2025-05-26 22:00:00'), odd);
const subtask = fc.record(
  {
    ...{ task_id: id, title: odd, description: odd, specialist_type: odd, results: odd, junk: odd },
    dependencies: fc.oneof(fc.array(id, { maxLength: 3 }), odd),
    status: fc.oneof(fc.constantFrom(...STATUSES), odd),
    artifacts: fc.oneof(fc.array(odd, { maxLength: 2 }), odd),
    ...{ created_at: time, completed_at: time },
  },
  { requiredKeys: ['title'] },
);
const stores = fc.array(fc.array(subtask, { maxLength: 6 }), { minLength: 1, maxLength: 3 });

const traceOf = (folder: string) =>
  readdirSync(folder).map((name) => {
    const path = join(folder, name);
    const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
    return [name, statSync(path).mtimeMs, hash];
  });

/** An archived task that waits for another one: its edges were left out once. */
const ARCHIVED_WAITS = [
  [
    { title: 0, dependencies: ['c'], status: 'archived' },
    { task_id: 'c', title: null },
  ],
];

it('of any store nothing is lost or doubled, and the source stays as it is', async () => {
  await fc.assert(
    fc.asyncProperty(stores, async (plans) => {
      const project = await openScratchProject();
      try {
        const folder = join(project.root, '.task_orchestrator/tasks/active');
        mkdirSync(folder, { recursive: true });
        for (const [at, subtasks] of plans.entries()) {
          const plan = { version: '1.0', parent_task_id: `task_${at}`, description: 'x', subtasks };
          writeFileSync(join(folder, `task_${at}.json`), JSON.stringify(plan));
        }
        const before = traceOf(folder);
        const scratchDir = join(project.stateDir, 'importing');
        const run = () => importSource(project, { place: project.root, scratchDir });
        const count = plans.flat().length;
        expect((await run()).sources[0]?.counts).toMatchObject({ added: count, verified: count });
        const { breakdowns } = await project.store.breakdowns({ archived: 'too' });
        expect(breakdowns).toHaveLength(plans.length);
        expect((await run()).sources[0]?.counts).toMatchObject({
          ...{ added: 0, updated: 0 },
          same: count,
        });
        expect(traceOf(folder)).toEqual(before);
        expect(await project.store.audit()).toEqual([]);
      } finally {
        await project.close();
      }
    }),
    {
      ...{ numRuns: testDepth.pick({ reduced: 40, full: 2_000 }), seed: testDepth.seed },
      examples: [[ARCHIVED_WAITS]],
    },
  );
});
