import { resolve } from 'node:path';
import { PawlError } from '../domain/errors.ts';
import type { Files, OpenFile } from '../world/files.ts';

export interface ProjectPlace {
  readonly root: string;
  /** What lies in it is Pawl's own, except what agents are told to write there. */
  readonly stateDir: string;
}

const PATH_CHARS_MAX = 4_096;
/** In the state folder: each attempt's, which agents are given for their results. */
const AGENTS_DIR = 'attempts';

/**
 * Open a regular file of the project for reading. Where it really lies decides: links, `..` and
 * folders that are exchanged for links meanwhile lead nowhere else.
 *
 * @throws PawlError `path_outside`, `file_unreadable`.
 */
export async function openProjectFile(
  files: Files,
  place: ProjectPlace,
  path: string,
): Promise<OpenFile> {
  if (path === '' || path.length > PATH_CHARS_MAX || path.includes('\0')) {
    throw new PawlError('file_unreadable', 'this is no path of a file', { details: { path } });
  }
  const [root, stateDir] = [await files.realPath(place.root), place.stateDir];
  const realState = await files.realPath(stateDir).catch(() => stateDir);
  const requireInside = (real: string): void => {
    const ours = isBelow(real, realState) && !isBelow(real, `${realState}/${AGENTS_DIR}`);
    if (isBelow(real, root) && !ours) return;
    throw new PawlError('path_outside', `${path} does not lie in the project`, {
      details: { path, root },
    });
  };
  const absolute = resolve(root, path);
  const real = await reading(path, () => files.realPath(absolute));
  requireInside(real);
  // Looked at before it is opened: to open a device may already do something.
  const kind = (await reading(path, () => files.facts(real)))?.kind;
  if (kind !== 'file') throw notRegular(path);
  const file = await reading(path, () => files.open(real));
  try {
    requireInside(file.realPath);
    if (file.facts.kind !== 'file') throw notRegular(path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

async function reading<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    const systemCode = (cause as { readonly code?: unknown }).code;
    const details = { path, systemCode };
    throw new PawlError('file_unreadable', `${path} cannot be read`, { cause, details });
  }
}

function notRegular(path: string): PawlError {
  return new PawlError('file_unreadable', `${path} is not a regular file`, { details: { path } });
}
