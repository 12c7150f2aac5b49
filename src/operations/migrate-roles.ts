import { migrateRoles as copyRoles, type MigratedRoles } from '../roles/migrate-roles.ts';
import { ROLES_DIR } from '../roles/read-roles.ts';
import type { RolesContext } from './list-roles.ts';
import { operation, untilAborted } from './operation.ts';

/**
 * Take over role files from a folder of the older orchestrator's configuration into `.pawl/roles`.
 * What is there already is left as it is, so it may be repeated; the folder itself is not changed.
 *
 * @throws PawlError `store_io` (no such folder), `store_full`, `store_readonly`, `aborted`.
 */
export async function migrateRoles(
  ctx: RolesContext & { readonly stateDir: string },
  { configDir, signal }: { readonly configDir: string; readonly signal?: AbortSignal | undefined },
): Promise<MigratedRoles> {
  return await operation(ctx, { operation: 'migrate-roles' }, () => {
    const to = `${ctx.stateDir}/${ROLES_DIR}`;
    return untilAborted(copyRoles(ctx.world.files, { from: configDir, to }), signal);
  });
}
