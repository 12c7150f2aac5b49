import type { CompleteRequestParams } from '@modelcontextprotocol/server';
import { isPawlError } from '../domain/errors.ts';
import { listArtifacts } from '../operations/list-artifacts.ts';
import { underSignal } from '../operations/operation.ts';
import { resolveLists } from '../operations/resolve-list.ts';
import type { Call } from './call.ts';
import { rootsOf } from './client-roots.ts';
import type { Door } from './door.ts';
import { resolveWorkspace } from './resolve-workspace.ts';
import type { DoorWorkspace } from './workspaces.ts';

type Candidates = (
  workspace: DoorWorkspace,
  typed: string,
  signal: AbortSignal,
) => Promise<readonly string[]>;

const CANDIDATES_MAX = 200;
const BREAKDOWN = 'breakdown:';

const lists: Candidates = async (workspace, _typed, signal) => {
  const found = await resolveLists(underSignal(workspace, signal), null);
  return found.map(({ path }) => path);
};

const parents: Candidates = async (workspace, typed, signal) =>
  (await lists(workspace, typed, signal))
    .filter((path) => path.startsWith(BREAKDOWN))
    .map((path) => path.slice(BREAKDOWN.length));

const tasks: Candidates = async (workspace, _typed, signal) => {
  const { store } = underSignal(workspace, signal);
  return (await store.tasks({ limit: CANDIDATES_MAX })).map(({ taskId }) => taskId);
};

const artifacts: Candidates = async (workspace, _typed, signal) => {
  const found = await listArtifacts(workspace, { limit: CANDIDATES_MAX, signal });
  return found.artifacts.map(({ artifactId }) => artifactId);
};

/** What an argument of a prompt or a template may be, by its name. */
const CANDIDATES: Readonly<Record<string, Candidates>> = {
  task_id: tasks,
  list: lists,
  artifact_id: artifacts,
  parent_task_id: parents,
};

/** Values that begin as what was typed, those that contain it after them. */
export async function complete(
  door: Door,
  { argument }: CompleteRequestParams,
  call: Call,
): Promise<readonly string[]> {
  const candidates = CANDIDATES[argument.name];
  if (candidates === undefined) return [];
  try {
    const { root } = await resolveWorkspace(door.workspaces, { roots: () => rootsOf(call) });
    const found = await door.workspaces.use({ root, create: false }, async (workspace) =>
      candidates(workspace, argument.value, call.signal),
    );
    return ranked([...new Set(found)], argument.value.toLowerCase());
  } catch (error) {
    if (isPawlError(error)) return []; // no project, or none yet: there is nothing to offer
    throw error;
  }
}

function ranked(values: readonly string[], typed: string): readonly string[] {
  const starts = values.filter((value) => value.toLowerCase().startsWith(typed));
  const contains = values.filter(
    (value) => !starts.includes(value) && value.toLowerCase().includes(typed),
  );
  return [...starts, ...contains];
}
