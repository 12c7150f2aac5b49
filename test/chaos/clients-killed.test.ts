import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { claimNextTask } from '../../src/operations/claim-task.ts';
import { completeTask } from '../../src/operations/complete-task.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { ClientProject, caller, openServer } from '../support/client-project.ts';
import { testDepth } from '../support/test-depth.ts';
import { programOf } from './built-chaos.ts';
import { CHAOS_VARIABLE, type ChaosOrder } from './chaos-world.ts';
import { PawlProcess } from './pawl-process.ts';

const CLIENT = programOf('claiming-client');
const { clients, tasks } = testDepth.pick({
  reduced: { clients: 4, tasks: 60 },
  full: { clients: 20, tasks: 500 },
});

const projects: ClientProject[] = [];
afterEach(async () => {
  for (const project of projects.splice(0)) await project.remove();
});

function projectOf(rows: readonly string[]): ClientProject {
  const project = new ClientProject(rows);
  projects.push(project);
  return project;
}

function client(project: ClientProject, name: string, orders: readonly ChaosOrder[]): PawlProcess {
  const chaos = JSON.stringify({ orders, log: join(project.root, 'chaos.log') });
  const env = { [CHAOS_VARIABLE]: chaos };
  return new PawlProcess(CLIENT, [project.root, name], { cwd: project.root, env });
}

/** A server that lives an hour later: what was held until now has expired. */
async function anHourLater(project: ClientProject) {
  const real = createRealWorld();
  const { clock } = real;
  const later = { now: () => clock.now() + 3_600_000, monotonic: () => clock.monotonic() };
  return await openServer(project.root, { ...real, clock: later });
}

it('each task is claimed once by clients of which some are killed, and none is lost', async () => {
  const project = projectOf(
    Array.from({ length: tasks }, (_, at) => `| T-${at} | Do ${at} |  | [ ] |`),
  );
  await project.load(await project.serve());
  const started = Array.from({ length: clients }, (_, at) =>
    client(
      project,
      `client-${at}`,
      at % 4 === 0 ? [{ at: 'after-commit', nth: 6, signal: 'SIGKILL' }] : [],
    ),
  );
  const ended = await Promise.all(started.map((one) => one.ended));
  const killed = ended.filter(({ signal }) => signal === 'SIGKILL').length;
  expect(killed).toBe(Math.ceil(clients / 4));
  expect(ended.filter(({ code }) => code === 0)).toHaveLength(clients - killed);
  const said = ended.flatMap(({ out }) => out.split('\n').filter((line) => line !== ''));
  expect(new Set(said).size).toBe(said.length);
  const heir = await anHourLater(project);
  const me = caller('heir');
  for (;;) {
    const next = await claimNextTask(heir.ctx, { caller: me, list: null });
    if (next.kind === 'none') break;
    const { claim } = next.work;
    const said2 = { nextAction: 'complete', summary: 'done' } as const;
    await completeTask(heir.ctx, { caller: me, claim, task: null, listId: null, ...said2 });
  }
  const [list] = await heir.ctx.store.lists();
  expect(list?.counts.completed).toBe(tasks);
  const ends = await heir.ctx.store.events({ kinds: ['completed'] });
  expect(new Set(ends.map(({ task }) => task)).size).toBe(ends.length);
  expect(await heir.ctx.store.audit()).toEqual([]);
  await heir.close();
});

it.each([
  { at: 'after-commit', nth: 3 },
  { at: 'before-spawn', nth: 1 },
  { at: 'after-verify-spawn', nth: 1 },
  { at: 'before-finish', nth: 1 },
] as const)('what a client finished is verified though its server dies: $at', async (order) => {
  const project = projectOf(['| A | Do A verify: sh check.sh |  | [ ] |']);
  writeFileSync(join(project.root, 'check.sh'), 'echo once >> runs; sleep 0.2\n');
  await project.load(await project.serve());
  const { signal } = await client(project, 'ann', [{ ...order, signal: 'SIGKILL' }]).ended;
  expect(signal).toBe('SIGKILL');
  const { ctx } = await project.serve();
  const said = { nextAction: 'complete', summary: 'by ann' } as const;
  const answer = await completeTask(ctx, {
    ...{ caller: caller('ann'), claim: null, task: 'A', listId: null, ...said },
  });
  const claims = await ctx.store.events({ kinds: ['claimed'] });
  expect(claims).toHaveLength(1);
  expect(answer).toMatchObject({ outcome: 'succeeded', task: { status: 'completed' } });
  expect(await ctx.store.audit()).toEqual([]);
});
