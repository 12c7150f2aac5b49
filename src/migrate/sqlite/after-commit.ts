import type { Connection } from '../../store/sqlite/connection.ts';
import type { World } from '../../world/world.ts';
import type { Plan } from '../plan-model.ts';
import { recordAfterwards } from './history.ts';

/**
 * What is good to do once a change is durable. None of it can fail the change any more: what others
 * keep from being done now is left to the database's own next checkpoint or optimization.
 */
export function afterCommit(
  world: World,
  { connection, plan, id }: { connection: Connection; plan: Plan; id: number },
): void {
  if (!plan.steps.some((step) => step.rowsOf !== null)) return;
  const optimizeMs = timed(world, () => optimize(connection));
  const checkpointMs = timed(world, () => checkpoint(connection));
  timed(world, () => recordAfterwards(connection, id, { optimizeMs, checkpointMs }));
}

/** A rebuilt table has lost its statistics. Where there were none, they would change every plan. */
function optimize(connection: Connection): boolean {
  const found = connection.all("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'");
  if (found.length === 0) return false;
  connection.all('PRAGMA optimize = 0x10002');
  return true;
}

/** Give back the disk space that the log of a rebuild has taken. False when a reader holds it. */
function checkpoint(connection: Connection): boolean {
  const [answer] = connection.all<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)');
  return answer?.busy !== 1;
}

/** Whole milliseconds; null when it could not be done. */
function timed(world: World, work: () => boolean): number | null {
  const startedAt = world.clock.monotonic();
  try {
    return work() ? Math.round(world.clock.monotonic() - startedAt) : null;
  } catch {
    return null;
  }
}
