import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { earlyStarts } from './agents-log.ts';
import type { Fleet } from './fleet.ts';
import { damageOfEvents, ENDINGS, EVENTS, type EventRow } from './verdict.ts';

/**
 * What is wrong with a fleet whose list is over: empty when everything that was promised holds. The
 * agents' own log, the rows and the events are each read for themselves.
 */
export async function damageOf(fleet: Fleet, concurrency: number): Promise<readonly string[]> {
  const dependencies = new Map(fleet.tasks.map(({ id, dependencies }) => [id, dependencies]));
  const { lines, beside } = fleet.log();
  const events = await fleet.rows<EventRow>(EVENTS);
  return [
    ...beside,
    ...earlyStarts(lines, dependencies),
    ...damageOfEvents(events, [...dependencies.keys()]),
    ...crowds(events, concurrency),
    ...(await attemptDamage(fleet)),
    ...(await audit(fleet)),
  ];
}

/** Moments at which more tasks of the list ran than may. */
export function crowds(events: readonly EventRow[], most: number): readonly string[] {
  let running = 0;
  return events.flatMap(({ taskId, kind }) => {
    if (kind === 'claimed') running += 1;
    else if (ENDINGS.includes(kind)) running -= 1;
    return kind === 'claimed' && running > most
      ? [`${taskId} was claimed as number ${running}`]
      : [];
  });
}

/** Attempts whose success was accepted, although no agent of theirs came to its end. */
async function attemptDamage(fleet: Fleet): Promise<readonly string[]> {
  const ended = new Set(
    fleet
      .log()
      .lines.flatMap(({ kind, taskId, fence }) => (kind === 'end' ? [`${taskId} ${fence}`] : [])),
  );
  const rows = await fleet.rows<{ readonly taskId: string; readonly fence: number }>(
    'SELECT q.task_id AS "taskId", a.fence::int AS fence FROM task_attempts a ' +
      "JOIN task_queue q ON q.id = a.task WHERE a.outcome = 'succeeded'",
  );
  return rows.flatMap(({ taskId, fence }) =>
    ended.has(`${taskId} ${fence}`) ? [] : [`${taskId}: fence ${fence} succeeded without an end`],
  );
}

async function audit({ url }: Fleet): Promise<readonly string[]> {
  const store = await openPostgresStore({ world: createRealWorld(), url });
  try {
    const faults = await store.audit();
    return faults.map(({ code, taskId, message }) => `${code}: ${taskId} ${message}`);
  } finally {
    await store.close();
  }
}
