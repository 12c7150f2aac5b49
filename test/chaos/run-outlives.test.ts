import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { ClientProject } from '../support/client-project.ts';
import { programOf } from './built-chaos.ts';
import { PawlProcess, until } from './pawl-process.ts';

const STARTS_RUN = programOf('starts-run');

const projects: ClientProject[] = [];
afterEach(async () => {
  for (const project of projects.splice(0)) await project.remove();
});

it('a run that a client asked for goes on when the process that it asked is killed', async () => {
  const project = new ClientProject([
    ...['| A | Do A |  | [ ] |', '| B | Do B | A | [ ] |', '| C | Do C |  | [ ] |'],
  ]);
  projects.push(project);
  const agentCommand = ['/bin/sh', '-c', 'while ! test -e go; do sleep 0.05; done'];
  writeFileSync(join(project.root, '.pawl', 'config.json'), JSON.stringify({ agentCommand }));
  const server = await project.serve();
  const listId = await project.load(server);
  const asked = new PawlProcess(STARTS_RUN, [project.root, project.list], {
    ...{ cwd: project.root, env: {} },
  });
  await until('the answers of both calls', () => asked.over || asked.said.includes('\n'), 60_000);
  const answers = JSON.parse(asked.said) as readonly { readonly kind: string }[];
  expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['elsewhere', 'started']);
  await asked.kill();
  writeFileSync(join(project.root, 'go'), '');
  const { store } = server.workspace;
  let completed = 0;
  let executors = 1;
  const look = async (): Promise<void> => {
    completed = (await store.list(listId))?.counts.completed ?? 0;
    executors = (await store.instances()).filter(({ kind }) => kind === 'executor').length;
  };
  for (let round = 0; round < 600 && (completed < 3 || executors > 0); round += 1) {
    await look();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect({ completed, executors }).toEqual({ completed: 3, executors: 0 });
});
