import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { changeTask } from '../../src/operations/change-task.ts';
import { claimNextTask, claimTask } from '../../src/operations/claim-task.ts';
import { type CompleteTask, completeTask } from '../../src/operations/complete-task.ts';
import { extendClaim } from '../../src/operations/extend-claim.ts';
import { releaseTask } from '../../src/operations/release-task.ts';
import { resolveTask } from '../../src/operations/resolve-task.ts';
import { setExecutor } from '../../src/operations/set-executor.ts';
import { ClientProject, type ClientServer, caller } from '../support/client-project.ts';

const ANN = caller('ann');
const BOB = caller('bob');
const ROWS = [
  '| A | Do A verify: sh check.sh |  | [ ] |',
  '| B | Do B | A | [ ] |',
  '| C | Do C |  | [ ] |',
];

const projects: ClientProject[] = [];
afterEach(async () => {
  for (const project of projects.splice(0)) await project.remove();
});

/** The check of task A is this shell script. */
async function project(check = 'exit 0'): Promise<{
  readonly it: ClientProject;
  readonly server: ClientServer;
  readonly listId: string;
}> {
  const made = new ClientProject(ROWS);
  projects.push(made);
  writeFileSync(join(made.root, 'check.sh'), `${check}\n`);
  const server = await made.serve();
  return { it: made, server, listId: await made.load(server) };
}

const named = (claim: string) => ({ caller: ANN, claim, task: null, listId: null });

async function complete(
  server: ClientServer,
  claim: string,
  change: Partial<CompleteTask> = {},
): ReturnType<typeof completeTask> {
  const said = { nextAction: 'complete', summary: 'it is done' } as const;
  return await completeTask(server.ctx, { ...named(claim), ...said, ...change });
}

async function claimA({ ctx }: ClientServer, who = ANN): ReturnType<typeof claimTask> {
  return await claimTask(ctx, { caller: who, task: 'A', listId: null });
}

