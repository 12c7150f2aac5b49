import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChaosProject, freeTasks } from '../chaos/chaos-project.ts';
import { testDepth } from '../support/test-depth.ts';

/** Far beyond any deadline of Pawl, and far from for ever. */
const HANGS_MS = 55_000;

const READERS = [['status'], ['list'], ['show', 'T-1'], ['next'], ['why', 'T-1']] as const;
const WRITERS = [
  ['pause'],
  ['resume'],
  ['stop'],
  ['skip', 'T-1', '--reason', 'no'],
  ['cancel', 'T-1'],
  ['requeue', 'T-1', '--yes'],
  ['retry', 'T-1'],
] as const;

let project: ChaosProject;

beforeEach(async () => {
  project = new ChaosProject(freeTasks(2));
  project.pace(0);
});

afterEach(async () => {
  await project.remove();
});

describe('what never answers', () => {
  it('a FIFO as the list is refused at once', async () => {
    rmSync(project.list);
    execFileSync('mkfifo', [project.list]);
    const { code, err } = await project.run().end(HANGS_MS);
    expect(code).toBe(1);
    expect(err).toMatch(/list_not_a_file/);
  });

  it('a database that another holds for ever ends commands with deadline_exceeded', async () => {
    expect(await project.run().end()).toMatchObject({ code: 0 });
    const other = new DatabaseSync(project.database);
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE mine (a); COMMIT');
    try {
      const all = [...READERS, ...WRITERS, ['run', 'tasks.md'], ['backup', 'copy.db']];
      const some = [['status'], ['list'], ['pause'], ['run', 'tasks.md']];
      const commands = testDepth.pick({ reduced: some, full: all });
      const ends = commands.map(async (command) => {
        const { code, err } = await project.start(command).end(HANGS_MS);
        return { command: command[0], code, named: /deadline_exceeded/.test(err) || err };
      });
      for (const end of await Promise.all(ends))
        expect(end).toMatchObject({ code: 1, named: true });
    } finally {
      other.close();
    }
    expect(await project.start(['status']).end()).toMatchObject({ code: 0 });
  });

  it('a database that another writes to for ever can be read, and writing ends in time', async ({
    skip,
  }) => {
    skip(!testDepth.full, 'waits for the deadline of 30 s: in the full run');
    expect(await project.run().end()).toMatchObject({ code: 0 });
    const other = new DatabaseSync(project.database);
    other.exec('BEGIN IMMEDIATE');
    try {
      for (const command of READERS) {
        expect(await project.start(command).end(HANGS_MS), command[0]).toMatchObject({ code: 0 });
      }
      const ends = [...WRITERS, ['run', 'tasks.md']].map(async (command) => {
        const { code, err } = await project.start(command).end(HANGS_MS);
        return { command: command[0], code, named: /deadline_exceeded/.test(err) || err };
      });
      for (const end of await Promise.all(ends))
        expect(end).toMatchObject({ code: 1, named: true });
    } finally {
      other.exec('ROLLBACK');
      other.close();
    }
  });
});
