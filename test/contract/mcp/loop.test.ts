import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DoorBench, type DoorClient, type Era } from './door-bench.ts';

const PLAN = {
  description: 'Users can cancel an order',
  complexity: 'moderate',
  context: 'The service is in src/orders.',
  subtasks: [
    { key: 'api', title: 'Endpoint', specialist_type: 'implementer', acceptance: ['204'] },
    { key: 'test', title: 'Test it', specialist_type: 'tester', dependencies: ['api'] },
  ],
};

describe.each<Era>(['legacy', 'modern'])('the loop of an agent (%s)', (era) => {
  let bench: DoorBench;
  let agent: DoorClient;

  beforeEach(async () => {
    bench = new DoorBench();
    agent = await bench.connect(era);
  });
  afterEach(async () => await bench.close());

  const plan = async () => {
    const planned = await agent.done('plan_task', PLAN);
    const [api, test] = planned.subtasks.map((one: { task_id: string }) => one.task_id);
    return { parent: planned.parent_task_id as string, api: api as string, test: test as string };
  };

  it('plans, claims, completes and synthesizes, and every step is seen by the next', async () => {
    expect(await agent.done('get_status')).toMatchObject({ workspace: bench.root });
    const { parent, api, test } = await plan();
    expect(parent).toMatch(/^task_[0-9a-f]{8}$/);
    expect(api).toMatch(/^implementer_[0-9a-f]{6}$/);
    expect(await agent.done('get_status')).toMatchObject({
      summary: { lists: 1, tasks: 2, ready: 1, blocked: 1 },
      lists: [{ parent_task_id: parent, ready: [{ task_id: api, title: 'Endpoint' }] }],
    });

    const early = await agent.call('execute_task', { task_id: test });
    expect(early).toMatchObject({ isError: true, data: { error: { code: 'task_blocked' } } });

    const work = await agent.done('claim_next', { specialist_type: 'implementer' });
    expect(work).toMatchObject({
      ...{ task_id: api, attempt: 1, acceptance: ['204'] },
      part_of: { parent_task_id: parent, context: PLAN.context },
    });
    expect(await agent.done('get_status')).toMatchObject({ summary: { running: 1, ready: 0 } });
    const { claim } = work;
    expect(await agent.done('heartbeat', { claim, percent: 40 })).toMatchObject({ task_id: api });

    const report = { claim, summary: 'DELETE answers 204' };
    const done = await agent.done('complete_task', report);
    expect(done).toMatchObject({ result: 'ended', task: { task_id: api, state: 'completed' } });
    expect(await agent.done('complete_task', report)).toMatchObject({ again: true });
    const halfway = await agent.done('synthesize_results', { parent_task_id: parent });
    expect(halfway.verdict).toBe('in_progress');

    const next = await agent.done('execute_task', { task_id: test });
    expect(next.builds_on).toEqual([{ task_id: api, result: 'DELETE answers 204' }]);
    await agent.done('complete_task', { claim: next.claim, summary: 'covered' });
    const whole = await agent.done('synthesize_results', { parent_task_id: parent });
    expect(whole).toMatchObject({ verdict: 'completed', counts: { completed: 2 } });
    expect(whole.report).toContain('DELETE answers 204');
  });

  it('keeps long work in pieces as it comes, each once; the report closes it', async () => {
    const { api, parent } = await plan();
    const { claim } = await agent.done('execute_task', { task_id: api });
    const send = async (content: string, offset?: number) => {
      const append = { name: 'log.md', content, ...(offset === undefined ? {} : { offset }) };
      return (await agent.done('heartbeat', { claim, append })).artifact;
    };
    expect(await send('one ', 0)).toMatchObject({ name: 'log.md', next_offset: 4 });
    expect(await send('one ', 0)).toMatchObject({ next_offset: 4 });
    expect(await send('two', 4)).toMatchObject({ next_offset: 7 });
    const gap = { name: 'log.md', content: 'x', offset: 99 };
    expect(await agent.call('heartbeat', { claim, append: gap })).toMatchObject({
      ...{ isError: true, data: { error: { code: 'artifact_gap' } } },
    });
    await agent.done('complete_task', { claim, summary: 'done' });
    const late = { name: 'log.md', content: 'late' };
    expect(await agent.call('heartbeat', { claim, append: late })).toMatchObject({ isError: true });
    const query = { parent_task_id: parent, include_artifacts: true, status: ['completed'] };
    const { tasks } = await agent.done('query_tasks', query);
    expect(tasks[0].artifacts).toMatchObject([{ name: 'log.md', bytes: 7 }]);
  });

  it('obeys what is to happen next', async () => {
    const { api } = await plan();
    const claimed = async () => (await agent.done('execute_task', { task_id: api })).claim;
    const say = async (next_action: string) =>
      await agent.done('complete_task', {
        ...{ claim: await claimed(), summary: 'because', next_action },
      });
    expect(await say('continue')).toMatchObject({ result: 'continued' });
    expect(await say('needs_revision')).toMatchObject({ task: { state: 'ready' } });
    const again = await agent.done('execute_task', { task_id: api });
    expect(again).toMatchObject({ before: { outcome: 'revise' } });
    expect(await say('blocked')).toMatchObject({ task: { state: 'waiting' } });
    await agent.done('update_task', { task_id: api, status: 'queued' });
    expect(await say('failed')).toMatchObject({ outcome: 'errored' });
  });

  it('gives back what it holds, and refuses who holds it no more', async () => {
    const { api } = await plan();
    const first = await agent.done('execute_task', { task_id: api });
    const other = await bench.connect(era, { name: 'other' });
    expect(await other.call('execute_task', { task_id: api })).toMatchObject({
      ...{ isError: true, data: { error: { code: 'lease_held' }, workspace: bench.root } },
    });
    const released = await agent.done('update_task', { task_id: api, release: true });
    expect(released).toMatchObject({ released: true, task: { state: 'ready' } });
    await other.done('execute_task', { task_id: api });
    for (const [tool, more] of [
      ['heartbeat', {}],
      ['complete_task', { summary: 'late' }],
    ] as const) {
      const stale = await agent.call(tool, { claim: first.claim, ...more });
      expect(stale).toMatchObject({ isError: true, data: { error: { code: 'stale_fence' } } });
      expect(stale.data.error.next).toContain('orchestrator_claim_next');
    }
  });

  it('keeps evidence as artifacts, which are read by their address', async () => {
    const { api } = await plan();
    const { claim } = await agent.done('execute_task', { task_id: api });
    const artifacts = [{ name: 'report.md', content: '# Done', type: 'documentation' }];
    await agent.done('complete_task', { claim, summary: 'done', artifacts });
    const found = await agent.done('query_tasks', {
      ...{ status: ['completed'], include_artifacts: true },
    });
    const [{ uri }] = found.tasks[0].artifacts;
    const { contents } = await agent.client.readResource({ uri });
    expect(contents).toMatchObject([{ uri, mimeType: 'text/markdown', text: '# Done' }]);
    const ranged = await agent.client.readResource({ uri: `${uri}?offset=2&length=2` });
    expect(ranged.contents[0]).toMatchObject({ blob: Buffer.from('Do').toString('base64') });
  });

  it('takes what the older server was told', async () => {
    const planned = await agent.done('plan_task', {
      ...{ description: 'Older', complexity_level: 'simple', context: { of: 'old' } },
      subtasks_json: JSON.stringify([
        { task_id: 'a1', title: 'A', specialist_type: 'implementer', estimated_effort: '1h' },
        { task_id: 'a2', title: 'B', specialist_type: 'tester', dependencies: ['a1'] },
      ]),
    });
    expect(planned).toMatchObject({ complexity: 'simple', total: 2, ready: 1 });
    expect(await agent.done('execute_subtask', { task_id: 'a1' })).toMatchObject({ task_id: 'a1' });
    const done = await agent.done('complete_subtask', {
      ...{ task_id: 'a1', summary: 'did it', detailed_work: 'all of it', next_action: 'complete' },
      ...{ file_paths: ['src/a.ts'], artifact_type: 'code', legacy_artifacts: ['b.ts'] },
    });
    expect(done).toMatchObject({ task: { state: 'completed' } });
    const listed = (await agent.client.listTools()).tools.map(({ name }) => name);
    expect(listed).not.toContain('orchestrator_execute_subtask');
    expect(listed).not.toContain('orchestrator_complete_subtask');
  });
});
