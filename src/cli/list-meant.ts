import type { PeekedWorkspace } from '../app/peek-workspace.ts';
import { PawlError } from '../domain/errors.ts';
import { breakdownOfPath, resolveList } from '../operations/resolve-list.ts';

/**
 * The list that a command is about: that of `path`, or without one the only list that is
 * known. For commands that only look, where there may be no project at all.
 *
 * @throws PawlError `usage` where nothing is known; `list_not_found`, `list_ambiguous`.
 */
export async function listMeant(
  { world, log, store, storeError }: PeekedWorkspace,
  path: string | null,
): Promise<string> {
  if (path !== null) {
    const breakdown = store === null ? null : await breakdownOfPath({ world, store }, path);
    return breakdown?.path ?? path;
  }
  if (storeError !== null) throw storeError;
  if (store === null) throw new PawlError('usage', 'no list was loaded here yet: name its file');
  return (await resolveList({ world, log, store }, null)).path;
}
