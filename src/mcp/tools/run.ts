import { resolve } from 'node:path';
import { z } from 'zod';
import { parentOfList } from '../../domain/breakdown/list-path.ts';
import { PawlError } from '../../domain/errors.ts';
import { getStatus } from '../../operations/get-status.ts';
import { loadTaskList } from '../../operations/load-task-list.ts';
import { takeOverList } from '../../operations/look-up-lists.ts';
import { underSignal } from '../../operations/operation.ts';
import { resolveList } from '../../operations/resolve-list.ts';
import { openHandle } from '../handle-desk.ts';
import { type Desk, defineTool, WORKING_DIRECTORY } from '../tool.ts';
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
  run: async (args, desk) => {
    const { workspace, call, signal } = desk;
    const path = await pathOf(args, desk);
    await takeOverList(underSignal(workspace, signal), path);
    const list = await resolveList(underSignal(workspace, signal), path);
    const started = await workspace.runs.start({
      ...{ path: list.path, agent: args.agent, concurrency: args.concurrency },
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

/** A list with a file is read first, as `pawl run` does. */
async function pathOf(args: z.infer<typeof INPUT>, desk: Desk): Promise<string> {
  const wanted = listOf(args);
  if (wanted === null) {
    throw new PawlError('arguments_invalid', 'parent_task_id or list is needed');
  }
  if (parentOfList(wanted) !== null) return wanted;
  const path = resolve(desk.place.root, wanted);
  return (await loadTaskList(desk.workspace, { path })).list.path;
}
