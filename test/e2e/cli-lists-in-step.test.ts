import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../chaos/pawl-process.ts';
import { CliProject, listOf } from './cli-project.ts';

let project: CliProject;

const hashOf = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex');
const codesOf = (data: { findings: readonly { code: string }[] }): readonly string[] =>
  data.findings.map((found) => found.code);

describe('pawl load', () => {
  beforeEach(() => {
    project = new CliProject(listOf(['A'], ['B', 'P1'], ['C', 'P2', 'A']));
  });
  afterEach(() => project.remove());

  it('brings the queue to the file and runs nothing', async () => {
    const { code, kind, data } = await project.json('load', 'tasks.md');
    expect([code, kind]).toEqual([0, 'load']);
    expect(data).toMatchObject({
      ...{ list: project.list, total: 3, added: 3, updated: 0, moved: 0, archived: 0 },
      findings: [],
    });
    expect(project.runs()).toEqual([]);
    expect(project.statuses()).toEqual({ A: 'queued', B: 'queued', C: 'queued' });
  });

  it('says in a line what changed, and findings with their place', async () => {
    await project.pawl('load', 'tasks.md');
    project.write('tasks.md', listOf(['B', 'P3'], ['A'], ['D', 'P2', 'X-9']));
    const { code, out } = await project.pawl('load', 'tasks.md');
    expect(code).toBe(0);
    expect(out).toContain('dangling_dependency');
    expect(out).toMatch(/tasks\.md: 1 added, 1 changed, 1 moved, 1 removed/);
    expect((await project.pawl('load', 'tasks.md')).out).toMatch(/tasks\.md: no changes/);
  });

  it('of a missing file founds no project', async () => {
    const { code, err } = await project.pawl('load', 'no-such.md', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(err)).toMatchObject({ data: { code: 'list_unreadable' } });
  });
});

describe('pawl sync', () => {
  beforeEach(() => {
    project = new CliProject('# L\n\n- [ ] A-1: one\n- [ ] A-2: two depends: A-1\n- [ ] a box\n');
  });
  afterEach(() => project.remove());

  it('--dry-run shows what would change and changes nothing, not a byte', async () => {
    await project.pawl('load', 'tasks.md');
    project.write(
      'tasks.md',
      '# L\n\n- [ ] A-3: three\n- [-] A-1: one\n- [ ] A-2: 2 depends: A-1\n',
    );
    const before = [hashOf(project.database), project.read('tasks.md')];
    const { code, out } = await project.pawl('sync', '--dry-run');
    expect(code).toBe(5);
    const lines = out.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '+ A-3  three',
        '~ A-1  one',
        '    status: queued -> skipped',
        '~ A-2  two',
        '    description: two -> 2',
        expect.stringMatching(/^- box-\w+ {2}a box$/),
        '  mark A-2 (line 5): [ ] -> [-]',
      ]),
    );
    expect([hashOf(project.database), project.read('tasks.md')]).toEqual(before);
    const { data } = await project.json('sync', '--dry-run');
    expect(data).toMatchObject({ inSync: false, added: 1, updated: 1, archived: 1, dryRun: true });
    // What was shown is what is done.
    expect((await project.json('sync')).data).toMatchObject({ added: 1, marks: 1 });
    expect(project.statuses()).toMatchObject({ 'A-1': 'skipped', 'A-2': 'skipped' });
    expect(project.read('tasks.md')).toContain('- [-] A-2: 2 depends');
    expect(await project.pawl('sync', '--dry-run')).toMatchObject({ code: 0 });
  });

  it('of a read-only list is done when its marks stand in the file beside it', async () => {
    chmodSync(project.list, 0o444);
    expect((await project.run().end()).code).toBe(0);
    expect(project.read('tasks.md.pawl-status')).toContain('- [x] A-2');
    expect((await project.json('sync', '--dry-run')).data).toMatchObject({ inSync: true });
    chmodSync(project.list, 0o644);
    const { code, data } = await project.json('sync', '--dry-run');
    expect([code, data.marks.length]).toEqual([5, 3]);
  });

  it('--dry-run creates nothing where there is no project', async () => {
    expect((await project.pawl('sync', 'tasks.md', '--dry-run')).code).toBe(1);
    expect(() => readFileSync(project.database)).toThrow();
  });

  it('a box keeps its task through other words, and is not run again', async () => {
    project.write('tasks.md', '# L\n\n- [ ] write the manual\n- [ ] draw the logo\n');
    expect((await project.run().end()).code).toBe(0);
    expect(project.read('tasks.md')).toContain('- [x] write the manual');
    project.write('tasks.md', '# L\n\n- [ ] something new\n- [ ] write the user manual\n');
    const { data } = await project.json('sync');
    expect(codesOf(data)).toEqual(['box_reworded', 'done_mark_removed']);
    expect(data).toMatchObject({ added: 1, updated: 1, archived: 1, marks: 1 });
    expect(project.read('tasks.md')).toBe(
      '# L\n\n- [ ] something new\n- [x] write the user manual\n',
    );
    // The remedy: an id makes it a task of its own.
    project.write('tasks.md', '# L\n\n- [ ] something new\n- [ ] M-1: write the user manual\n');
    expect((await project.json('sync')).data).toMatchObject({ added: 1, archived: 1 });
    expect(project.statuses()['M-1']).toBe('queued');
  });

  it('a box that is given an id goes on where it was', async () => {
    project.write('tasks.md', '# L\n\n- [ ] write the manual\n');
    await project.run().end();
    project.write('tasks.md', '# L\n\n- [ ] M-1: write the manual\n');
    const { data } = await project.json('sync');
    expect(data).toMatchObject({ added: 0, updated: 1, archived: 0, marks: 1 });
    expect(project.statuses()).toEqual({ 'M-1': 'completed' });
    expect(project.read('tasks.md')).toContain('- [x] M-1');
  });

  it('an id in other letters is the same id: what is done is not run again', async () => {
    expect((await project.run().end()).code).toBe(0);
    project.write('tasks.md', '# L\n\n- [ ] a-1: one, too\n- [ ] a-2: two depends: A-1\n');
    const { data } = await project.json('sync');
    expect(data).toMatchObject({ added: 0, updated: 2, archived: 1, marks: 2 });
    expect(project.statuses()).toMatchObject({ 'a-1': 'completed', 'a-2': 'completed' });
    expect(project.read('tasks.md')).toContain('- [x] a-1: one, too\n- [x] a-2: two');
    expect((await project.json('sync')).data).toMatchObject({ updated: 0, marks: 0 });
  });

  it('a mark goes to a line that was reworded meanwhile, and to no other', async () => {
    project.write('tasks.md', '# L\n\n- [ ] write the manual\n- [ ] draw the logo\n');
    const { data } = await project.json('load', 'tasks.md');
    expect(data.added).toBe(2);
    const ids = project.rows('SELECT task_id FROM task_queue ORDER BY position');
    const [manual] = ids.map((row) => String(row['task_id']));
    project.write(
      'tasks.md',
      '# L\n\n- [ ] inserted\n- [ ] write the manuals\n- [ ] draw the logo\n',
    );
    await project.pawl('skip', manual ?? '', '--reason', 'not needed');
    expect(project.read('tasks.md')).toBe(
      '# L\n\n- [ ] inserted\n- [-] write the manuals\n- [ ] draw the logo\n',
    );
  });
});

