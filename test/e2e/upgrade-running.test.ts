import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PAWL_SCHEMA } from '../../src/schema/store-schema.ts';
import { PawlProcess, until } from '../chaos/pawl-process.ts';
import { CliProject, listOf } from './cli-project.ts';

const OTHER = fileURLToPath(new URL('./other-pawl.ts', import.meta.url));
const NEXT = PAWL_SCHEMA.generation + 1;

let project: CliProject;
const others: PawlProcess[] = [];
beforeEach(() => {
  project = new CliProject(listOf(['A'], ['B'], ['C', 'P2', 'A'], ['D', 'P3', 'B']));
});
afterEach(async () => {
  for (const other of others.splice(0)) await other.kill();
  await project.remove();
});

function other(release: 'newer' | 'unguarded', command: string, ...options: readonly string[]) {
  const pawl = new PawlProcess(
    OTHER,
    [release, command, project.list, ...options, '--agent-command', 'sh agent.sh'],
    { cwd: project.root, env: {} },
  );
  others.push(pawl);
  return pawl;
}

const meta = () => project.rows('SELECT fingerprint, generation, min_writer FROM store_meta')[0];
const history = () => project.rows('SELECT status, class FROM migration_history ORDER BY id');
const everyTaskOnce = (): void => {
  const starts = project.runs().filter((line) => line.startsWith('start'));
  expect(starts.toSorted()).toEqual(['start A 1', 'start B 1', 'start C 1', 'start D 1']);
};

describe('a newer Pawl that starts during a run', () => {
  it('is no error to the run, which loses no outcome and goes on', async () => {
    project.hold('A', 'B');
    const run = project.run('--concurrency', '2');
    await project.agentsBegun('A', 'B');
    const upgraded = await other('newer', 'status').end();
    expect(upgraded, upgraded.err).toMatchObject({ code: 0 });
    const brought = { fingerprint: 'of a newer release', generation: NEXT, min_writer: 1 };
    expect(meta()).toEqual(brought);
    project.release('A', 'B');
    const end = await run.end();
    expect(end, end.err).toMatchObject({ code: 0, err: '' });
    everyTaskOnce();
    expect(new Set(Object.values(project.statuses()))).toEqual(new Set(['completed']));
    expect(project.log().filter(({ level }) => level === 'error')).toEqual([]);
    // This Pawl starts again: nothing goes backwards.
    expect(await project.pawl('status')).toMatchObject({ code: 0, err: '' });
    expect(await project.pawl('requeue', 'D', '--yes')).toMatchObject({ code: 0 });
    expect(meta()).toEqual(brought);
    expect(history()).toEqual([
      { status: 'applied', class: 'additive' },
      { status: 'applied', class: 'additive' },
    ]);
    expect(project.rows('SELECT mood FROM task_queue')).toHaveLength(4);
  });

  it('and lets no older one write stops the run; the agents go on and are adopted', async () => {
    project.hold('A', 'B');
    const run = project.run('--concurrency', '2');
    await project.agentsBegun('A', 'B');
    const floor = ['--min-writer', String(NEXT)];
    expect(await other('newer', 'status', ...floor).end()).toMatchObject({ code: 0 });
    project.release('A');
    const end = await run.end();
    expect(end).toMatchObject({ code: 3 });
    expect(end.err).toMatch(/store_version.*newer Pawl/);
    expect(project.statuses()).toMatchObject({ A: 'running', B: 'running', C: 'queued' });
    // Reading is still allowed, and nothing else.
    expect(await project.pawl('list')).toMatchObject({ code: 0, err: '' });
    expect(await project.pawl('why', 'C')).toMatchObject({ code: 0, err: '' });
    expect(await project.pawl('show', 'A')).toMatchObject({ code: 0, err: '' });
    expect(await project.pawl('status')).toMatchObject({ code: 0, err: '' });
    const refused = await project.pawl('skip', 'C', '--reason', 'no');
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.err).toMatch(/store_version/);
    expect(project.statuses()).toMatchObject({ C: 'queued' });
    const next = other('newer', 'run', ...floor);
    await until('A is accepted', () => project.statuses()['A'] === 'completed');
    project.release('B');
    expect(await next.end()).toMatchObject({ code: 0 });
    everyTaskOnce();
  });

  it('control: without the floor the old process writes into the new schema', async () => {
    project.hold('A', 'B');
    expect(await project.pawl('load', 'tasks.md')).toMatchObject({ code: 0 });
    const run = other('unguarded', 'run');
    await project.agentsBegun('A', 'B');
    const floor = ['--min-writer', String(NEXT)];
    expect(await other('newer', 'status', ...floor).end()).toMatchObject({ code: 0 });
    project.release('A', 'B');
    expect(await run.end()).toMatchObject({ code: 0 });
    expect(project.statuses()).toMatchObject({ A: 'completed', D: 'completed' });
  });
});
