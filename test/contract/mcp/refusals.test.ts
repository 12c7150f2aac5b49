import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DoorBench, type DoorClient } from './door-bench.ts';
import { StateWatch } from './fuzz/state-watch.ts';
import { PARENT, SECOND, TASK, ToolScene } from './tool-scene.ts';

type Arguments = Readonly<Record<string, unknown>>;

describe('a call that is refused changes nothing', () => {
  let scene: ToolScene;
  let agent: DoorClient;
  let watch: StateWatch;

  let empty: string;
  beforeAll(async () => {
    empty = await ToolScene.emptyStore();
  });
  afterAll(() => rmSync(empty, { recursive: true }));

  beforeEach(async () => {
    scene = new ToolScene();
    agent = await scene.open(empty);
    watch = new StateWatch(scene.bench.root);
  });
  afterEach(async () => {
    watch.close();
    await scene.close();
  });

  const refused = async (name: string, args: Arguments, caller = agent): Promise<string> => {
    watch.changes();
    const { isError, data } = await caller.call(name, args);
    expect({ isError, changes: watch.changes() }).toEqual({ isError: true, changes: [] });
    return data.error.code;
  };

  const claim = async (): Promise<string> =>
    (await agent.done('execute_task', { task_id: TASK })).claim;

  it('a plan with a fault opens no session for its client', async () => {
    const other = await scene.bench.connect('modern', { name: 'other' });
    const plan = { description: 'd', subtasks: [{ title: 't', dependencies: ['?'] }] };
    expect(await refused('plan_task', plan, other)).toBe('plan_invalid');
    await other.done('plan_task', { description: 'd' });
    expect(watch.changes().filter(({ table }) => table === 'sessions')).toHaveLength(1);
  });

  it.each([
    ['plan_task', { description: 'd' }],
    ['execute_task', { task_id: TASK }],
    ['claim_next', {}],
    ['heartbeat', { task_id: TASK }],
    ['complete_task', { task_id: TASK, summary: 's' }],
    ['maintenance_coordinator', { action: 'prepare_handover' }],
  ])('a session that there is not is none that %s begins', async (name, args) => {
    expect(await refused(name, { ...args, session_id: 'nobody' })).toBe('session_not_found');
  });

  it.each([
    [
      {
        artifacts: [
          { name: 'a', content: 'a' },
          { name: 'b', path: '../x' },
        ],
      },
      'file_unreadable',
    ],
    [
      {
        artifacts: [
          { name: 'a', content: 'a' },
          { name: '\n', content: 'b' },
        ],
      },
      'usage',
    ],
    [{ artifacts: [{ name: 'a', content: 'a' }], summary: 'x'.repeat(10_001) }, 'usage'],
  ])('of a report either all is kept or nothing: %#', async (report, code) => {
    const held = await claim();
    expect(await refused('complete_task', { claim: held, summary: 's', ...report })).toBe(code);
    for (const named of [{ claim: held }, { task_id: TASK }]) {
      expect(await refused('complete_task', { ...named, summary: 's', ...report })).toBe(code);
    }
  });

  it('a piece that does not fit extends no lease, and opens no artifact', async () => {
    const held = await claim();
    const append = (piece: Arguments) => ({ append: { name: 'log', content: 'abc', ...piece } });
    for (const named of [{ claim: held }, { task_id: TASK }]) {
      expect(await refused('heartbeat', { ...named, ...append({ offset: 5 }) })).toBe(
        'artifact_gap',
      );
      expect(await refused('heartbeat', { ...named, ...append({ name: '' }) })).toBe('usage');
      const note = { note: 'x'.repeat(2_001) };
      expect(await refused('heartbeat', { ...named, ...note, ...append({}) })).toBe('usage');
    }
    await agent.done('heartbeat', { claim: held, ...append({ offset: 0 }) });
    const other = append({ content: 'abd', offset: 0 });
    expect(await refused('heartbeat', { claim: held, ...other })).toBe('artifact_conflict');
    expect(await refused('heartbeat', { claim: held, ...append({ offset: 9 }) })).toBe(
      'artifact_gap',
    );
  });

  it('what is nested too deep is named, whatever it is for', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`);
    const { data } = await agent.call('plan_task', { description: 'd', context: deep });
    expect(data.error).toMatchObject({ code: 'arguments_invalid' });
    expect(data.error.message).toContain('context: nested deeper than 100 levels');
  });

  it('a run that cannot begin loads nothing, and says why at once', async () => {
    writeFileSync(join(scene.bench.root, 'tasks.md'), '- [ ] One\n');
    const run = (args: Arguments) => refused('run', args);
    expect(await run({ list: 'tasks.md', agent: 'nobody' })).toBe('agent_unknown');
    expect(await run({ list: 'none.md' })).toBe('list_unreadable');
    await agent.done('delete_task', { task_id: PARENT });
    expect(await run({ parent_task_id: PARENT, agent: 'claude' })).toBe('breakdown_archived');
  });

  it.each(['a\0b', `${'x/'.repeat(2_000)}`, 'x'.repeat(4_000), 'ring'])(
    'a folder that cannot be is none: %#',
    async (name) => {
      symlinkSync('ring', join(scene.bench.root, 'ring'));
      const working_directory = `${scene.bench.root}/${name}`.slice(0, 4_096);
      expect(await refused('get_status', { working_directory })).toBe('usage');
      expect(await refused('plan_task', { working_directory, description: 'd' })).toBe('usage');
    },
  );

  it('a template that there is not is neither put away nor back, and no folder made', async () => {
    for (const restore of [false, true]) {
      const args = { template_id: 'none', restore };
      expect(await refused('template_delete', args)).toBe('template_not_found');
    }
  });

  it('what waits for another task is refused, and nobody holds it', async () => {
    expect(await refused('execute_task', { task_id: SECOND })).toBe('task_blocked');
  });
});

describe('where there is no store yet', () => {
  it.each([
    ['plan_task', { description: 'd', subtasks: [] }, 'plan_invalid'],
    ['plan_task', { description: 'd', session_id: 'nobody' }, 'session_not_found'],
    ['initialize_session', { session_id: 'nobody' }, 'session_not_found'],
    ['template_instantiate', { template_id: 'none', create_tasks: true }, 'template_not_found'],
    ['template_instantiate', { template_id: 'none', session_id: 'x' }, 'session_not_found'],
    ['template_create', { template_id: 'mine', template_content: '{' }, 'template_invalid'],
    ['run', { list: 'tasks.md' }, 'list_unreadable'],
    ['run', { list: 'list.md', agent: 'nobody' }, 'agent_unknown'],
    ['run', { list: 'empty.md' }, 'list_empty'],
    ['run', { parent_task_id: 'task_ffffffff' }, 'breakdown_not_found'],
    ['run', { list: '../outside.md' }, 'path_outside'],
    ['run', { list: 'link.md' }, 'path_outside'],
    ['run', {}, 'arguments_invalid'],
    ['get_status', { parent_task_id: 'task_ffffffff' }, 'breakdown_not_found'],
    ['get_status', { list: 'list.md' }, 'list_not_found'],
    ['claim_next', {}, 'store_not_found'],
  ])('%s %j is refused, and makes none', async (name, args, code) => {
    const bench = new DoorBench();
    writeFileSync(join(bench.root, 'list.md'), '- [ ] One\n');
    writeFileSync(join(bench.root, 'empty.md'), '# Nothing\n');
    const outside = join(bench.root, '..', 'outside.md');
    writeFileSync(outside, '- [ ] One\n');
    symlinkSync(outside, join(bench.root, 'link.md'));
    mkdirSync(join(bench.root, 'sub'));
    const before = readdirSync(bench.root);
    const agent = await bench.connect('modern', { set: 'all' });
    const { isError, data } = await agent.call(name, args);
    expect({ isError, code: data.error.code }).toEqual({ isError: true, code });
    expect(readdirSync(bench.root)).toEqual(before);
    await bench.close();
  });

  it('status and a preview say what there is, and make none', async () => {
    const bench = new DoorBench();
    const before = readdirSync(bench.root);
    const agent = await bench.connect('modern', { set: 'all' });
    const { workspace, found_by } = await agent.done('get_status');
    expect({ workspace, found_by }).toEqual({ workspace: bench.root, found_by: 'git' });
    const parameters = { bug_id: 'B-7', severity: 'high', component: 'orders' };
    const template = { template_id: 'bug_investigation', parameters };
    expect(await agent.done('template_instantiate', template)).toMatchObject({ preview: true });
    expect(readdirSync(bench.root)).toEqual(before);
    await bench.close();
  });
});
