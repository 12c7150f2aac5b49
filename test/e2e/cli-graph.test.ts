import { existsSync, linkSync, readdirSync, symlinkSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { CliProject, listOf } from './cli-project.ts';

let project: CliProject;

afterEach(() => project.remove());

const made = (list: string): CliProject => {
  project = new CliProject(list);
  return project;
};

const DIAMOND = listOf(['A'], ['B', 'P2', 'A'], ['C', 'P2', 'A'], ['D', 'P2', 'B, C']);

const states = (data: { nodes: { taskId: string; state: string }[] }) =>
  Object.fromEntries(data.nodes.map(({ taskId, state }) => [taskId, state]));

describe('pawl graph', () => {
  it('draws a list that no project knows, by its marks, and makes nothing', async () => {
    made(DIAMOND.replace('| Do A | P2 |  | [ ] |', '| Do A | P2 |  | [x] |'));
    const { code, out, err } = await project.pawl('graph', 'tasks.md');
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(
      [
        ...[
          'tasks.md: 1 of 4 completed',
          '',
          'Can start now: 2',
          '  [ ] * B   Do B',
          '  [ ]   C   Do C',
          '',
        ],
        ...['Wave 2: 1', '  [ ] * D   Do D  <- B, C', '', 'Over: 1', '  A', ''],
        ...['* Critical path: 2 tasks', '  B -> D', ''],
      ].join('\n'),
    );
    expect(existsSync(project.path('.pawl'))).toBe(false);
  });

  it('knows the states of a list that was worked through, and how long a task takes', async () => {
    made(DIAMOND);
    project.fail('B');
    await project.run('--retries', '0').end();
    const { code, kind, data } = await project.json('graph');
    expect([code, kind, data.list]).toEqual([0, 'graph', project.list]);
    expect(states(data)).toEqual({ A: 'completed', B: 'failed', C: 'completed', D: 'skipped' });
    expect(data.criticalPath.taskMs).toBeGreaterThan(0);
    expect(data.edges).toHaveLength(4);
    expect(data).toMatchObject({ cycle: null, output: null });
    // The file is edited: its tasks are drawn, those that are known with what is known of them.
    project.write('tasks.md', `${DIAMOND}| E | Do E | P2 | C, A | [ ] |\n`);
    expect(states((await project.json('graph')).data)).toMatchObject({ B: 'failed', E: 'ready' });
    const open = await project.json('graph', '--only', 'open');
    expect(states(open.data)).toEqual({ E: 'ready' });
  });

  it('shows a part: a task with what it waits for and what waits for it', async () => {
    made(listOf(['A'], ['B', 'P2', 'A'], ['C', 'P2', 'A'], ['D', 'P2', 'B'], ['E']));
    const { data } = await project.json('graph', 'tasks.md', '--task', 'b');
    expect(Object.keys(states(data))).toEqual(['A', 'B', 'D']);
    const none = await project.json('graph', 'tasks.md', '--task', 'X');
    expect(JSON.parse(none.err)).toMatchObject({ data: { code: 'task_not_found' } });
  });

  it('draws a cycle, names it, and says by its exit code that something is wrong', async () => {
    made(listOf(['A', 'P2', 'C'], ['B', 'P2', 'A'], ['C', 'P2', 'B'], ['D']));
    const { code, out, err } = await project.pawl('graph', 'tasks.md');
    expect(code).toBe(1);
    expect(out).toContain('[ ] ! A   Do A  <- C');
    expect(err).toMatch(/tasks wait for each other.*: A -> C -> B -> A\n/);
    for (const format of ['mermaid', 'dot', 'svg']) {
      const drawn = await project.pawl('graph', 'tasks.md', '--format', format);
      expect([drawn.code, drawn.out.includes('#dc2626')]).toEqual([1, true]);
    }
    expect((await project.json('graph', 'tasks.md')).data.cycle).toEqual(['A', 'C', 'B', 'A']);
  });

  it('writes a file in the format of its name, whole, and leaves nothing beside it', async () => {
    made(DIAMOND);
    const { code, out } = await project.pawl('graph', 'tasks.md', '-o', 'g.svg');
    expect([code, out]).toEqual([0, `wrote ${project.path('g.svg')}: 4 tasks, 4 dependencies\n`]);
    expect(project.read('g.svg')).toMatch(/^<svg (.|\n)*<\/svg>\n$/);
    await project.pawl('graph', 'tasks.md', '-o', 'g.dot');
    expect(project.read('g.dot')).toMatch(/^digraph tasks \{/);
    await project.pawl('graph', 'tasks.md', '-o', 'g.svg', '--format', 'mermaid');
    expect(project.read('g.svg')).toMatch(/^flowchart LR/);
    expect(readdirSync(project.root).filter((name) => name.includes('g.'))).toEqual(
      expect.arrayContaining(['g.dot', 'g.svg']),
    );
    expect(readdirSync(project.root).filter((name) => /g\.(svg|dot)./.test(name))).toEqual([]);
  });

  it('never writes over the list, by whatever name', async () => {
    made(DIAMOND);
    symlinkSync('tasks.md', project.path('link.md'));
    linkSync(project.list, project.path('hard.md'));
    for (const name of ['tasks.md', './link.md', 'hard.md']) {
      const { code, err } = await project.pawl('graph', 'tasks.md', '-o', name);
      expect(code).toBe(2);
      expect(err).toContain('is the list itself');
    }
    expect(project.read('tasks.md')).toBe(DIAMOND);
    for (const name of ['hold', 'no/such/folder.svg']) {
      const { code, err } = await project.pawl('graph', 'tasks.md', '-o', name);
      expect(code).toBe(1);
      expect(err).toContain('output_unwritable');
    }
  });

  it('never writes over another list, known or not, but over its own pictures', async () => {
    made(DIAMOND);
    project.write('known.md', '- [ ] K-1: known\n');
    await project.pawl('load', 'known.md');
    symlinkSync('known.md', project.path('alias.svg'));
    project.write('unknown.md', '- [ ] U-1: unknown\n');
    for (const name of ['known.md', 'alias.svg', 'unknown.md']) {
      const { code, err } = await project.pawl('graph', 'tasks.md', '-o', name);
      expect([name, code]).toEqual([name, 3]);
      expect(err).toContain('list_exists');
    }
    expect(project.read('known.md')).toContain('K-1');
    expect(project.read('unknown.md')).toContain('U-1');
    for (const format of ['text', 'mermaid', 'dot', 'svg', 'text']) {
      const { code } = await project.pawl('graph', 'tasks.md', '-o', 'g.md', '--format', format);
      expect([format, code]).toEqual([format, 0]);
    }
  });

  it.each([
    [['graph'], 2, /name its file/],
    [['graph', 'missing.md'], 1, /list_unreadable/],
    [['graph', 'empty.md'], 1, /list_empty/],
    [['graph', 'tasks.md', '--max', '0'], 2, /--max/],
    [['graph', 'tasks.md', '--format', 'png'], 2, /text, mermaid, dot, svg/],
  ])('%j is refused with exit code %i', async (args, code, text) => {
    made(DIAMOND);
    project.write('empty.md', '');
    const refused = await project.pawl(...args);
    expect([refused.code, refused.out]).toEqual([code, '']);
    expect(refused.err).toMatch(text);
  });
});
