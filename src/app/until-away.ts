import { isPawlError, PawlError } from '../domain/errors.ts';
import type { Timer } from '../world/timers.ts';
import type { Workspace } from './workspace.ts';

/** A call that takes longer is perhaps waiting for the database: then that is asked. */
const ASK_AFTER_MS = 5_000;
/** So long it may take to answer, which a server that is started again does meanwhile. */
const ANSWER_MS = 5_000;

/**
 * Work in a store for somebody who gives up before a call of the store does (30 s). When the
 * database does not answer any more, the work is ended and that is said. A database that is only
 * busy answers what is asked here, for it is a reading that waits for nobody's turn; then the work
 * goes on. A store in a file tells its faults at once.
 *
 * @throws PawlError `store_unreachable`, and what `work` throws.
 */
export async function untilAway<T>(
  workspace: Workspace,
  work: (away: AbortSignal) => Promise<T>,
): Promise<T> {
  const away = new AbortController();
  if (!workspace.store.capabilities.shared) return await work(away.signal);
  const over = new AbortController();
  const { promise: gone, reject } = Promise.withResolvers<never>();
  const { timers } = workspace.world;
  const ask = async (): Promise<void> => {
    const absence = await absenceOf(workspace, over.signal);
    if (over.signal.aborted) return;
    if (absence === null) timer = later();
    else {
      reject(absence);
      away.abort();
    }
  };
  const later = (): Timer => timers.after(ASK_AFTER_MS, () => void ask(), { unref: true });
  let timer = later();
  try {
    return await Promise.race([work(away.signal), gone]);
  } finally {
    timer.clear();
    over.abort();
  }
}

async function absenceOf({ store }: Workspace, signal: AbortSignal): Promise<PawlError | null> {
  try {
    await store.limits({ deadlineMs: ANSWER_MS, signal });
    return null;
  } catch (cause) {
    const codes = ['store_unreachable', 'deadline_exceeded'] as const;
    // Whatever else is wrong with it, the work is told by itself.
    if (!codes.some((code) => isPawlError(cause, code))) return null;
    const message = `the database did not answer within ${ANSWER_MS / 1_000} s`;
    return new PawlError('store_unreachable', message, { cause });
  }
}
