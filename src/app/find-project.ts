import { dirname } from 'node:path';
import { parentOfList } from '../domain/breakdown/list-path.ts';
import { PawlError } from '../domain/errors.ts';
import { OLDER_FOLDER } from '../importing/older/older-folder.ts';
import type { World } from '../world/world.ts';

/** Where a project's state lies, or would be made. */
export interface ProjectPlace {
  readonly root: string;
  readonly stateDir: string;
  /** False: nothing was made there yet. */
  readonly exists: boolean;
}

export const STATE_DIR = '.pawl';

/**
 * The project that `start` (a folder) belongs to: the nearest folder upwards that has a `.pawl`,
 * else the one that has a `.git`, else the one with the store of an older orchestrator, else
 * `start` itself. A home folder, or the root of the disk, is nobody's project unless one starts in
 * it.
 *
 * @throws PawlError `usage` when `start` is not a folder.
 */
export async function findProject(
  { files }: World,
  start: string,
  home: string,
): Promise<ProjectPlace> {
  if ((await files.facts(start))?.kind !== 'directory') {
    throw new PawlError('usage', `${start} is not a folder`);
  }
  let gitRoot: string | null = null;
  let olderRoot: string | null = null;
  for (let folder = start; ; folder = dirname(folder)) {
    const ours = folder === start || (folder !== home && folder !== '/');
    const stateDir = `${folder === '/' ? '' : folder}/${STATE_DIR}`;
    if (ours && (await files.facts(stateDir))?.kind === 'directory') {
      return { root: folder, stateDir, exists: true };
    }
    if (ours && gitRoot === null && (await files.facts(`${folder}/.git`)) !== null) {
      gitRoot = folder;
    }
    if (ours && olderRoot === null && (await files.facts(`${folder}/${OLDER_FOLDER}`)) !== null) {
      olderRoot = folder;
    }
    if (folder === dirname(folder)) break;
  }
  const root = gitRoot ?? olderRoot ?? start;
  return { root, stateDir: `${root === '/' ? '' : root}/${STATE_DIR}`, exists: false };
}

/** Where to look for the project of a list: its folder, or `dir` for a list that has no file. */
export function folderOf({
  dir,
  listPath,
}: {
  readonly dir: string;
  readonly listPath?: string | null;
}): string {
  const isFile = listPath != null && parentOfList(listPath) === null;
  return isFile ? dirname(listPath) : dir;
}
