import type { Files } from '../world/files.ts';
import { BUILT_IN_ROLES } from './built-in-roles.ts';
import {
  type ReadRoleParts,
  type RolePlaces,
  type RoleSource,
  readRoleParts,
} from './read-roles.ts';
import { ROLE_FIELDS, type Role, type RoleField, type RoleFinding } from './role.ts';

export interface KnownRole extends Role {
  /** Where each field comes from: `built-in`, or a file. */
  readonly origins: Readonly<Record<RoleField, string>>;
}

export interface KnownRoles {
  /** By name. */
  readonly roles: readonly KnownRole[];
  readonly findings: readonly RoleFinding[];
}

/** What a role has of a field that nobody says anything of. */
export const NO_ROLE: Omit<Role, 'name'> = {
  ...{ definition: '', expertise: [], approach: [], outputFormat: '' },
};

const STRENGTH: Readonly<Record<RoleSource, number>> = {
  ...{ project: 0, user: 1, 'built-in': 2, 'older-defaults': 3 },
};

/**
 * All roles, each merged field by field: what the project says comes before what the user says,
 * and that before what is built in. So a file that changes one field keeps the others.
 */
export async function knownRoles(files: Files, places: RolePlaces): Promise<KnownRoles> {
  const { parts, findings } = await readRoleParts(files, places);
  return { roles: mergeRoles(parts), findings };
}

/** Pure. Parts of one strength are heard in their order. */
export function mergeRoles(parts: ReadRoleParts['parts']): readonly KnownRole[] {
  const said = [
    ...parts,
    ...BUILT_IN_ROLES.map((part) => ({ source: 'built-in', file: 'built-in', part }) as const),
  ].toSorted((one, two) => STRENGTH[one.source] - STRENGTH[two.source]);
  const names = [...new Set(said.map(({ part }) => part.name))].toSorted();
  return names.map((name) => {
    const own = said.filter(({ part }) => part.name === name);
    const from = <F extends RoleField>(field: F) => {
      const first = own.find(({ part }) => part[field] !== undefined);
      const value = (first?.part[field] ?? NO_ROLE[field]) as Role[F];
      return { value, origin: first?.file ?? 'nowhere' };
    };
    const fields = {
      ...{ definition: from('definition'), expertise: from('expertise') },
      ...{ approach: from('approach'), outputFormat: from('outputFormat') },
    };
    const origins = Object.fromEntries(
      Object.values(ROLE_FIELDS).map((field) => [field, fields[field].origin]),
    ) as Record<RoleField, string>;
    return {
      name,
      definition: fields.definition.value,
      expertise: fields.expertise.value,
      approach: fields.approach.value,
      outputFormat: fields.outputFormat.value,
      origins,
    };
  });
}
