import { afterEach, expect, it } from 'vitest';
import { testDepth } from '../support/test-depth.ts';
import { ChaosProject, randomTasks } from './chaos-project.ts';
import { killStorm, RUN_CHECKPOINTS } from './kill-storm.ts';
import { SeededRandom } from './seeded-random.ts';
import { attemptDamage, damageOf } from './verdict.ts';

let project: ChaosProject | undefined;

afterEach(async () => {
  await project?.remove();
});

const counts = testDepth.pick({
  reduced: { tasks: 40, failing: 3, perPoint: 1, atRandom: 14, crowded: 8 },
  full: { tasks: 200, failing: 20, perPoint: 21, atRandom: 80, crowded: 100 },
});

it('a list is completed, each task once, whatever moment its run is killed at', async () => {
  const random = new SeededRandom(testDepth.seed);
  project = new ChaosProject(randomTasks(counts.tasks, random, 0.9));
  for (let n = 0; n < counts.failing; n += 1) project.failOnce(random.pick(project.tasks).id);

  const report = await killStorm(project, counts, random);
  const last = await project.run().end();
  console.log(
    `  ${report.total} kills, ${report.crowded} of them with two or more living agents; ` +
      [...report.kills].map(([point, times]) => `${point} ${times}`).join(', '),
  );

  expect(last).toMatchObject({ code: 0, err: '' });
  expect(await damageOf(project)).toEqual([]);
  expect(attemptDamage(project)).toEqual([]);
  await project.nothingLeft();
  for (const point of RUN_CHECKPOINTS) {
    expect(report.kills.get(point) ?? 0, point).toBeGreaterThanOrEqual(counts.perPoint);
  }
  expect(report.total).toBeGreaterThanOrEqual(
    counts.perPoint * RUN_CHECKPOINTS.length + counts.atRandom,
  );
  expect(report.crowded).toBeGreaterThanOrEqual(counts.crowded);
});
