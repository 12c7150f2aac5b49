import { resolve } from 'node:path';
import { z } from 'zod';
import { parentOfList } from '../../domain/breakdown/list-path.ts';
import { PawlError } from '../../domain/errors.ts';
import { getStatus } from '../../operations/get-status.ts';
import { loadTaskList, readListFile } from '../../operations/load-task-list.ts';
import { takeOverList } from '../../operations/look-up-lists.ts';
import { underSignal } from '../../operations/operation.ts';
import { resolveList } from '../../operations/resolve-list.ts';
import { openHandle } from '../handle-desk.ts';
import { type Desk, defineTool, type OutsideDesk, WORKING_DIRECTORY } from '../tool.ts';
import type { RunWish } from '../workspaces.ts';
import { statusBrief } from './get-status.ts';
import { listOf } from './list-wish.ts';

const CONCURRENCY_MAX = 64;

const INPUT = z.strictObject({
  parent_task_id: z.string().optional(),
  list: z.string().optional().describe('Path of a markdown or YAML list'),
  agent: z.string().optional().describe('claude or codex; default: the project’s'),
  concurrency: z.number().int().min(1).max(CONCURRENCY_MAX).optional(),
  working_directory: WORKING_DIRECTORY,
});

export const runTool = defineTool({
  name: 'orchestrator_run',
  title: 'Run',
  description:
    'Let Pawl’s own agents work through a breakdown or list, in the background: a task handle ' +
    'for who takes one, else poll orchestrator_get_status. Stop: orchestrator_cancel_task.',
  hints: { idempotent: true, open: true },
  input: INPUT,
  creates: true,
  example: { parent_task_id: 'task_0a1b2c3d', concurrency: 2 },
  check: async (args, desk) => {
    const { door, place } = desk;
    const wish = wishOf(args, desk);
    if (parentOfList(wish.path) !== null) {
      if (place.older) return; // it may be one of the older store's
      throw new PawlError('breakdown_not_found', `there is no ${wish.path}`);
    }
    await requireOwnList(wish.path, desk);
    await door.workspaces.checkRun(place.root, wish);
  },
  run: async (args, desk) => {
    const { workspace, call, signal } = desk;
    const wish = wishOf(args, desk);
    await takeOverList(underSignal(workspace, signal), wish.path);
    await workspace.runs.check(wish);
    const path = await loaded(wish, desk);
    const list = await resolveList(underSignal(workspace, signal), path);
    const started = await workspace.runs.start({
      ...{ ...wish, path: list.path },
    });
    if (call.takesTasks) {
      const input = { path: list.path };
      const about = { kind: 'run', listId: list.listId, task: null, fence: null, input };
      return await openHandle(workspace, about, signal);
    }
    const [status] = await getStatus(underSignal(workspace, signal), list);
    const parent = parentOfList(list.path);
    return {
      ...{ list: list.path, started: started.kind === 'started' },
      ...(started.kind === 'started' ? {} : { executed_by: started.process ?? 'this server' }),
      notes: started.notes,
      status: status === undefined ? null : statusBrief(status),
      next:
        'It goes on by itself. How far it is: orchestrator_get_status ' +
        `${JSON.stringify(parent === null ? { list: list.path } : { parent_task_id: parent })}.`,
    };
  },
});

function wishOf(args: z.infer<typeof INPUT>, { place }: OutsideDesk): RunWish {
  const wanted = listOf(args);
  if (wanted === null) {
    throw new PawlError('arguments_invalid', 'parent_task_id or list is needed');
  }
  const isFile = parentOfList(wanted) === null;
  const { agent, concurrency } = args;
  return { path: isFile ? resolve(place.root, wanted) : wanted, agent, concurrency };
}

/** A list with a file is read first, as `pawl run` does. */
async function loaded({ path }: RunWish, desk: Desk): Promise<string> {
  if (parentOfList(path) !== null) return path;
  await requireOwnList(path, desk);
  return (await loadTaskList(desk.workspace, { path })).list.path;
}

/**
 * What a list says is done by agents of this project: only its own say anything.
 *
 * @throws PawlError `path_outside`; those of `readListFile`.
 */
async function requireOwnList(path: string, { door, place }: OutsideDesk): Promise<void> {
  const [{ realPath }, root] = [
    await readListFile(door, { path }),
    await door.world.files.realPath(place.root),
  ];
  if (realPath.startsWith(root === '/' ? root : `${root}/`)) return;
  const details = { path, root };
  throw new PawlError('path_outside', `${path} does not lie in the project`, { details });
}