describe('a list file that moves', () => {
  beforeEach(() => {
    project = new CliProject(listOf(['A'], ['B'], ['C'], ['D']));
  });
  afterEach(() => project.remove());

  const paths = (): readonly unknown[] =>
    project.rows('SELECT task_list_path AS path FROM task_lists').map((row) => row['path']);

  it('keeps its list: what is completed is not run again', async () => {
    expect((await project.run().end()).code).toBe(0);
    renameSync(project.list, project.path('plan.md'));
    const end = await project.run('plan.md').end();
    expect(end.code).toBe(0);
    expect(project.runs()).toHaveLength(8);
    expect(paths()).toEqual([project.path('plan.md')]);
    expect(project.statuses(project.path('plan.md'))).toMatchObject({ A: 'completed' });
    expect((await project.pawl('logs', 'A')).out).toContain('hello from A');
    const views = project.rows('SELECT task_list_path AS path, total_tasks FROM executor_state');
    expect(views).toEqual([{ path: project.path('plan.md'), total_tasks: 4 }]);
  });

  it('and was edited, too, is known by half of its tasks; less is a finding', async () => {
    await project.pawl('load', 'tasks.md');
    unlinkSync(project.list);
    project.write('half.md', listOf(['A'], ['B'], ['X'], ['Y']));
    const half = await project.json('load', 'half.md');
    expect(codesOf(half.data)).toEqual(['list_renamed']);
    expect(half.data).toMatchObject({ added: 2, archived: 2 });

    unlinkSync(project.path('half.md'));
    project.write('less.md', listOf(['A'], ['E'], ['F'], ['G']));
    const less = await project.json('load', 'less.md');
    expect(codesOf(less.data)).toEqual(['list_may_be_moved']);
    expect(less.data.findings[0].remedy).toContain(`pawl rename-list ${project.path('half.md')}`);
    // The person says that it is the same.
    const renamed = await project.json('rename-list', 'half.md', 'less.md');
    expect(renamed).toMatchObject({ code: 0, kind: 'rename-list', data: { added: 3 } });
    expect(paths()).toEqual([project.path('less.md')]);
  });

  it('a copy is another list, and the old one is not renamed to it', async () => {
    await project.pawl('load', 'tasks.md');
    project.write('copy.md', project.read('tasks.md'));
    expect((await project.json('load', 'copy.md')).data).toMatchObject({ added: 4, findings: [] });
    const { code, err } = await project.pawl('rename-list', 'tasks.md', 'copy.md', '--json');
    expect([code, JSON.parse(err).data.code]).toEqual([3, 'list_exists']);
    expect(paths()).toHaveLength(2);
  });

  it('a symbolic link to its file is another name of the same list', async () => {
    await project.pawl('load', 'tasks.md');
    symlinkSync(project.list, project.path('link.md'));
    const { data } = await project.json('load', 'link.md');
    expect(data).toMatchObject({ list: project.list, added: 0 });
    expect((await project.run('link.md').end()).code).toBe(0);
    expect(project.read('tasks.md')).toContain('| [x] |');
    expect(paths()).toEqual([project.list]);
  });

  it('while somebody executes the old path is refused, with who it is', async () => {
    project.hold('A');
    const run = project.run();
    await project.agentsBegun('A');
    renameSync(project.list, project.path('plan.md'));
    const { code, err } = await project.pawl('load', 'plan.md', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(err).data).toMatchObject({
      ...{ code: 'list_in_use', details: { pid: run.pid } },
      message: expect.stringMatching(/process \d+ on .* since \d{4}-/),
    });
    expect(paths()).toEqual([project.list]);
    project.release('A');
    await run.end();
    // A run that was killed stands in nobody's way.
    expect((await project.pawl('load', 'plan.md')).code).toBe(0);
    expect(project.statuses(project.path('plan.md'))).toMatchObject({ A: 'completed' });
  });
});

