import { PawlError } from '../domain/errors.ts';
import type { ListSummary } from '../store/store.ts';
import { type OperationContext, operation } from './operation.ts';

/**
 * The list that is meant: that of `path` (absolute), or without one the only list there is.
 *
 * @throws PawlError `list_not_found`; `list_ambiguous` with the paths in `details.lists`.
 */
export async function resolveList(
  ctx: OperationContext,
  path: string | null,
): Promise<ListSummary> {
  return await operation(ctx, { operation: 'resolve-list', ...(path && { list: path }) }, () =>
    path === null ? onlyList(ctx) : listOf(ctx, path),
  );
}

/** The list of `path`, or without one every list there is. */
export async function resolveLists(
  ctx: OperationContext,
  path: string | null,
): Promise<readonly ListSummary[]> {
  if (path !== null) return [await resolveList(ctx, path)];
  return await operation(ctx, { operation: 'resolve-lists' }, () => ctx.store.lists());
}

async function listOf({ store, world }: OperationContext, path: string): Promise<ListSummary> {
  const known = await store.listByPath(path);
  if (known !== null) return known;
  const real = await realPath(world.files, path);
  const behind = real === null || real === path ? null : await store.listByPath(real);
  if (behind !== null) return behind;
  throw new PawlError('list_not_found', `${path} was never loaded here`, { details: { path } });
}

async function onlyList({ store }: OperationContext): Promise<ListSummary> {
  const lists = await store.lists();
  const [only] = lists;
  if (only === undefined) throw new PawlError('list_not_found', 'no list was loaded here yet');
  if (lists.length === 1) return only;
  const paths = lists.map((list) => list.path);
  throw new PawlError('list_ambiguous', `${lists.length} lists are known: ${paths.join(', ')}`, {
    details: { lists: paths },
  });
}

async function realPath(
  files: OperationContext['world']['files'],
  path: string,
): Promise<string | null> {
  try {
    return await files.realPath(path);
  } catch {
    return null; // there is no such file: then it is no link to one that is known
  }
}
