import { PawlError } from '../domain/errors.ts';
import type { Workspace } from './workspace.ts';

const LOCK = 'generation';
const LOCK_MS = 10_000;

/** How often a project was opened by a restart, over all processes. 0 when it never was. */
export async function readGeneration({
  world,
  stateDir,
}: Pick<Workspace, 'world' | 'stateDir'>): Promise<number> {
  const path = fileOf(stateDir);
  if ((await world.files.facts(path)) === null) return 0;
  const generation = Number(new TextDecoder().decode(await world.files.read(path)));
  return Number.isSafeInteger(generation) && generation > 0 ? generation : 0;
}

/**
 * Count a restart; gives the new number, which no other restart gets.
 *
 * @throws PawlError `lock_held` when another process restarts at this moment.
 */
export async function nextGeneration(workspace: Workspace): Promise<number> {
  const { store, world, stateDir } = workspace;
  const holderId = world.ids.uuid();
  const lock = await store.acquireLock({ name: LOCK, holderId, ttlMs: LOCK_MS });
  if (lock.kind === 'held') {
    throw new PawlError('lock_held', 'another process restarts at this moment', {
      details: { holder: lock.holderId },
    });
  }
  try {
    const generation = (await readGeneration(workspace)) + 1;
    await world.files.replace(fileOf(stateDir), `${generation}\n`);
    return generation;
  } finally {
    await store.releaseLock({ name: LOCK, holderId, fence: lock.fence });
  }
}

const fileOf = (stateDir: string): string => `${stateDir}/generation`;
