import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { CliProject, listOf } from './cli-project.ts';

const LIST = 'breakdown:task_1';

describe('a breakdown on the command line', () => {
  let project: CliProject;
  beforeEach(async () => {
    project = new CliProject(listOf(['A']));
    expect((await project.pawl('load', 'tasks.md')).code).toBe(0);
    await inStore((store) =>
      store.enqueueBreakdown({
        source: 'plan',
        sessionId: null,
        plan: {
          parentTaskId: 'task_1',
          description: 'Build X',
          subtasks: [
            { taskId: 'S1', title: 'Design it', description: 'at length', acceptance: ['it is'] },
            { taskId: 'S2', title: 'Build it', dependencies: ['S1'], specialistType: 'tester' },
            { taskId: 'S3', title: 'Show it', verify: ['test', '-e', 'shown'] },
          ],
        },
      }),
    );
  });
  afterEach(() => project.remove());

  const inStore = async (work: (store: Store) => Promise<unknown>): Promise<void> => {
    const store = await openSqliteStore({ world: createRealWorld(), path: project.database });
    try {
      await work(store);
    } finally {
      await store.close();
    }
  };

  const run = (list: string, ...more: readonly string[]) =>
    project.start(['run', list, ...more, '--agent-command', 'sh agent.sh']).end();

  it('is run by its path or its parent id, with nothing but its own words', async () => {
    project.write('shown', '');
    project.write('prompt.sh', 'cat "$1" >>prompts.log\nsh agent.sh');
    const agent = ['--agent-command', 'sh prompt.sh {prompt_file}'];
    const first = await project.start(['run', 'task_1', ...agent]).end();
    expect(first.err).toBe('');
    expect(first.code).toBe(0);
    expect(project.statuses(LIST)).toEqual({ S1: 'completed', S2: 'completed', S3: 'completed' });
    expect(project.statuses()).toEqual({ A: 'queued' });
    const prompts = project.read('prompts.log');
    for (const text of [
      ...['# Task S1: Design it', 'at length', '- it is', '# Task S2\n'],
      ...['## Your role', 'S1 (Design it)', 'test -e shown'],
    ]) {
      expect(prompts).toContain(text);
    }
    const again = await run(LIST);
    expect(again.code).toBe(0);
    expect(project.runs()).toHaveLength(6);
    expect(readdirSync(project.root).filter((name) => name.includes('status'))).toEqual([]);
  });

  it('goes on after kill -9, and its failures are told and tried again', async () => {
    project.hold('S1');
    const killed = project.start(['run', LIST, '--agent-command', 'sh agent.sh']);
    await project.agentsBegun('S1');
    await killed.kill();
    project.release('S1');
    const { code, out } = await run(LIST, '--retries', '0');
    expect(code).toBe(1);
    expect(out).toContain('S3');
    expect(out).toContain(`pawl run ${LIST}`);
    expect(project.runs().filter((line) => line.startsWith('start S1'))).toHaveLength(1);
    project.write('shown', '');
    expect((await project.pawl('retry', 'S3')).code).toBe(0);
    expect((await run(LIST)).code).toBe(0);
  });

  it('is shown by every command that looks', async () => {
    const status = await project.json('status', LIST);
    expect(status.data.lists).toMatchObject([{ list: LIST, title: 'Build X', ready: 2 }]);
    const list = await project.pawl('list', 'task_1');
    expect(list.out).toContain('Design it');
    expect(list.out).not.toContain('at length');
    const why = await project.pawl('why', 'S2');
    expect(why.out).toMatch(/S1/);
    const show = await project.json('show', 'S1', LIST);
    expect(show.data.task).toMatchObject({ title: 'Design it', criteria: ['it is'] });
    const plan = await project.json('run', LIST, '--dry-run');
    expect(plan.data.starts.map((one: { taskId: string }) => one.taskId)).toEqual([
      ...['S1', 'S2', 'S3'],
    ]);
    const graph = await project.pawl('graph', LIST);
    expect(graph).toMatchObject({ code: 0 });
    expect(graph.out).toContain('S2');
    const doctor = await project.json('doctor');
    const checks = doctor.data.checks as readonly { name: string; ok: boolean }[];
    expect(checks.filter(({ name }) => name === `list ${LIST}`)).toMatchObject([{ ok: true }]);
    expect(checks.filter(({ name }) => name === 'audit')).toMatchObject([{ ok: true }]);
    for (const verb of ['pause', 'resume', 'stop']) {
      expect((await project.pawl(verb, LIST)).code).toBe(0);
    }
  });

  it('is refused where a file is needed, and nothing changes', async () => {
    const before = project.rows('SELECT * FROM task_events');
    for (const command of [
      ...[
        ['load', LIST],
        ['load', 'task_1'],
        ['sync', LIST],
        ['check', LIST],
      ],
      ...[
        ['check', 'task_1'],
        ['sync', LIST, '--dry-run'],
        ['add', 'More', LIST],
      ],
      ['rename-list', LIST, 'tasks.md'],
    ]) {
      const { code, err } = await project.pawl(...command, '--json');
      expect([command, code]).toEqual([command, 2]);
      expect(JSON.parse(err.trim())).toMatchObject({ data: { code: 'list_has_no_file' } });
    }
    const unknown = await project.json('run', 'breakdown:none');
    expect(JSON.parse(unknown.err)).toMatchObject({ data: { code: 'breakdown_not_found' } });
    await inStore((store) => store.archiveBreakdown({ parentTaskId: 'task_1', reason: 'x' }));
    const archived = await project.json('run', LIST);
    expect(JSON.parse(archived.err)).toMatchObject({ data: { code: 'breakdown_archived' } });
    expect(project.runs()).toEqual([]);
    expect(project.rows('SELECT * FROM task_events').slice(0, before.length)).toEqual(before);
  });

  it('comes back from the newest backup; without one, it is said to be lost', async () => {
    const damage = (): void => {
      for (const end of ['-wal', '-shm']) rmSync(`${project.database}${end}`, { force: true });
      writeFileSync(project.database, 'no database');
    };
    const copy = project.path('copy.db');
    expect((await project.pawl('backup', copy)).code).toBe(0);
    damage();
    const lost = await project.json('run', LIST, '--agent-command', 'true');
    expect(lost.err).toContain('breakdown_not_found');
    expect(lost.err).toMatch(/stands in no file/);
    mkdirSync(project.path('.pawl/backups'), { recursive: true });
    copyFileSync(copy, project.path(`.pawl/backups/pawl-${Date.now()}.db`));
    damage();
    project.write('shown', '');
    const found = await run(LIST);
    expect(found.err).toContain('breakdowns are as that backup had them');
    expect(found.code).toBe(0);
    expect(project.statuses(LIST)).toMatchObject({ S1: 'completed', S3: 'completed' });
  });
});
