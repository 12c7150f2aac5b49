import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PawlError } from '../domain/errors.ts';
import type { WorkspacePlace, Workspaces } from './workspaces.ts';

/** What a call says about where it is to work. */
export interface WorkspaceWish {
  /** The argument `working_directory`. */
  readonly dir?: string | undefined;
  /** What a session id or a handle names: it was resolved before. */
  readonly root?: string | null | undefined;
  /** The client's roots, as file URLs; null when it offers none. Asked only when needed. */
  readonly roots: () => Promise<readonly string[] | null>;
}

export type WorkspaceBy = 'argument' | 'session' | 'roots' | 'marker' | 'git' | 'folder';

export interface ResolvedWorkspace {
  readonly root: string;
  readonly exists: boolean;
  /** There is the store of an older orchestrator. */
  readonly older: boolean;
  /** What decided. */
  readonly by: WorkspaceBy;
}

/**
 * Where a call works: the argument, else the session, else the client's roots, else the project or
 * repository around the folder this server was started in, else that folder. Never silently in a
 * home folder or one for temporary files: clients without a project start their servers there.
 *
 * @throws PawlError `workspace_unknown`; `usage` for a folder that is none.
 */
export async function resolveWorkspace(
  workspaces: Workspaces,
  wish: WorkspaceWish,
): Promise<ResolvedWorkspace> {
  if (wish.dir !== undefined) {
    if (!isAbsolute(wish.dir)) {
      throw new PawlError('workspace_unknown', `${wish.dir} is not an absolute path`);
    }
    return resolved(await workspaces.locate(wish.dir), 'argument');
  }
  if (wish.root != null) return resolved(await workspaces.locate(wish.root), 'session');
  const rooted = await fromRoots(workspaces, (await wish.roots()) ?? []);
  if (rooted !== null) return resolved(rooted, 'roots');
  const place = await workspaces.locate(workspaces.startDir);
  if (place.by === 'folder' && place.shared) {
    throw new PawlError(
      'workspace_unknown',
      `this server was started in ${place.root}, which is no project`,
      { details: { startedIn: place.root } },
    );
  }
  return resolved(place, place.by);
}

const resolved = (place: WorkspacePlace, by: WorkspaceBy): ResolvedWorkspace => {
  const { root, exists, older } = place;
  return { root, exists, older, by };
};

/** Of several roots: one that has a store, else a repository, else the first. */
async function fromRoots(
  workspaces: Workspaces,
  roots: readonly string[],
): Promise<WorkspacePlace | null> {
  const places: WorkspacePlace[] = [];
  for (const root of roots) {
    const dir = pathOf(root);
    if (dir === null) continue;
    const place = await workspaces.locate(dir).catch((error: unknown) => {
      if (error instanceof PawlError) return null; // a root that is not on this machine
      throw error;
    });
    if (place !== null && !(place.by === 'folder' && place.shared)) places.push(place);
  }
  return (
    places.find(({ exists }) => exists) ??
    places.find(({ by }) => by === 'git') ??
    places[0] ??
    null
  );
}

function pathOf(root: string): string | null {
  try {
    return fileURLToPath(root);
  } catch {
    return null; // not a file: such roots are nothing to us
  }
}
