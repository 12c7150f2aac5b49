import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DoorClient } from './door-bench.ts';
import { PARENT, SECOND, TASK, ToolScene } from './tool-scene.ts';

/** No answer is a constant: each tool does what it says, and tells what is there. */
describe('what a tool says it did', () => {
  let scene: ToolScene;
  let agent: DoorClient;

  let empty: string;
  beforeAll(async () => {
    empty = await ToolScene.emptyStore();
  });
  afterAll(() => rmSync(empty, { recursive: true }));

  beforeEach(async () => {
    scene = new ToolScene();
    agent = await scene.open(empty);
  });
  afterEach(async () => await scene.close());

  const stateOf = async (task_id: string): Promise<string> =>
    (await agent.done('query_tasks', { task_id })).task.state;

  const claim = async (): Promise<string> =>
    (await agent.done('execute_task', { task_id: TASK })).claim;

  it('a session is opened once a process, taken up again, and knows its plans', async () => {
    const first = await agent.done('initialize_session');
    const again = await agent.done('initialize_session');
    expect([first.session, again.session]).toEqual(['resumed', 'resumed']);
    expect(again.session_id).toBe(first.session_id);
    const other = await scene.bench.connect('modern', { name: 'other' });
    const theirs = await other.done('initialize_session');
    expect(theirs.session).toBe('opened');
    expect(theirs.session_id).not.toBe(first.session_id);
    const taken = await other.done('initialize_session', { session_id: first.session_id });
    expect(taken.hand_over).toContain(PARENT);
  });

  it('a session of a project that was named leads back to it', async () => {
    const working_directory = scene.bench.root;
    const { session_id } = await agent.done('initialize_session', { working_directory });
    expect(await agent.done('claim_next', { session_id })).toMatchObject({ task_id: TASK });
  });

  it('a plan keeps its complexity and context, for whoever does a part of it', async () => {
    const { parent_task_id: parent, complexity } = await agent.done('plan_task', {
      ...{ description: 'Rework the index', complexity: 'very_complex', context: 'Mind the lock' },
      subtasks: [{ title: 'Read it', task_id: 'reader_1' }],
    });
    expect(complexity).toBe('very_complex');
    const work = await agent.done('execute_task', { task_id: 'reader_1' });
    expect(work.part_of).toMatchObject({ parent_task_id: parent, context: 'Mind the lock' });
    const place = { root: scene.bench.root, create: false };
    const stored = await scene.bench.pool.use(place, ({ store }) => store.breakdown(parent));
    expect(stored).toMatchObject({ complexity: 'very_complex', context: 'Mind the lock' });
  });

  it('half a character in a reason leaves the task equal to its events', async () => {
    await agent.done('cancel_task', { task_id: TASK, reason: 'no \uDBFF\uDBFF need' });
    const { checks } = await agent.done('health_check', { deep: true });
    expect(checks.audit).toMatchObject({ ok: true });
  });

  it('a claim, a heartbeat and its progress are seen by others', async () => {
    const held = await claim();
    await agent.done('heartbeat', { claim: held, percent: 70, note: 'nearly there' });
    const other = await scene.bench.connect('modern', { name: 'other' });
    const seen = await other.done('get_status');
    expect(seen).toMatchObject({ summary: { running: 1, ready: 0 } });
    expect(seen.lists[0].running[0]).toMatchObject({ task_id: TASK, by: expect.any(String) });
  });

  it('what a task says is changed, and read back', async () => {
    const changed = await agent.done('update_task', {
      ...{ task_id: TASK, title: 'Another', priority: 'P1', acceptance: ['it works'] },
    });
    expect(changed.changed).toEqual(expect.arrayContaining(['title', 'priority']));
    const { task } = await agent.done('query_tasks', { task_id: TASK });
    expect(task).toMatchObject({ title: 'Another', priority: 'P1', criteria: ['it works'] });
  });

  it('a cancelled task is cancelled, with what depended on it, and comes back', async () => {
    await agent.done('cancel_task', { task_id: TASK, reason: 'no need' });
    expect(await stateOf(TASK)).toBe('cancelled');
    await agent.done('update_task', { task_id: TASK, status: 'queued' });
    expect(await stateOf(TASK)).toBe('ready');
    const all = await agent.done('cancel_task', { parent_task_id: PARENT });
    expect(all.cancelled).toBeGreaterThan(0);
    expect(await agent.done('synthesize_results', { parent_task_id: PARENT })).toMatchObject({
      verdict: 'ended_incomplete',
    });
  });

  it('what is archived is gone from everywhere, and restored as it was', async () => {
    const before = await agent.done('synthesize_results', { parent_task_id: PARENT });
    const put = (action: string) =>
      agent.done('maintenance_coordinator', { action, target_task_id: PARENT });
    expect(await put('archive')).toMatchObject({ archived: true, changed: true });
    expect(await put('archive')).toMatchObject({ changed: false });
    expect(await agent.done('query_tasks')).toMatchObject({ count: 0 });
    expect(await agent.done('query_tasks', { archived: true })).toMatchObject({
      tasks: [{ task_id: TASK }, { task_id: SECOND }],
    });
    expect(await put('restore')).toMatchObject({ archived: false, changed: true });
    expect(await agent.done('synthesize_results', { parent_task_id: PARENT })).toEqual(before);
  });

  it('cleaning up is a preview until it is applied', async () => {
    for (const task_id of [TASK, SECOND]) {
      const work = await agent.done('execute_task', { task_id });
      await agent.done('complete_task', { claim: work.claim, summary: 'done' });
    }
    const scan = (more: object) =>
      agent.done('maintenance_coordinator', {
        action: 'scan_cleanup',
        older_than_days: 0,
        ...more,
      });
    expect(await scan({})).toMatchObject({
      preview: true,
      breakdowns: [{ parent_task_id: PARENT }],
    });
    expect(await agent.done('query_tasks')).toMatchObject({ tasks: [{}, {}] });
    expect(await scan({ apply: true })).toMatchObject({
      applied: true,
      breakdowns: [{ parent_task_id: PARENT }],
    });
    expect(await agent.done('query_tasks')).toMatchObject({ count: 0 });
    expect(await scan({})).toMatchObject({ candidates: 0 });
  });

  it('the structure is looked at, and the hand-over says what is open', async () => {
    const act = (action: string) => agent.done('maintenance_coordinator', { action });
    expect(await act('validate_structure')).toMatchObject({ valid: true });
    expect((await act('prepare_handover')).hand_over).toContain('Endpoint');
    expect(await act('update_documentation')).toMatchObject({ documents: 0 });
    const artifacts = [{ name: 'guide.md', content: '# Guide', type: 'documentation' }];
    await agent.done('complete_task', { claim: await claim(), summary: 'done', artifacts });
    expect(await act('update_documentation')).toMatchObject({
      ...{ documents: 1, found: [{ name: 'guide.md' }] },
    });
  });

  it('a restart raises the generation, and health tells of it', async () => {
    const generation = async () => (await agent.done('health_check')).generation;
    expect(await generation()).toBe(0);
    const held = await claim();
    const restarts = await Promise.all(
      [1, 2].map(async () => (await agent.done('restart_server')).generation),
    );
    expect(restarts.toSorted()).toEqual([1, 2]);
    expect(await generation()).toBe(2);
    expect(await agent.done('heartbeat', { claim: held })).toMatchObject({ task_id: TASK });
  });

  it('sessions are listed, told of, and ended', async () => {
    const { session_id } = await agent.done('initialize_session');
    await agent.done('execute_task', { task_id: TASK });
    expect(await agent.done('list_sessions')).toMatchObject({
      ...{ count: 1, sessions: [{ sessionId: session_id }] },
    });
    const { hand_over } = await agent.done('session_status', { session_id });
    expect(hand_over).toContain(TASK);
    expect((await agent.done('resume_session', { session_id })).hand_over).toBe(hand_over);
    const clean = (more: object) => agent.done('cleanup_sessions', { older_than_days: 0, ...more });
    expect(await clean({})).toMatchObject({ preview: true, sessions: [session_id] });
    expect(await agent.done('list_sessions', { open: true })).toMatchObject({ count: 1 });
    expect(await clean({ dry_run: false })).toMatchObject({ ended: 1 });
    expect(await agent.done('list_sessions', { open: true })).toMatchObject({ count: 0 });
  });

  it('what is deleted is archived, and can be restored', async () => {
    expect(await agent.done('delete_task', { task_id: PARENT, force: true })).toMatchObject({
      ...{ archived: true, changed: true },
    });
    expect(await agent.done('query_tasks')).toMatchObject({ count: 0 });
    const back = { action: 'restore', target_task_id: PARENT };
    await agent.done('maintenance_coordinator', back);
    expect(await agent.done('query_tasks')).toMatchObject({ tasks: [{}, {}] });
  });

  it('before a restart is said what it waits for, and after it that it was', async () => {
    expect(await agent.done('shutdown_prepare')).toMatchObject({ ready: true, running: 0 });
    await claim();
    expect(await agent.done('shutdown_prepare')).toMatchObject({ running: 1 });
    expect(await agent.done('restart_status')).toMatchObject({ generation: 0 });
    await agent.done('restart_server');
    expect(await agent.done('restart_status')).toMatchObject({ generation: 1 });
  });

  it('pages follow on each other until every task was shown once', async () => {
    const subtasks = Array.from({ length: 120 }, (_, at) => ({
      ...{ title: `Step ${at} ${'of many words '.repeat(8)}`, task_id: `step_${at}` },
    }));
    await agent.done('plan_task', { description: 'Many', parent_task_id: 'task_many', subtasks });
    const shown: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await agent.done('query_tasks', { parent_task_id: 'task_many', cursor });
      shown.push(...page.tasks.map((task: { task_id: string }) => task.task_id));
      cursor = page.cursor;
      if (cursor === undefined) break;
    }
    expect(shown).toEqual(subtasks.map(({ task_id }) => task_id));
  });

  it('a repeated plan with the same key is stored once', async () => {
    const plan = { description: 'Once', request_key: 'k1', subtasks: [{ title: 'A' }] };
    const first = await agent.done('plan_task', plan);
    const again = await agent.done('plan_task', plan);
    expect(again.parent_task_id).toBe(first.parent_task_id);
    const other = await agent.call('plan_task', { ...plan, description: 'Other' });
    expect(other.data.error.code).toBe('key_reused');
  });
});
