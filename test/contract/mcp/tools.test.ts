import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ANSWER_CHARS_MAX } from '../../../src/mcp/concise.ts';
import { REFUSAL } from '../../../src/mcp/present.ts';
import { toolsOf } from '../../../src/mcp/tools/tools.ts';
import { testDepth } from '../../support/test-depth.ts';
import type { DoorClient } from './door-bench.ts';
import { PARENT, RELEASE, RELEASE_TEXT, SHAPES, TASK, ToolScene } from './tool-scene.ts';

const PREFIX = /^orchestrator_/;
const TOOLS = toolsOf('all').map((tool) => ({
  ...tool,
  short: tool.name.replace(PREFIX, ''),
}));

type Schema = { readonly type?: string; readonly properties?: Readonly<Record<string, Schema>> };

describe('every tool', () => {
  let scene: ToolScene;
  let agent: DoorClient;

  // What is refused changes nothing, as each of its tests holds: those share one scene.
  let shared: ToolScene;
  let asking: DoorClient;
  let empty: string;
  beforeAll(async () => {
    empty = await ToolScene.emptyStore();
    shared = new ToolScene();
    asking = await shared.open();
  });
  afterAll(async () => {
    await shared?.close();
    rmSync(empty, { recursive: true });
  });

  /** The documented arguments, with a claim or a session that is really there. */
  const example = async (args: Readonly<Record<string, unknown>>) => {
    if (args['session_id'] !== undefined) {
      return { ...args, session_id: (await agent.done('initialize_session')).session_id };
    }
    if (!('claim' in args)) return args;
    const { claim } = await agent.done('execute_task', { task_id: TASK });
    return { ...args, claim };
  };

  const refusal = (data: unknown) => REFUSAL.parse(data).error;

  it.each(TOOLS)(
    '$short: arguments of a wrong type are named, and change nothing',
    async (tool) => {
      const { tools } = await asking.client.listTools();
      const schema = tools.find(({ name }) => name === tool.name)?.inputSchema as Schema;
      const before = await shared.state();
      const names = Object.keys(schema.properties ?? {});
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) {
        // An object is taken as an older form of `context`, and of nothing else.
        const wrong = name === 'context' ? 7 : { a: 1 };
        const { isError, data } = await asking.call(tool.short, { ...tool.example, [name]: wrong });
        expect({ name, isError }).toEqual({ name, isError: true });
        expect(refusal(data)).toMatchObject({
          ...{ code: 'arguments_invalid', message: expect.stringContaining(name) },
        });
      }
      const unknown = await asking.call(tool.short, { ...tool.example, unheard_of: true });
      expect(refusal(unknown.data).message).toContain('unheard_of');
      expect(await shared.state()).toBe(before);
    },
  );

  it.each(
    TOOLS.flatMap(({ short }) =>
      (UNKNOWN[short] ?? []).map(([args, code]) => ({ short, args, code })),
    ),
  )('$short $args: nothing has that id, and nothing changes', async ({ short, args, code }) => {
    const before = await shared.state();
    const { isError, data } = await asking.call(short, args);
    expect({ isError, code: refusal(data).code }).toEqual({ isError: true, code });
    const { workspace } = REFUSAL.parse(data);
    if (code !== 'usage') expect(workspace).toBe(shared.bench.root);
    expect(await shared.state()).toBe(before);
  });

  describe('on a scene of its own', () => {
    beforeEach(async () => {
      scene = new ToolScene();
      agent = await scene.open(empty);
    });
    afterEach(async () => await scene.close());

    it.each(TOOLS)(
      '$short: the documented example is answered in the documented shape',
      async (tool) => {
        const answer = await agent.call(tool.short, await example(tool.example));
        expect(answer).toMatchObject({ isError: false });
        expect(() => SHAPES[tool.short]?.parse(answer.data)).not.toThrow();
        expect(SHAPES[tool.short]).toBeDefined();
        expect(answer.raw.content).toEqual([{ type: 'text', text: JSON.stringify(answer.data) }]);
      },
    );

    it.each(TOOLS)(
      '$short: texts of any size are taken or refused, in a short answer',
      async (tool) => {
        const { tools } = await agent.client.listTools();
        const schema = tools.find(({ name }) => name === tool.name)?.inputSchema as Schema;
        const args = await example(tool.example);
        const big = 'x'.repeat(testDepth.pick({ reduced: 150_000, full: 600_000 }));
        for (const [name, { type }] of Object.entries(schema.properties ?? {})) {
          if (type !== 'string') continue;
          const { raw, data, isError } = await agent.call(tool.short, { ...args, [name]: big });
          expect(JSON.stringify(data).length).toBeLessThanOrEqual(ANSWER_CHARS_MAX);
          expect(JSON.stringify(raw.content).length).toBeLessThan(3 * ANSWER_CHARS_MAX);
          if (isError) expect(refusal(data).code).not.toBe('bug');
        }
        expect(await agent.done('get_status')).toBeDefined();
      },
    );

    it.each(TOOLS)('$short: it changes something when it says so, and only then', async (tool) => {
      const args = await example(tool.example);
      const before = await scene.state();
      const { preview } = await agent.done(tool.short, args);
      await scene.still();
      const isChanged = (await scene.state()) !== before;
      const isMeantTo = tool.hints.reads !== true && preview !== true && !(tool.short in TRACELESS);
      expect(isChanged).toBe(isMeantTo);
    });

    it.each(TOOLS)('$short: a call that is cancelled leaves everything sound', async (tool) => {
      const args = await example(tool.example);
      const abort = new AbortController();
      const cancelled = agent.call(tool.short, args, { signal: abort.signal });
      abort.abort();
      await expect(cancelled).rejects.toThrow();
      const { checks } = await agent.done('health_check', { deep: true });
      expect(checks.audit).toMatchObject({ ok: true });
    });
  });
});

