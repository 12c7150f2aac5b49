import { homedir } from 'node:os';
import { environment } from '../config/environment.ts';
import { userFolder } from '../config/user-folder.ts';
import { ROLES_DIR, type RolePlaces } from '../roles/read-roles.ts';
import type { Workspace } from './workspace.ts';

/** Where the role files of a project, and of its user, are. */
export function rolePlaces({ root, stateDir }: Pick<Workspace, 'root' | 'stateDir'>): RolePlaces {
  return { root, stateDir, userDir: `${userFolder(environment(), homedir())}/${ROLES_DIR}` };
}
