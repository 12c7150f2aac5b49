import type { ProgramRunner } from '../../src/agents/runner.ts';
import type { Workspace } from '../../src/app/workspace.ts';
import type { FinishAttempt, Store } from '../../src/store/store.ts';

/** What keeps a stale process from doing harm, each taken out alone by a negative control. */
export type Guard = 'fence' | 'term' | 'adoption';

export const GUARD_VARIABLE = 'PAWL_TEST_WITHOUT';

/** The same workspace as it would be had nobody thought of this guard. */
export function withoutGuard(workspace: Workspace, guard: Guard): Workspace {
  const runner = guard === 'adoption' ? neverAdopting(workspace.runner) : workspace.runner;
  const store = unguardedStore(workspace.store, guard);
  return {
    root: workspace.root,
    stateDir: workspace.stateDir,
    world: workspace.world,
    log: workspace.log,
    store,
    runner,
    rebuildStore: () => workspace.rebuildStore(),
    close: () => workspace.close(),
  };
}

function unguardedStore(store: Store, guard: Guard): Store {
  if (guard === 'adoption') return store;
  return { ...store, finishAttempt: (input, call) => finishUnguarded(store, guard, input, call) };
}

/** Whatever attempt is under way is ended, or: whoever watches over it may end it. */
async function finishUnguarded(
  store: Store,
  guard: 'fence' | 'term',
  { holder: _, ...input }: FinishAttempt,
  call: Parameters<Store['finishAttempt']>[1],
): ReturnType<Store['finishAttempt']> {
  if (guard === 'term') return await store.finishAttempt(input, call);
  const task = await store.task(input.id);
  return await store.finishAttempt({ ...input, fence: task?.fence ?? input.fence }, call);
}

/** Living agents are taken for such that were never started. */
function neverAdopting(runner: ProgramRunner): ProgramRunner {
  return { ...runner, adopt: async () => ({ kind: 'never-started' }) };
}
