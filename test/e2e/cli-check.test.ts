import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { CliProject, listOf } from './cli-project.ts';

let project: CliProject;

afterEach(() => project.remove());

const made = (list: string): CliProject => {
  project = new CliProject(list);
  return project;
};

/** What `check` must leave as it was. */
const untouched = (): void => {
  expect(existsSync(project.path('.pawl'))).toBe(false);
};

describe('pawl check', () => {
  it('says that there is nothing to mend, and makes no project', async () => {
    const { code, out, err } = await made(listOf(['A'], ['B', 'P2', 'A'])).pawl(
      'check',
      'tasks.md',
    );
    expect([code, out, err]).toEqual([0, 'nothing to mend; 2 tasks\n', '']);
    untouched();
  });

  it('shows a finding with its line underlined; strict, that is a failure', async () => {
    made(listOf(['A'], ['B', 'P2', 'X-9']));
    const { code, out } = await project.pawl('check', 'tasks.md');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^warning\[dangling_dependency\]: .*X-9.*\n --> tasks\.md:6:\d+\n {2}\|\n6 \| \| B \|/,
    );
    expect(out).toMatch(/\n {2}\| +\^+\n {2}= Correct the id/);
    expect(out).toMatch(/\n1 warning; 2 tasks\n$/);
    expect((await project.pawl('check', 'tasks.md', '--strict')).code).toBe(1);
    untouched();
  });

  it('is strict about warnings, never about notes', async () => {
    made(listOf(['A', 'P0']));
    const { code, out } = await project.pawl('check', 'tasks.md', '--strict');
    expect(code).toBe(0);
    expect(out).toMatch(/^note\[priority_p0\](.|\n)*\n1 note; 1 task\n$/);
  });

  it('fails for a cycle, and still knows the tasks', async () => {
    made(listOf(['A', 'P2', 'B'], ['B', 'P1', 'A']));
    const { code, kind, data } = await project.json('check', 'tasks.md');
    expect([code, kind]).toEqual([1, 'check']);
    expect(data).toMatchObject({
      lists: [{ list: project.list, total: 2 }],
      tasks: [
        { list: project.list, taskId: 'A', status: 'queued', dependencies: ['B'], line: 5 },
        { list: project.list, taskId: 'B', priority: 'P1', dependencies: ['A'], line: 6 },
      ],
      findings: [{ list: project.list, code: 'dependency_cycle', severity: 'error', line: 5 }],
      counts: { error: 1, warning: 0, info: 0 },
      sound: false,
    });
    const [finding] = data.findings;
    expect(Object.keys(finding)).toEqual(
      expect.arrayContaining(['column', 'length', 'message', 'remedy', 'taskId']),
    );
    untouched();
  });

  it('has a finding for a file without tasks, an empty one included', async () => {
    made('');
    const empty = await project.pawl('check', 'tasks.md');
    expect(empty.code).toBe(1);
    expect(empty.out).toMatch(/^error\[no_tasks\](.|\n)*\n1 error; 0 tasks\n$/);
    project.write('tasks.md', '# Notes\n\nNothing to do here.\n');
    expect((await project.json('check', 'tasks.md')).data).toMatchObject({ tasks: [] });
  });

  it('explains the tasks as they are understood', async () => {
    made(
      [
        ...['# Work', '', '## Orders', '', '| ID | Task | Depends | Owner | Status |'],
        ...['|--|--|--|--|--|', '| A | First verify: npm test | | ann | [x] |'],
        ...['| B | Second timeout: 20m | A | | [ ] |', ''],
      ].join('\n'),
    );
    const { out } = await project.pawl('check', 'tasks.md', '--explain');
    expect(out.replace(/ +/g, ' ')).toBe(
      [
        ...['tasks.md: 2 tasks Work', '', '## Orders', ''],
        ...['[x] A P2 First (line 7)', ' mark completed', ' verify ["npm","test"]', ' Owner ann'],
        ...['', '[ ] B P2 Second (line 8)', ' mark queued', ' depends A', ' timeout 20 min'],
        ...['', 'nothing to mend; 2 tasks', ''],
      ].join('\n'),
    );
    project.write('tasks.md', '- [ ] a box\n  - [ ] its step\n  - [ ] another\n');
    const boxes = await project.pawl('check', 'tasks.md', '--explain');
    expect(boxes.out.replace(/ +/g, ' ')).toMatch(
      /P2 a box \(line 1, id made by Pawl\)\n mark queued\n step its step\n another\n/,
    );
  });

  it('takes several files, and tells of one that cannot be read after the others', async () => {
    made(listOf(['A']));
    project.write('other.md', listOf(['A', 'P2', 'X']));
    const both = await project.pawl('check', 'tasks.md', 'other.md', 'tasks.md');
    expect(both.code).toBe(0);
    expect(both.out).toContain('--> other.md:5:');
    expect(both.out).toMatch(/\n1 warning; 2 tasks in 2 files\n$/);
    project.write('binary.md', 'a\0b');
    const one = await project.pawl('check', 'tasks.md', 'binary.md');
    expect(one).toMatchObject({ code: 1, out: 'nothing to mend; 1 task\n' });
    expect(one.err).toContain('list_not_text');
    const { data } = await project.json('check', 'tasks.md', 'binary.md');
    expect(data).toMatchObject({ sound: false, counts: { error: 0 } });
    const none = await project.json('check', 'missing.md');
    expect([none.code, none.out]).toEqual([1, '']);
    expect(JSON.parse(none.err)).toMatchObject({ data: { code: 'list_unreadable' } });
  });

  it('without a file means the only known list', async () => {
    made(listOf(['A']));
    expect((await project.pawl('check')).code).toBe(2);
    untouched();
    await project.run().end();
    expect(await project.pawl('check')).toMatchObject({ out: 'nothing to mend; 1 task\n' });
  });

  it('has what `run` leaves out: that shows the first ten, and names the command', async () => {
    made(listOf(...Array.from({ length: 13 }, (_, n) => [`A-${n}`, 'P2', `X-${n}`] as const)));
    const { err } = await project.run().end();
    expect(err.match(/^warning\[dangling_dependency\]/gm)).toHaveLength(10);
    expect(err).toContain('\n... and 3 more findings: pawl check tasks.md\n');
    const { out } = await project.pawl('check', 'tasks.md');
    expect(out.match(/^warning\[dangling_dependency\]/gm)).toHaveLength(13);
  });

  it('writes annotations that a workflow shows beside the lines', async () => {
    made(listOf(['A'], ['B', 'P2', '50%']));
    const { out } = await project.pawl('check', 'tasks.md', '--format', 'github');
    expect(out).toMatch(
      /^::warning file=tasks\.md,line=6,col=\d+,endColumn=\d+,title=\w+::.*50%25.*%0A.*\n$/,
    );
  });

  it('a byte order mark and carriage returns move no place', async () => {
    made(`\ufeff${listOf(['A'], ['B', 'P2', 'X-9']).replaceAll('\n', '\r\n')}`);
    const { out } = await project.pawl('check', 'tasks.md');
    expect(out).toContain('\n6 | | B | Do B | P2 | X-9 | [ ] |\n');
  });
});
