import { PawlError } from '../domain/errors.ts';
import { type KnownRole, knownRoles } from '../roles/known-roles.ts';
import type { RolePlaces } from '../roles/read-roles.ts';
import type { RoleFinding } from '../roles/role.ts';
import { findRole, type RoleContext, roleContext } from '../roles/role-context.ts';
import type { RolesContext } from './list-roles.ts';
import { operation, untilAborted } from './operation.ts';

export interface ShownRole {
  readonly role: KnownRole;
  /** What an agent is told. */
  readonly text: string;
  readonly findings: readonly RoleFinding[];
}

export interface NamedRole {
  readonly name: string;
  readonly places: RolePlaces;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One role by its name, or by one that stands for it (`coder`: implementer).
 *
 * @throws PawlError `role_not_found` with the names there are in `details.roles`; `aborted`.
 */
export async function showRole(ctx: RolesContext, input: NamedRole): Promise<ShownRole> {
  const { name, places, signal } = input;
  return await operation(ctx, { operation: 'show-role' }, async () => {
    const known = await untilAborted(knownRoles(ctx.world.files, places), signal);
    const role = findRole(known.roles, name);
    if (role === null) {
      const roles = known.roles.map((one) => one.name);
      throw new PawlError('role_not_found', `no role is called ${name}`, { details: { roles } });
    }
    return { role, text: roleContext(known, name).text, findings: known.findings };
  });
}

/**
 * What a specialist of this type is told of itself, for a prompt. A name that nobody defines gives
 * a general text and a finding, never an error.
 *
 * @throws PawlError `aborted`.
 */
export async function describeSpecialist(
  ctx: RolesContext,
  input: NamedRole,
): Promise<RoleContext> {
  const { name, places, signal } = input;
  return await operation(ctx, { operation: 'describe-specialist' }, async () =>
    roleContext(await untilAborted(knownRoles(ctx.world.files, places), signal), name),
  );
}