describe('a client that holds a task', () => {
  it('gets what it needs, is verified, marks the list, and hands its result on', async () => {
    const { it, server, listId } = await project('echo checked');
    const work = await claimA(server);
    expect(work).toMatchObject({
      ...{ again: false, attempt: 1, before: null, dependencies: [], parent: null },
      task: { taskId: 'A', description: 'Do A', verify: ['sh', 'check.sh'] },
    });
    const blocked = claimTask(server.ctx, { caller: BOB, task: 'B', listId });
    await expect(blocked).rejects.toMatchObject({
      ...{ code: 'task_blocked', details: { blockers: [{ taskId: 'A', status: 'running' }] } },
    });
    const done = { detailedWork: 'all of it', files: ['src/a.ts'] };
    expect(await complete(server, work.claim, done)).toMatchObject({
      ...{ kind: 'ended', again: false, outcome: 'succeeded', error: null },
      task: { status: 'completed' },
    });
    expect(await complete(server, work.claim, done)).toMatchObject({ kind: 'ended', again: true });
    expect(readFileSync(it.list, 'utf8')).toContain('| A | Do A verify: sh check.sh |  | [x] |');
    const next = await claimNextTask(server.ctx, {
      caller: BOB,
      list: await server.ctx.store.listRecord(listId),
    });
    expect(next).toMatchObject({
      work: {
        task: { taskId: 'B' },
        dependencies: [{ taskId: 'A', summary: 'it is done' }],
      },
    });
  });

  it('learns what a failed verify command said, and so does who claims it next', async () => {
    const { server } = await project('echo 3 tests failed; exit 1');
    const { claim } = await claimA(server);
    const failed = await complete(server, claim, { detailedWork: 'nearly' });
    expect(failed).toMatchObject({
      ...{ kind: 'ended', outcome: 'errored', outputTail: '3 tests failed\n' },
      ...{ error: 'verify: exit code 1: 3 tests failed', task: { status: 'queued' } },
    });
    expect(await complete(server, claim)).toMatchObject({
      ...{ again: true, outcome: 'errored', error: failed.error },
    });
    const { id } = failed.task;
    await server.workspace.store.changeTask({
      ...{ id, verb: 'requeue', reason: '', by: 'person', confirmed: false, cascade: false },
    });
    expect(await claimA(server, BOB)).toMatchObject({
      attempt: 2,
      before: {
        outcome: 'errored',
        outputTail: '3 tests failed\n',
        result: { proposed: 'succeeded' },
      },
    });
  });

  it('is told that verifying goes on, and hears the end by asking again', async () => {
    const { it, server } = await project('while ! test -e go; do sleep 0.02; done');
    const { claim } = await claimA(server);
    const pending = await complete(server, claim, { answerMs: 50 });
    expect(pending).toMatchObject({ kind: 'verifying', again: false, claim, outcome: null });
    expect(await extendClaim(server.ctx, named(claim))).toMatchObject({ heldBy: 'verifier' });
    const released = releaseTask(server.ctx, { ...named(claim), reason: 'enough' });
    await expect(released).rejects.toMatchObject({ code: 'lease_held' });
    writeFileSync(join(it.root, 'go'), '');
    expect(await complete(server, claim)).toMatchObject({ again: true, outcome: 'succeeded' });
  });

  it('says how far it is, what it wants, and gives back what it cannot do', async () => {
    const { server, listId } = await project();
    const task = await resolveTask(server.ctx, 'C', null);
    const claimC = async () =>
      (await claimTask(server.ctx, { caller: ANN, task: 'C', listId })).claim;
    const first = await claimC();
    await extendClaim(server.ctx, { ...named(first), percent: 40, note: 'half way' });
    const progress = (await server.ctx.store.task(task.id))?.progressJson ?? '';
    expect(JSON.parse(progress)).toMatchObject({ percent: 40, note: 'half way', fence: 1 });
    expect(await complete(server, first, { nextAction: 'continue' })).toMatchObject({
      ...{ kind: 'continued', claim: first, task: { status: 'running' } },
    });
    expect(await complete(server, first, { nextAction: 'needs_revision' })).toMatchObject({
      ...{ outcome: 'revise', task: { status: 'queued', attempts: 0 } },
    });
    const second = await claimC();
    await expect(extendClaim(server.ctx, named(first))).rejects.toMatchObject({
      code: 'stale_fence',
    });
    const reason = 'not my field';
    expect(await releaseTask(server.ctx, { ...named(second), reason })).toMatchObject({
      ...{ outcome: 'released', task: { status: 'queued', attempts: 0 } },
    });
    expect(await complete(server, await claimC(), { nextAction: 'blocked' })).toMatchObject({
      ...{ outcome: 'blocked', task: { status: 'waiting' } },
    });
  });

  it('keeps it through `pawl stop`, and loses it to a person who cancels it', async () => {
    const { server, listId } = await project();
    const { claim, task } = await claimA(server);
    const list = await server.ctx.store.list(listId);
    const kill = { endByFolder: server.workspace.runner.endByFolder, killGraceMs: 100 };
    const rest = { ...kill, version: '1', waitMs: 1_000 };
    expect(await setExecutor(server.ctx, { list: list!, verb: 'stop', ...rest })).toMatchObject({
      stillRunning: [],
    });
    expect(await extendClaim(server.ctx, named(claim))).toMatchObject({ heldBy: 'client' });
    const line = await resolveTask(server.ctx, task.id, null);
    await changeTask(server.ctx, { task: line, verb: 'cancel', reason: 'enough', ...rest });
    await expect(complete(server, claim)).rejects.toMatchObject({ code: 'stale_fence' });
    expect(await server.ctx.store.task(task.id)).toMatchObject({ status: 'cancelled' });
  });

  it('is not believed for what it never had', async () => {
    const { server } = await project();
    const { claim, task } = await claimA(server);
    const other = { caller: BOB, claim: null, task: 'A', listId: null };
    await expect(extendClaim(server.ctx, other)).rejects.toMatchObject({ code: 'claim_needed' });
    const mixed = { ...named(claim), task: 'B' };
    await expect(extendClaim(server.ctx, mixed)).rejects.toMatchObject({ code: 'claim_invalid' });
    const nothing = { ...named(claim), claim: null };
    await expect(extendClaim(server.ctx, nothing)).rejects.toMatchObject({ code: 'usage' });
    const long = { summary: 'x'.repeat(10_001) };
    await expect(complete(server, claim, long)).rejects.toMatchObject({ code: 'usage' });
    const brief = { caller: ANN, task: 'A', listId: null, leaseMs: 1 };
    await expect(claimTask(server.ctx, brief)).rejects.toMatchObject({ code: 'usage' });
    expect(await server.ctx.store.task(task.id)).toMatchObject({ status: 'running', fence: 1 });
  });

  it('goes on with the next server where the last one left', async () => {
    const { it, server } = await project('while ! test -e go; do sleep 0.02; done');
    const { claim } = await claimA(server);
    await complete(server, claim, { answerMs: 50 });
    await server.keeper.stop();
    const heir = await it.serve();
    writeFileSync(join(it.root, 'go'), '');
    expect(await complete(heir, claim)).toMatchObject({ again: true, outcome: 'succeeded' });
  });
});