/** Tools that write, and why nothing is seen of it here. */
const TRACELESS: Readonly<Record<string, string>> = {
  health_check: 'it takes back what it wrote to see whether it can',
  shutdown_prepare: 'it looks as health_check does',
};

type Unknown = readonly [args: Readonly<Record<string, unknown>>, code: string];

/** By tool: arguments that name what is not there. */
const UNKNOWN: Readonly<Record<string, readonly Unknown[]>> = {
  execute_task: [
    [{ task_id: 'nobody_000000' }, 'task_not_found'],
    [{ task_id: TASK, parent_task_id: 'task_ffffffff' }, 'breakdown_not_found'],
  ],
  claim_next: [
    [{ parent_task_id: 'task_ffffffff' }, 'breakdown_not_found'],
    [{ list: '/nowhere/tasks.md' }, 'list_not_found'],
  ],
  complete_task: [
    [{ task_id: 'nobody_000000', summary: 's' }, 'task_not_found'],
    [{ claim: 'nonsense', summary: 's' }, 'claim_invalid'],
  ],
  heartbeat: [
    [{ task_id: 'nobody_000000' }, 'task_not_found'],
    [{ claim: '9:00000000-0000-7000-8000-000000000000:1' }, 'task_not_found'],
  ],
  synthesize_results: [[{ parent_task_id: 'task_ffffffff' }, 'breakdown_not_found']],
  get_status: [
    [{ parent_task_id: 'task_ffffffff' }, 'breakdown_not_found'],
    [{ cursor: 'nonsense' }, 'cursor_invalid'],
    [{ working_directory: '/nowhere/at/all' }, 'usage'],
  ],
  query_tasks: [
    [{ task_id: 'nobody_000000' }, 'task_not_found'],
    [{ parent_task_id: 'task_ffffffff' }, 'breakdown_not_found'],
    [{ status: ['sideways'] }, 'usage'],
    [{ cursor: 'nonsense' }, 'cursor_invalid'],
  ],
  update_task: [
    [{ task_id: 'nobody_000000', title: 't' }, 'task_not_found'],
    [{ task_id: TASK, status: 'sideways' }, 'usage'],
    [{ task_id: TASK, dependencies: ['nobody_000000'] }, 'plan_invalid'],
    [{ task_id: TASK }, 'arguments_invalid'],
  ],
  cancel_task: [
    [{ task_id: 'nobody_000000' }, 'task_not_found'],
    [{ parent_task_id: 'task_ffffffff' }, 'breakdown_not_found'],
    [{}, 'arguments_invalid'],
  ],
  maintenance_coordinator: [
    [{ action: 'archive', target_task_id: 'task_ffffffff' }, 'breakdown_not_found'],
    [{ action: 'restore' }, 'arguments_invalid'],
  ],
  plan_task: [
    [{ description: 'd', subtasks: [{ title: 't', dependencies: ['?'] }] }, 'plan_invalid'],
    [{ description: 'd', subtasks_json: '[{' }, 'arguments_invalid'],
    [{ description: 'd', subtasks_json: '[{"nope":1}]' }, 'arguments_invalid'],
    [{ description: 'd', parent_task_id: PARENT }, 'breakdown_exists'],
  ],
  run: [
    [{ parent_task_id: 'task_ffffffff' }, 'breakdown_not_found'],
    [{ list: '/nowhere/tasks.md' }, 'list_unreadable'],
    [{ parent_task_id: PARENT, agent: 'nobody' }, 'agent_unknown'],
  ],
  session_status: [[{ session_id: 'nobody' }, 'session_not_found']],
  resume_session: [[{ session_id: 'nobody' }, 'session_not_found']],
  cleanup_sessions: [
    [{ session_id: 'nobody', dry_run: false }, 'session_not_found'],
    [{ older_than_days: -1 }, 'arguments_invalid'],
  ],
  template_list: [
    [{ cursor: 'nonsense' }, 'cursor_invalid'],
    [{ category: 'theirs' }, 'arguments_invalid'],
  ],
  template_load: [
    [{ template_id: 'nobody' }, 'template_not_found'],
    [{ template_id: 'bug_investigation', category: 'user' }, 'template_not_found'],
    [{ template_id: '../../pawl' }, 'arguments_invalid'],
  ],
  template_info: [[{ template_id: 'nobody' }, 'template_not_found']],
  template_instantiate: [
    [{ template_id: 'nobody' }, 'template_not_found'],
    [{ template_id: 'bug_investigation' }, 'arguments_invalid'],
    [{ template_id: RELEASE, parameters: { version: 'one' } }, 'arguments_invalid'],
    [{ template_id: RELEASE, parameters: { version: '1', x: 1 } }, 'arguments_invalid'],
    [
      { ...{ template_id: RELEASE, parameters: { version: '1' } }, title: 'x'.repeat(501) },
      'plan_invalid',
    ],
    [
      {
        ...{ template_id: RELEASE, parameters: { version: '1' }, create_tasks: true },
        parent_task_id: PARENT,
      },
      'breakdown_exists',
    ],
  ],
  template_create: [
    [{ template_id: 'a/b', template_content: '{}' }, 'arguments_invalid'],
    [{ template_id: 'mine', template_content: '{}' }, 'template_invalid'],
    [{ template_id: 'mine', template_content: '[' }, 'template_invalid'],
    [{ template_id: RELEASE, template_content: RELEASE_TEXT }, 'template_exists'],
  ],
  template_delete: [
    [{ template_id: 'nobody' }, 'template_not_found'],
    [{ template_id: 'bug_investigation' }, 'template_readonly'],
    [{ template_id: RELEASE, restore: true }, 'template_not_found'],
  ],
  reconnect_test: [[{ session_id: 'nobody' }, 'session_not_found']],
  delete_task: [[{ task_id: 'task_ffffffff' }, 'breakdown_not_found']],
  initialize_session: [[{ session_id: 'nobody' }, 'session_not_found']],
};
