import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeForeignQueue, makeOlder } from '../support/stores/store-fixtures.ts';
import { CliProject, listOf } from './cli-project.ts';

let project: CliProject;
beforeEach(() => {
  project = new CliProject(listOf(['A'], ['B'], ['C', 'P2', 'A'], ['D', 'P3', 'C'], ['E'], ['F']));
  project.write('.pawl/.gitignore', '*\n');
});
afterEach(() => project.remove());

describe('a database of the older task orchestrator in the place of ours', () => {
  it('is refused by every command, with a true remedy, and left as it is', async () => {
    makeOlder(project.database);
    const beside = () => readdirSync(project.path('.pawl')).filter((name) => /^pawl/.test(name));
    const before = readFileSync(project.database);
    for (const command of [['status'], ['run', 'tasks.md'], ['load', 'tasks.md'], ['list']]) {
      const { code, err } = await project.pawl(...command);
      expect({ code, err }).toEqual({
        code: 3,
        err:
          'pawl: store_older: the file is a database of an older task orchestrator\n' +
          '  This Pawl cannot import it and leaves it as it is: keep it elsewhere.\n',
      });
    }
    expect((await project.pawl('doctor')).out).toContain('older task orchestrator');
    expect(readFileSync(project.database)).toEqual(before);
    expect(beside()).toEqual(['pawl.db']);
  });
});

describe('a queue that another program wrote', () => {
  const adopted = (): void => {
    const here = `SET task_list_path = '${project.list}' WHERE task_list_path = '/lists/a.md'`;
    makeForeignQueue(
      project.database,
      `UPDATE task_queue ${here}; UPDATE executor_state ${here}; DELETE FROM task_queue
       WHERE task_list_path = '/lists/b.md'; UPDATE executor_state SET status = 'stopped';`,
    );
  };

  it('is there at once, and in order', async () => {
    adopted();
    const { code, data } = await project.json('status');
    expect(code).toBe(0);
    expect(data.lists).toMatchObject([{ list: project.list, total: 6 }]);
    const doctor = await project.pawl('doctor');
    expect(doctor, doctor.out).toMatchObject({ code: 0 });
    expect(doctor.out).toContain('every task equals the fold of its events');
    expect(project.log().map(({ event }) => event)).toContain('schema.migrated');
  });

  it('is worked through by a run of its list; what was completed is not done again', async () => {
    adopted();
    const end = await project.run().end();
    expect(end.code, end.err).toBe(1);
    const { A, B, C, D, E, F } = project.statuses();
    expect({ A, B, C, D, E, F }).toEqual({
      ...{ A: 'completed', B: 'failed', C: 'completed', D: 'completed' },
      ...{ E: 'skipped', F: 'completed' },
    });
    const starts = project.runs().filter((line) => line.startsWith('start'));
    expect(starts.map((line) => line.split(' ')[1]).toSorted()).toEqual(['C', 'D', 'F']);
  });
});
