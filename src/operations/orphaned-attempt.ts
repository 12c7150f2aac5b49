import { isPawlError, type PawlError } from '../domain/errors.ts';
import type { AttemptOutcome } from '../domain/outcome.ts';
import { DEFAULT_RETRY_POLICY } from '../domain/task.ts';
import type { HeldTask } from '../store/store.ts';
import type { ProjectContext } from './operation.ts';

/** Ends whatever still runs for an attempt's folder; resolves when it is gone. */
export type EndByFolder = (folder: string, killGraceMs: number) => Promise<void>;

export interface EndOrphan {
  readonly held: HeldTask;
  readonly outcome: AttemptOutcome;
  readonly endByFolder: EndByFolder;
  readonly killGraceMs: number;
  readonly version: string;
}

/**
 * End an attempt whose holder is gone, in its place: take it over (so that nobody else does
 * meanwhile), end its agent and what verifies it, and finish it with the outcome a person wants.
 * False when somebody else took it over first.
 */
export async function endOrphanedAttempt(ctx: ProjectContext, input: EndOrphan): Promise<boolean> {
  const { store, world, log } = ctx;
  const { held, outcome, version } = input;
  const { id, fence } = held;
  const holderId = world.ids.uuid();
  const { host, self } = world.processes;
  const { listId } = held;
  const attemptsDir = `${ctx.stateDir}/attempts`;
  const about = { kind: 'command', host, process: self, version, attemptsDir };
  const instance = { id: holderId, listId, ...about };
  await store.registerInstance(instance);
  try {
    const claimed = await store.adoptAttempt({
      id,
      fence,
      term: held.term,
      holderId,
      leaseMs: LEASE_MS + input.killGraceMs,
    });
    await endPrograms(ctx, attemptFolder(ctx.stateDir, held), input);
    const holder = { id: holderId, term: claimed.term };
    const policy = DEFAULT_RETRY_POLICY;
    const finished = await store.finishAttempt({ id, fence, holder, outcome, policy });
    if (finished.kind === 'refused') throw finished.error;
    log.info('task.rescued', { task: held.taskId, attempt: held.attempt, outcome: outcome.kind });
    return true;
  } catch (cause) {
    if (!isRaced(cause)) throw cause;
    return false;
  } finally {
    await store.endInstance(holderId);
  }
}

/** Where an attempt's files lie. */
export function attemptFolder(
  stateDir: string,
  { id, fence }: { readonly id: string; readonly fence: number },
): string {
  return `${stateDir}/attempts/${id}/${fence}`;
}

/** The folders in it that verify commands ran in, in the order of their runs. */
export async function verifyFolders(
  { world }: Pick<ProjectContext, 'world'>,
  folder: string,
): Promise<readonly string[]> {
  if ((await world.files.facts(folder)) === null) return [];
  const names = (await world.files.names(folder)).filter((name) => /^verify-\d+$/.test(name));
  const inOrder = names.toSorted((a, b) => Number(a.slice(7)) - Number(b.slice(7)));
  return inOrder.map((name) => `${folder}/${name}`);
}

const LEASE_MS = 60_000;

async function endPrograms(
  ctx: ProjectContext,
  folder: string,
  { endByFolder, killGraceMs }: EndOrphan,
): Promise<void> {
  const folders = [folder, ...(await verifyFolders(ctx, folder))];
  await Promise.all(folders.map((one) => endByFolder(one, killGraceMs)));
}

/** Another process adopted or finished it between our looking and our doing. */
function isRaced(cause: unknown): cause is PawlError {
  return ['stale_term', 'stale_fence', 'illegal_transition'].some((code) =>
    isPawlError(cause, code as PawlError['code']),
  );
}
