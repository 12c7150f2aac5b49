import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PAWL_SCHEMA } from '../../src/schema/store-schema.ts';
import { until } from '../chaos/pawl-process.ts';
import { CliProject, listOf } from '../e2e/cli-project.ts';
import { BUILT_PAWL } from '../support/built-pawl.ts';
import { APART_PAWL, NEXT_GENERATION, NEXT_PAWL, UNGUARDED_PAWL } from './built-releases.ts';

let project: CliProject;
beforeEach(() => {
  project = new CliProject(listOf(['A'], ['B'], ['C', 'P2', 'A'], ['D', 'P3', 'B']));
});
afterEach(() => project.remove());

/** A command of another release in the same project. */
async function by<T>(script: string, command: () => Promise<T>): Promise<T> {
  project.pawlScript = script;
  try {
    return await command();
  } finally {
    project.pawlScript = BUILT_PAWL;
  }
}

const runHeld = async () => {
  project.hold('A', 'B');
  const run = project.run('--concurrency', '2');
  await project.agentsBegun('A', 'B');
  return run;
};
const meta = () => project.rows('SELECT generation, min_writer FROM store_meta')[0];
const history = () => project.rows('SELECT status, class FROM migration_history ORDER BY id');
const everyTaskOnce = (): void => {
  const starts = project.runs().filter((line) => line.startsWith('start'));
  expect(starts.toSorted()).toEqual(['start A 1', 'start B 1', 'start C 1', 'start D 1']);
  const charged = 'SELECT 1 FROM task_queue WHERE attempts <> 1 OR crash_count > 0';
  expect(project.rows(charged)).toEqual([]);
  expect(new Set(Object.values(project.statuses()))).toEqual(new Set(['completed']));
};
const faults = async (): Promise<unknown> => {
  const { data } = await project.json('doctor');
  return data.checks.filter(({ severity }: { severity: string }) => severity === 'fault');
};

describe('a newer Pawl that starts during a run', () => {
  it('is no error to the run, which loses no outcome and goes on', async () => {
    const run = await runHeld();
    const upgraded = await by(NEXT_PAWL, () => project.pawl('status'));
    expect(upgraded, upgraded.err).toMatchObject({ code: 0, err: '' });
    const brought = { generation: NEXT_GENERATION, min_writer: PAWL_SCHEMA.minWriter };
    expect(meta()).toEqual(brought);
    project.release('A', 'B');
    const end = await run.end();
    expect(end, end.err).toMatchObject({ code: 0, err: '' });
    everyTaskOnce();
    expect(project.log().filter(({ level }) => level === 'error')).toEqual([]);
    // This Pawl starts again: nothing goes backwards.
    expect(await project.pawl('status')).toMatchObject({ code: 0, err: '' });
    expect(await faults()).toEqual([]);
    expect(await project.pawl('requeue', 'D', '--yes')).toMatchObject({ code: 0 });
    expect(await project.run().end()).toMatchObject({ code: 0 });
    expect(meta()).toEqual(brought);
    expect(history()).toEqual([
      { status: 'applied', class: 'additive' },
      { status: 'applied', class: 'additive' },
    ]);
    expect(project.rows('SELECT mood FROM task_queue')).toHaveLength(4);
    expect(project.rows("SELECT 1 FROM instances WHERE room <> 'here'")).toEqual([]);
    expect(await by(NEXT_PAWL, faults)).toEqual([]);
  });

  it('and lets no older one write stops the run; the agents go on and are adopted', async () => {
    const run = await runHeld();
    expect(await by(APART_PAWL, () => project.pawl('status'))).toMatchObject({ code: 0 });
    project.release('A');
    const end = await run.end();
    expect(end).toMatchObject({ code: 3 });
    expect(end.err).toMatch(/store_version.*newer Pawl/);
    const ours = `generation ${NEXT_GENERATION} or newer may read it`;
    for (const command of ['status', 'work']) {
      const refused = await project.pawl(command);
      expect(refused).toMatchObject({ code: 3, out: '', err: expect.stringContaining(ours) });
      expect(refused.err).toContain('Use the newer Pawl');
    }
    expect(project.statuses()).toMatchObject({ A: 'running', B: 'running', C: 'queued' });
    await by(APART_PAWL, async () => {
      const next = project.run();
      await until('A is accepted', () => project.statuses()['A'] === 'completed');
      project.release('B');
      expect(await next.end()).toMatchObject({ code: 0 });
      everyTaskOnce();
      expect(await faults()).toEqual([]);
    });
  });

  it('control: without the floor the old process writes into the new schema', async () => {
    project.pawlScript = UNGUARDED_PAWL;
    const run = await runHeld();
    expect(await by(NEXT_PAWL, () => project.pawl('status'))).toMatchObject({ code: 0 });
    project.change(`UPDATE store_meta SET min_writer = ${NEXT_GENERATION}`);
    project.release('A', 'B');
    expect(await run.end()).toMatchObject({ code: 0 });
    everyTaskOnce();
  });
});
