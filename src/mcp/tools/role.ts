import { listRoles } from '../../operations/list-roles.ts';
import { describeSpecialist } from '../../operations/show-role.ts';
import type { Desk } from '../tool.ts';

/** How a specialist goes about it, as the project, the user or Pawl describes the role. */
export async function roleOf(
  specialistType: string | null,
  { workspace, signal }: Desk,
): Promise<string | null> {
  if (specialistType === null) return null;
  const places = workspace.rolePlaces;
  return (await describeSpecialist(workspace, { name: specialistType, places, signal })).text;
}

/** The roles that there are. */
export async function roleNames({ workspace, signal }: Desk): Promise<readonly string[]> {
  const { roles } = await listRoles(workspace, workspace.rolePlaces, signal);
  return roles.map(({ name }) => name);
}
