import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toolsOf } from '../../../src/mcp/tools/tools.ts';
import type { DoorClient } from './door-bench.ts';
import { StateWatch } from './fuzz/state-watch.ts';
import { PARENT, TASK, ToolScene } from './tool-scene.ts';

type Arguments = Readonly<Record<string, unknown>>;

interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

/** By the argument that names something: a name that nothing has, and how it is refused. */
const NOBODY: Readonly<Record<string, readonly [name: string, codes: readonly string[]]>> = {
  task_id: ['nobody_000000', ['task_not_found', 'breakdown_not_found']],
  parent_task_id: ['task_ffffffff', ['breakdown_not_found']],
  target_task_id: ['task_ffffffff', ['breakdown_not_found']],
  list: ['/nowhere/tasks.md', ['list_not_found', 'list_unreadable']],
  session_id: ['nobody', ['session_not_found']],
  claim: ['1:00000000-0000-7000-8000-000000000000:1', ['task_not_found']],
  cursor: ['nonsense', ['cursor_invalid']],
};

/** A plan may be called as nothing is called yet; a claim beside it is a release's alone. */
const NOT_A_NAME = [
  ...['plan_task parent_task_id', 'template_instantiate parent_task_id', 'update_task claim'],
];
/** What a call needs besides, so that the name is what it is refused for. */
const BESIDE: Readonly<Record<string, Arguments>> = {
  maintenance_coordinator: { action: 'archive', target_task_id: PARENT },
  'maintenance_coordinator session_id': { action: 'prepare_handover' },
  plan_task: { description: 'd' },
  complete_task: { task_id: TASK, summary: 's' },
  heartbeat: { task_id: TASK },
  template_instantiate: {
    ...{ template_id: 'bug_investigation', create_tasks: true },
    parameters: { bug_id: 'B-7', severity: 'high', component: 'orders' },
  },
  execute_task: { task_id: TASK },
  update_task: { task_id: TASK, title: 't' },
  synthesize_results: { parent_task_id: PARENT },
};

const TOOLS = toolsOf('all').map(({ name }) => name.replace('orchestrator_', ''));

describe('what a call names', () => {
  let scene: ToolScene;
  let agent: DoorClient;
  let watch: StateWatch;
  let schemas: ReadonlyMap<string, Schema>;

  let empty: string;
  beforeAll(async () => {
    empty = await ToolScene.emptyStore();
  });
  afterAll(() => rmSync(empty, { recursive: true }));

  beforeEach(async () => {
    scene = new ToolScene();
    agent = await scene.open(empty);
    watch = new StateWatch(scene.bench.root);
    const { tools } = await agent.client.listTools();
    schemas = new Map(
      tools.map(({ name, inputSchema }) => [
        name.replace('orchestrator_', ''),
        inputSchema as Schema,
      ]),
    );
  });
  afterEach(async () => {
    watch.close();
    await scene.close();
  });

  const refused = async (name: string, args: Arguments): Promise<string> => {
    watch.changes();
    const { isError, data } = await agent.call(name, args);
    const told = { name, args, isError, changes: watch.changes() };
    expect(told).toEqual({ name, args, isError: true, changes: [] });
    expect(data.workspace).toBe(scene.bench.root);
    return data.error.code;
  };

  it.each(TOOLS)('%s: each name that nothing has is refused, and changes nothing', async (tool) => {
    for (const name of Object.keys(schemas.get(tool)?.properties ?? {})) {
      const [nobody, codes] = NOBODY[name] ?? [];
      if (nobody === undefined || NOT_A_NAME.includes(`${tool} ${name}`)) continue;
      const beside = BESIDE[`${tool} ${name}`] ?? BESIDE[tool] ?? {};
      const code = await refused(tool, { ...beside, [name]: nobody });
      expect(codes, `${tool} ${name}`).toContain(code);
    }
  });

  it('is in every tool that takes a claim one that stands: an old one is refused', async () => {
    const old = (await agent.done('execute_task', { task_id: TASK })).claim;
    const again = { claim: old, summary: 'another way', next_action: 'needs_revision' };
    await agent.done('complete_task', again);
    await agent.done('execute_task', { task_id: TASK });
    const takers = [...schemas].filter(([, { properties = {} }]) => 'claim' in properties);
    expect(takers.length).toBeGreaterThan(2);
    for (const [tool] of takers) {
      const beside = tool === 'update_task' ? { task_id: TASK, release: true } : { summary: 's' };
      const args = { ...(tool === 'heartbeat' ? {} : beside), claim: old };
      watch.changes();
      const { isError, data } = await agent.call(tool, args);
      expect({ tool, isError, code: data.error?.code }).toEqual({
        ...{ tool, isError: true, code: 'stale_fence' },
      });
      // What comes too late is kept as an event, and that its client was heard of.
      const changed = watch.changes().filter(({ table }) => table !== 'sessions');
      expect(changed.filter(({ after }) => after?.['kind'] !== 'late_result')).toEqual([]);
    }
  });

  it('is a task by its id, its UUID or an end of that, if one task alone has it', async () => {
    const subtasks = Array.from({ length: 2_000 }, (_, at) => ({ title: `Step ${at}` }));
    await agent.done('plan_task', { description: 'Many', subtasks });
    const ids = (
      await scene.bench.pool.use({ root: scene.bench.root, create: false }, ({ store }) =>
        store.tasks({}),
      )
    ).map(({ id }) => id);
    const byEnd = Map.groupBy(ids, (id) => id.slice(-4));
    const [, shared = []] = [...byEnd].find(([, same]) => same.length > 1) ?? [];
    const [, alone = []] = [...byEnd].find(([, same]) => same.length === 1) ?? [];
    const [one = ''] = alone;
    for (const task_id of [one, one.slice(-4), one.slice(-12)]) {
      expect((await agent.done('query_tasks', { task_id })).task.id).toBe(one);
    }
    const [first = ''] = shared;
    for (const tool of ['query_tasks', 'execute_task', 'cancel_task']) {
      expect(await refused(tool, { task_id: first.slice(-4) })).toBe('task_ambiguous');
    }
    expect(await refused('query_tasks', { task_id: one.slice(-3) })).toBe('task_not_found');
    expect((await agent.done('query_tasks', { task_id: TASK })).task.taskId).toBe(TASK);
  });

  it('is a breakdown by its id, or an end of that', async () => {
    const end = PARENT.slice(-6);
    const found = await agent.done('synthesize_results', { parent_task_id: end });
    expect(found.parent_task_id).toBe(PARENT);
    await agent.done('plan_task', { description: 'd', parent_task_id: `other_${end}` });
    expect(await refused('synthesize_results', { parent_task_id: end })).toBe('task_ambiguous');
  });
});
