import { whereaboutsOf } from '../store/whereabouts.ts';
import type { Workspace } from './workspace.ts';

/** A lock that nobody renewed for a day is nobody's, whatever it says of its expiry. */
const LOCK_AGE_MAX_MS = 86_400_000;

/**
 * Forget the processes of this host that ended without a word, and free the locks that they, or
 * time, left behind. Tasks they held are not touched: rescue looks at the attendant first.
 */
export async function cleanUp({ store, world, log, stateDir }: Workspace): Promise<void> {
  const held = new Set((await store.heldTasks(null)).map((task) => task.holderId));
  const instances = await store.instances();
  const { shared } = store.capabilities;
  const here = { processes: world.processes, shared, attemptsDir: `${stateDir}/attempts` };
  const gone = instances.filter((instance) => whereaboutsOf(instance, here) === 'gone');
  const maxAgeMs = LOCK_AGE_MAX_MS;
  const freed = await store.cleanupStaleLocks({ maxAgeMs, deadHolders: gone.map(({ id }) => id) });
  if (freed > 0) log.info('locks.cleaned', { freed });
  for (const { id } of gone) {
    if (!held.has(id)) await store.endInstance(id);
  }
}
