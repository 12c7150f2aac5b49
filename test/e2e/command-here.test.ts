import { afterEach, beforeEach, expect, it } from 'vitest';
import { CliProject, listOf } from './cli-project.ts';

let project: CliProject;
beforeEach(async () => {
  project = new CliProject(listOf(['A'], ['B', 'P2', 'A']));
  await project.pawl('load', 'tasks.md');
});
afterEach(() => project.remove());

it.each([
  [['status'], 0],
  [['why', 'B', '--json'], 0],
  [['check', 'tasks.md'], 0],
  [['sync', 'tasks.md', '--dry-run'], 0],
  [['show', 'X'], 1],
  [['--version'], 0],
  [['stauts'], 2],
  [['requeue', 'A', '--json'], 3],
])('%j is answered here as it is by a process of its own', async (args, code) => {
  const before = [process.cwd(), { ...process.env }];
  const here = await project.pawl(...args);
  expect([process.cwd(), { ...process.env }]).toEqual(before);
  const { signal, ...apart } = await project.start(args).end();
  expect(here).toEqual(apart);
  expect([signal, here.code]).toEqual([null, code]);
});

it('of two commands at once one is to be a process', async () => {
  const first = project.pawl('status');
  await expect(project.pawl('list')).rejects.toThrow('start a process');
  expect(await first).toMatchObject({ code: 0 });
});
