import { type KnownRoles, knownRoles } from '../roles/known-roles.ts';
import type { RolePlaces } from '../roles/read-roles.ts';
import { type OperationContext, operation, untilAborted } from './operation.ts';

/** Every role, and what is amiss in role files. */
export type ListedRoles = KnownRoles;

/** What the operations on roles need: no store. */
export type RolesContext = Pick<OperationContext, 'world' | 'log'>;

/**
 * Every role there is, by name, with where each of its fields comes from, and what is amiss in role
 * files. Reads files; writes nothing.
 *
 * @throws PawlError `aborted`.
 */
export async function listRoles(
  ctx: RolesContext,
  places: RolePlaces,
  signal?: AbortSignal,
): Promise<ListedRoles> {
  return await operation(ctx, { operation: 'list-roles' }, () =>
    untilAborted(knownRoles(ctx.world.files, places), signal),
  );
}
