import { afterEach, describe, expect, it } from 'vitest';
import { doubledEffects } from './agents-log.ts';
import { PAWL, RUN_LIST } from './built-chaos.ts';
import { ChaosProject, type ChaosTask, freeTasks } from './chaos-project.ts';
import type { ChaosOrder } from './chaos-world.ts';
import { until } from './pawl-process.ts';
import { damageOf, query } from './verdict.ts';
import { GUARD_VARIABLE, type Guard } from './without-guard.ts';

const SHORT_LEASE = { PAWL_LEASE: '1s', PAWL_HEARTBEAT: '300ms', PAWL_SWEEP: '300ms' };
const AT_FINISH: readonly ChaosOrder[] = [{ at: 'before-finish', nth: 1, signal: 'SIGSTOP' }];
/** Not at any moment: who stands still within a transaction keeps the whole file from others. */
const AT_FOURTH_AGENT: readonly ChaosOrder[] = [{ at: 'after-spawn', nth: 4, signal: 'SIGSTOP' }];

let project: ChaosProject;

afterEach(async () => {
  await project.remove();
});

function begin(tasks: readonly ChaosTask[]): void {
  project = new ChaosProject(tasks);
}

/** A run with a short lease; without a face when a guard may be missing from it. */
function run(orders: readonly ChaosOrder[], composed?: { readonly without: Guard | null }) {
  const guard = composed?.without ?? null;
  const env = guard === null ? SHORT_LEASE : { ...SHORT_LEASE, [GUARD_VARIABLE]: guard };
  return project.run({ orders, env, script: composed === undefined ? PAWL : RUN_LIST });
}

async function stopped(count: number): Promise<void> {
  await until(`${count} stopped processes`, () => project.carriedOut().length >= count);
}

async function agentsBegun(count: number): Promise<void> {
  const starts = (): number => project.agents().filter((line) => line.kind === 'start').length;
  await until(`${count} agents`, () => starts() >= count);
}

function kindsOf(taskId: string): readonly string[] {
  return query<{ taskId: string; kind: string }>(
    project.database,
    'SELECT q.task_id AS taskId, e.kind FROM task_events e ' +
      'JOIN task_queue q ON q.id = e.task ORDER BY e.seq',
  ).flatMap((row) => (row.taskId === taskId ? [row.kind] : []));
}

describe('a run that is stopped for longer than its lease', () => {
  it.each(['while it is held', 'when it has run out'])(
    'is replaced by one that is started %s, and no agent is doubled',
    async (when) => {
      begin(freeTasks(6));
      project.pace(3);
      const stale = run(AT_FOURTH_AGENT);
      await stopped(1);
      await agentsBegun(4);
      if (when !== 'while it is held') await leaseRunOut();
      const next = run([]);
      project.pace(0.1);
      const end = await next.end();
      expect(end, end.err).toMatchObject({ code: 0 });
      stale.signal('SIGCONT');
      await stale.end();
      expect(await damageOf(project)).toEqual([]);
      expect(project.agents()).toHaveLength(12);
      await project.nothingLeft();
    },
  );

  it('cannot end an attempt that another watches over by now', async () => {
    expect(await staleTerm(undefined)).toEqual({ staleAccepted: false, damage: [] });
  });

  it('cannot end an attempt that was begun after its own', async () => {
    const { damage, kinds } = await staleFence(undefined);
    expect(damage).toEqual([]);
    expect(kinds.filter((kind) => kind === 'claimed')).toHaveLength(2);
  });
});

describe('the same without a guard does harm', () => {
  it('the composition that guards are taken out of does none by itself', async () => {
    expect(await staleTerm({ without: null })).toEqual({ staleAccepted: false, damage: [] });
    await project.remove();
    expect((await staleFence({ without: null })).damage).toEqual([]);
    await project.remove();
    expect(await killedHolder({ without: null })).toEqual([]);
  });

  it('without the term a stopped holder ends what another watches over', async () => {
    expect((await staleTerm({ without: 'term' })).staleAccepted).toBe(true);
  });

  it('without the fence an old result ends a new attempt: a task runs twice at once', async () => {
    const { damage } = await staleFence({ without: 'fence' });
    expect(damage).toContainEqual(expect.stringMatching(/^T-1: fence \d started beside the agent/));
  });

  it('without adoption a task runs beside the agent that outlived its holder', async () => {
    const damage = await killedHolder({ without: 'adoption' });
    expect(damage).toContainEqual(expect.stringMatching(/started beside the agent of fence 1$/));
  });
});

/**
 * Both runs stop with the same result in hand, the first one's lease long over; it wakes first. Its
 * result is stale: before it may end the attempt, it has to adopt it back from the next run.
 */
async function staleTerm(composed: { readonly without: Guard | null } | undefined) {
  begin(freeTasks(1));
  const stale = run(AT_FINISH, composed);
  await stopped(1);
  const next = run(AT_FINISH, composed);
  await stopped(2);
  stale.signal('SIGCONT');
  await stale.end();
  const kinds = kindsOf('T-1');
  const adoptions = kinds.filter((kind) => kind === 'adopted').length;
  next.signal('SIGCONT');
  await next.end();
  const accepted = kinds.includes('completed') && adoptions < 2;
  return { staleAccepted: accepted, damage: await damageOf(project) };
}

/** The first run sleeps on a failure, while the next one goes on to the second attempt. */
async function staleFence(composed: { readonly without: Guard | null } | undefined) {
  begin(freeTasks(1));
  project.failOnce('T-1');
  const stale = run(AT_FINISH, composed);
  await stopped(1);
  // The harm is done when a third agent begins: the second one waits for it, however long it takes.
  const harmful = composed?.without === 'fence';
  if (harmful) project.closeGate();
  project.pace(harmful ? 0.1 : 2.5);
  const next = run([], composed);
  await agentsBegun(2);
  project.pace(0.1);
  stale.signal('SIGCONT');
  if (harmful) {
    await agentsBegun(3);
    project.openGate();
  }
  await stale.end();
  await next.end();
  return { damage: doubledEffects(project.agents()), kinds: kindsOf('T-1') };
}

/** The next run finds four agents whose holder is gone, and their gate closed. */
async function killedHolder(composed: { readonly without: Guard | null }) {
  begin(freeTasks(4));
  project.closeGate();
  const killed = run([], composed);
  await agentsBegun(4);
  await killed.kill();
  const next = run([], composed);
  if (composed.without === 'adoption') await agentsBegun(5);
  else await until('the adoption', () => kindsOf('T-4').includes('adopted'));
  project.openGate();
  await next.end();
  return doubledEffects(project.agents());
}

async function leaseRunOut(): Promise<void> {
  const sql = 'SELECT max(lease_until_ms) AS until FROM task_queue';
  const [row] = query<{ until: number }>(project.database, sql);
  await until('the end of the lease', () => Date.now() > (row?.until ?? 0));
}
