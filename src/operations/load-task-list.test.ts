import { existsSync, renameSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { pause } from '../world/timers.ts';
import { loadTaskList } from './load-task-list.ts';

const HEAD = '# L\n\n- [ ] A-1: one\n';
const REST = '- [ ] A-2: two\n- [ ] A-3: three\n';
const LIST = `${HEAD}${REST}`;
const EDITOR_PAUSE_MS = 100;

describe('loading a list', () => {
  let project: ScratchProject;
  beforeEach(async () => {
    project = await openScratchProject(LIST);
    await project.load();
  });
  afterEach(() => project.close());

  const load = () => loadTaskList(project, { path: project.listPath });

  describe('a list that an editor has half saved', () => {
    const halves: readonly [string, () => void][] = [
      ['cut between two tasks', () => project.write(HEAD)],
      ['cut within a task', () => project.write(LIST.slice(0, -3))],
      ['empty', () => project.write('')],
      [
        'cut within a character',
        () => writeFileSync(project.listPath, Buffer.from(`${HEAD}- [ ] A-2: ä`).subarray(0, -1)),
      ],
      ['gone', () => renameSync(project.listPath, `${project.listPath}~`)],
    ];

    it.each(halves)('%s is waited over, and nothing is taken for removed', async (_, halve) => {
      halve();
      const loading = load();
      await pause(project.world.timers, EDITOR_PAUSE_MS);
      project.write(`${LIST}- [ ] A-4: four\n`);
      expect(await loading).toMatchObject({ added: 1, updated: 0, archived: 0 });
    });

    it('is taken as it is when its last change is some time ago', async () => {
      project.write(HEAD);
      project.advance(10_000);
      expect(await load()).toMatchObject({ archived: 2 });
    });

    it('is taken as it is when it stays so', async () => {
      project.write(HEAD);
      expect(await load()).toMatchObject({ archived: 2 });
      unlinkSync(project.listPath);
      await expect(load()).rejects.toMatchObject({
        code: 'list_unreadable',
        message: expect.stringMatching(
          /is gone.*`pawl load NEWFILE`.*`pawl rename-list \S+ NEWFILE`/,
        ),
      });
    });

    it('is not waited for when a command changed a task in it', async () => {
      project.write(LIST.replace('two', 'zwei'));
      const timers = {
        ...project.world.timers,
        after: (delayMs: number, task: () => void) => {
          if (delayMs < 1_000) waits.push(delayMs);
          return project.world.timers.after(delayMs, task);
        },
      };
      const waits: number[] = [];
      const ctx = { ...project, world: { ...project.world, timers } };
      await loadTaskList(ctx, { path: project.listPath, edited: true });
      expect(waits).toEqual([]);
      project.write(LIST.replace('two', 'deux'));
      await loadTaskList(ctx, { path: project.listPath });
      expect(waits.length).toBeGreaterThan(1);
    });
  });

  describe('a list that goes on under another path', () => {
    it('takes the file with its marks along', async () => {
      project.write('- [x] A-1: one (completed)\n', `${project.listPath}.pawl-status`);
      const moved = join(project.root, 'plan.md');
      renameSync(project.listPath, moved);
      utimesSync(moved, 0, 0);
      await loadTaskList(project, { path: moved });
      expect(existsSync(`${project.listPath}.pawl-status`)).toBe(false);
      expect(project.read(`${moved}.pawl-status`)).toContain('A-1');
    });

    it('and where there is none, nothing is said', async () => {
      renameSync(project.listPath, join(project.root, 'plan.md'));
      await loadTaskList(project, { path: join(project.root, 'plan.md') });
      expect(project.logged.filter(({ level }) => level !== 'info')).toEqual([]);
    });
  });
});