describe('an edit while the list is watched', () => {
  beforeEach(() => {
    project = new CliProject(listOf(['A'], ['B']));
  });
  afterEach(() => project.remove());

  it('changes the queue at once: rows come, go and wait as the file says', async () => {
    project.hold('A', 'B');
    const run = project.run('--watch');
    await project.agentsBegun('A');
    project.write(
      'tasks.md',
      listOf(['N', 'P1'], ['A']).replace(
        '| A | Do A | P2 |  | [ ] |',
        '| A | Do A | P2 |  | [~] |',
      ),
    );
    await until('the edit', () => project.statuses()['N'] === 'queued');
    // What the edit does not do is said at once.
    project.write('tasks.md', project.read('tasks.md').replace('[~]', '[x]'));
    await until('the finding', () => run.said.includes('ticked_while_running'));
    project.release('A', 'B');
    expect((await run.end()).code).toBe(0);
    expect(project.statuses()).toEqual({ N: 'completed', A: 'completed', B: 'queued' });
    expect(project.runs()).not.toContain('start B 1');
  });

  it('that takes the file away is said once, and the run goes on with what it has', async () => {
    project.hold('A', 'B');
    const run = project.run('--watch');
    await project.agentsBegun('A');
    renameSync(project.list, project.path('plan.md'));
    await until('the warning', () => run.said.includes('tasks.md is gone'));
    project.release('A', 'B');
    const { code, out, err } = await run.end();
    expect(code).toBe(0);
    expect(`${out}${err}`.match(/tasks\.md is gone: the list goes on/g)).toHaveLength(1);
    expect(project.statuses()).toEqual({ A: 'completed', B: 'completed' });
    // Under its new name it is the same list, and is owed its marks.
    expect((await project.json('sync', 'plan.md')).data).toMatchObject({ added: 0, marks: 2 });
    expect(project.read('plan.md').match(/\[x\]/g)).toHaveLength(2);
  });
});

describe('an editor that saves what it read before the last marks', () => {
  beforeEach(() => {
    project = new CliProject(listOf(['A'], ['B']));
  });
  afterEach(() => project.remove());

  const marks = (): string => (project.read('tasks.md').match(/\[.\]/g) ?? []).join('');

  it('is told at the next sync, which writes the marks again', async () => {
    const old = project.read('tasks.md');
    expect((await project.run().end()).code).toBe(0);
    project.write('tasks.md', old);
    const { data } = await project.json('sync');
    expect(codesOf(data)).toEqual(['done_mark_removed', 'done_mark_removed']);
    expect([data.marks, marks()]).toEqual([2, '[x][x]']);
    expect((await project.json('sync')).data).toMatchObject({ marks: 0, findings: [] });
  });

  it.each([[[]], [['--watch']]])(
    'has them set right by a run with %j, though it owes none',
    async (args) => {
      const old = project.read('tasks.md');
      project.hold('B');
      const run = project.run(...args);
      await until('the marks', () => marks() === '[x][~]');
      project.write('tasks.md', old);
      await until('the marks again', () => marks() === '[x][~]');
      expect(project.statuses()).toEqual({ A: 'completed', B: 'running' });
      project.release('B');
      expect((await run.end()).code).toBe(0);
      expect([marks(), project.runs().filter((line) => line === 'start A 1')]).toEqual([
        ...['[x][x]', ['start A 1']],
      ]);
    },
  );
});
