import type { CallToolResult } from '@modelcontextprotocol/server';
import { type Handle, keepHandle, readHandle } from '../operations/keep-handle.ts';
import type { Call } from './call.ts';
import type { Door } from './door.ts';
import { answered } from './present.ts';
import { rootedId, rootOfId } from './rooted-id.ts';
import { type TaskDesk, type TaskState, taskCreated } from './task-extension.ts';
import type { DoorWorkspace } from './workspaces.ts';

/** A day: whoever asked for a night's work may ask in the morning. */
const KEPT_MS = 86_400_000;
const POLL_MS = 2_000;
const ID_BYTES = 16;

/** How something that goes on stands, as what it works on says. */
export type HandleEnd =
  | { readonly kind: 'working'; readonly message: string }
  | { readonly kind: 'over'; readonly answer: object; readonly isError?: true };

/** What goes on behind handles of one kind. Nothing of it is in memory: the store tells. */
export interface HandleKind {
  look(handle: Handle, workspace: DoorWorkspace, signal: AbortSignal): Promise<HandleEnd>;
  /** False: it cannot be ended, and goes on. */
  end(handle: Handle, workspace: DoorWorkspace, signal: AbortSignal): Promise<boolean>;
}

export interface NewHandle {
  readonly kind: string;
  readonly listId: string | null;
  readonly task: string | null;
  readonly fence: number | null;
  readonly input: object;
}

/** Give what goes on a handle, durable before it leaves. */
export async function openHandle(
  workspace: DoorWorkspace,
  { kind, listId, task, fence, input }: NewHandle,
  signal: AbortSignal,
) {
  const bytes = new Uint8Array(ID_BYTES);
  workspace.world.random.fill(bytes);
  const handle = rootedId(Buffer.from(bytes).toString('hex'), workspace.root);
  const kept = await keepHandle(
    workspace,
    {
      ...{ handle, kind, listId, task, fence, inputJson: JSON.stringify(input) },
      ...{ state: 'working', resultJson: null, keptMs: KEPT_MS },
    },
    { signal },
  );
  return taskCreated(stateOf(kept));
}

/** The tasks of the extension, from the handles in the store. */
export class HandleDesk implements TaskDesk {
  readonly #door: Door;
  readonly #kinds: Readonly<Record<string, HandleKind>>;

  constructor(door: Door, kinds: Readonly<Record<string, HandleKind>>) {
    this.#door = door;
    this.#kinds = kinds;
  }

  async read(taskId: string, { signal }: Call): Promise<TaskState | null> {
    return await this.#of(taskId, signal, async (handle, workspace) => {
      const kind = this.#kinds[handle.kind];
      if (handle.state !== 'working' || kind === undefined) return stateOf(handle);
      const end = await kind.look(handle, workspace, signal);
      if (end.kind === 'working') return { ...stateOf(handle), statusMessage: end.message };
      const result = { ...answered(end.answer), ...(end.isError ? { isError: true } : {}) };
      const resultJson = JSON.stringify(result);
      const over = { ...handle, state: 'completed', resultJson, keptMs: KEPT_MS } as const;
      return stateOf(await keepHandle(workspace, over, { signal }));
    });
  }

  /** Nothing of ours asks anything: answers are to no open question. */
  async answer(taskId: string, _answers: object, { signal }: Call): Promise<boolean> {
    return (await this.#of(taskId, signal, () => Promise.resolve(true))) ?? false;
  }

  async cancel(taskId: string, { signal }: Call): Promise<boolean> {
    const known = await this.#of(taskId, signal, async (handle, workspace) => {
      const kind = this.#kinds[handle.kind];
      if (handle.state !== 'working' || kind === undefined) return true;
      if (await kind.end(handle, workspace, signal)) {
        const over = { ...handle, state: 'cancelled', keptMs: KEPT_MS } as const;
        await keepHandle(workspace, over, { signal });
      }
      return true;
    });
    return known ?? false;
  }

  async #of<T>(
    taskId: string,
    signal: AbortSignal,
    work: (handle: Handle, workspace: DoorWorkspace) => Promise<T>,
  ): Promise<T | null> {
    const { workspaces, underWay } = this.#door;
    const root = rootOfId(taskId);
    if (root === null) return null;
    return await underWay.during(async () => {
      const place = await placeOf(this.#door, root);
      if (place === null) return null;
      return await workspaces.use({ root: place, create: false }, async (workspace) => {
        const handle = await readHandle(workspace, taskId, { signal });
        return handle === null ? null : await work(handle, workspace);
      });
    });
  }
}

/** The folder as it is there; an id that somebody made up names none. */
async function placeOf({ workspaces, log }: Door, root: string): Promise<string | null> {
  try {
    const place = await workspaces.locate(root);
    return place.exists && place.root === root ? root : null;
  } catch (error) {
    log.warn('mcp.fault', { root }, error);
    return null;
  }
}

function stateOf(handle: Handle): TaskState {
  const { createdAtMs, updatedAtMs, expiresAtMs, state, resultJson } = handle;
  const result = resultJson === null ? null : (JSON.parse(resultJson) as CallToolResult);
  return {
    taskId: handle.handle,
    status: state,
    createdAtMs,
    updatedAtMs,
    ttlMs: expiresAtMs - createdAtMs,
    pollIntervalMs: POLL_MS,
    ...(result === null ? {} : { result }),
  };
}
