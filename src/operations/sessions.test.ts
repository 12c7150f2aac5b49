import { afterEach, beforeEach, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { endSession, handOver, listSessions, openSession, resumeSession } from './open-session.ts';
import { planBreakdown } from './plan-breakdown.ts';

const scene = {} as { project: ScratchProject };

beforeEach(async () => {
  scene.project = await openScratchProject();
});
afterEach(() => scene.project.close());

const client = { name: 'claude-code', version: '2', clientId: 'claude-code:1' };
const open = (more: Partial<Parameters<typeof openSession>[1]> = {}) =>
  openSession(scene.project, { client, ...more });

it('the same process goes on with its session, another one begins its own', async () => {
  const first = await open();
  expect(first.kind).toBe('opened');
  const { sessionId } = first.session;
  expect(await open()).toMatchObject({ kind: 'resumed', session: { sessionId } });
  const other = await open({ client: { ...client, clientId: 'claude-code:2' } });
  expect(other).toMatchObject({ kind: 'opened' });
  expect(await open({ resume: false })).toMatchObject({ kind: 'opened' });
  await endSession(scene.project, { sessionId, summary: 'enough' });
  const sessions = await listSessions(scene.project, { open: true, limit: 1 });
  expect(sessions.cursor).not.toBeNull();
  const { cursor } = sessions;
  expect((await listSessions(scene.project, { open: true, limit: 1, cursor })).cursor).toBeNull();
  const wrong = listSessions(scene.project, { cursor });
  await expect(wrong).rejects.toMatchObject({ code: 'cursor_invalid' });
});

it('a hand-over tells what was planned, what is held, and what comes next', async () => {
  const { session } = await open();
  const { sessionId } = session;
  const { store } = scene.project;
  const { subtasks } = await planBreakdown(scene.project, {
    sessionId,
    plan: {
      parentTaskId: 'task_1',
      ...{ title: 'Build X', description: 'at length', context: 'for the fair' },
      subtasks: ['A', 'B', 'C', 'D'].map((taskId) => ({ taskId, title: `do ${taskId}` })),
    },
  });
  const [a, b, c] = subtasks.map(({ id }) => id);
  const by = { by: 'person', confirmed: false, cascade: false } as const;
  await store.changeTask({ id: a ?? '', verb: 'complete', reason: 'x', ...by });
  await store.changeTask({ id: b ?? '', verb: 'hold', reason: 'which colour?', ...by });
  const lease = { holderId: `session:${sessionId}`, defaultAgent: null, leaseMs: 60_000 };
  await store.claimTask({ id: c ?? '', ...lease });
  const { markdown } = await handOver(scene.project, { sessionId });
  for (const text of [
    ...['task_1: Build X', 'at length', 'for the fair', 'C of breakdown:task_1'],
    ...['B is waiting: which colour?', 'D: do D', 'A: do A', '1 completed'],
  ]) {
    expect(markdown).toContain(text);
  }
  const resumed = await resumeSession(scene.project, {
    sessionId,
    client: { name: 'codex', version: null, clientId: 'codex:7' },
  });
  expect(resumed).toMatchObject({ kind: 'resumed', session: { client: 'codex' } });
  expect(resumed.handOver).toBe(markdown);
  const short = await handOver(scene.project, { sessionId, charsMax: 1_000 });
  expect(short.markdown.length).toBeLessThanOrEqual(1_000);
});

it('a session that nobody opened is refused', async () => {
  const sessionId = 'none';
  const found = { code: 'session_not_found' };
  await expect(handOver(scene.project, { sessionId })).rejects.toMatchObject(found);
  await expect(resumeSession(scene.project, { sessionId, client })).rejects.toMatchObject(found);
  await expect(endSession(scene.project, { sessionId })).rejects.toMatchObject(found);
  expect((await listSessions(scene.project)).sessions).toEqual([]);
});
