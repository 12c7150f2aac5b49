import { z } from 'zod';
import { PawlError } from '../../domain/errors.ts';
import { resolveBreakdown } from '../../operations/breakdown-view.ts';
import { cancelBreakdown } from '../../operations/cancel-breakdown.ts';
import { changeTask } from '../../operations/change-task.ts';
import { underSignal } from '../../operations/operation.ts';
import { resolveTask } from '../../operations/resolve-task.ts';
import { type Desk, defineTool, WORKING_DIRECTORY } from '../tool.ts';
import { listIdOf } from './list-wish.ts';
import { endingOf } from './person-verb.ts';
import { taskBrief } from './task-brief.ts';

const REASON = 'cancelled over MCP';

const INPUT = z.strictObject({
  task_id: z.string().optional(),
  parent_task_id: z.string().optional().describe('Alone: all of it that is open'),
  reason: z.string().optional(),
  working_directory: WORKING_DIRECTORY,
});

export const cancelTask = defineTool({
  name: 'orchestrator_cancel_task',
  title: 'Cancel',
  description:
    'Give up a task, or all open ones of a breakdown; its agent is ended. Results stay. ' +
    'Undo: orchestrator_update_task {"status":"queued"}.',
  hints: { destroys: true, idempotent: true },
  both: true,
  input: INPUT,
  older: ({ preserve_work: _preserve, ...args }) => args,
  example: { task_id: 'implementer_0a1b2c', reason: 'not needed any more' },
  run: async ({ task_id: ref, parent_task_id: parent, reason = REASON }, desk) => {
    if (ref === undefined && parent === undefined) {
      throw new PawlError('arguments_invalid', 'task_id or parent_task_id is needed');
    }
    if (ref === undefined) return await wholeBreakdown(parent as string, reason, desk);
    const ctx = underSignal(desk.workspace, desk.signal);
    const task = await resolveTask(ctx, ref, await listIdOf(desk, parent));
    if (task.status === 'cancelled') return { task_id: task.taskId, state: 'cancelled' };
    const {
      kind,
      task: now,
      holder,
    } = await changeTask(desk.workspace, {
      ...{ ...endingOf(desk), task, verb: 'cancel', reason },
    });
    return {
      ...{ task: taskBrief(now), previous_status: task.status, reason },
      ...(kind === 'asked' ? { asked: holder, next: 'Its holder was asked to end it.' } : {}),
    };
  },
});

async function wholeBreakdown(ref: string, reason: string, desk: Desk): Promise<object> {
  const ctx = underSignal(desk.workspace, desk.signal);
  const { parentTaskId } = await resolveBreakdown(ctx, ref);
  const done = await cancelBreakdown(desk.workspace, { ...endingOf(desk), parentTaskId, reason });
  return {
    ...{ parent_task_id: parentTaskId, cancelled: done.cancelled, reason },
    ...{ agents_ended: done.ended, asked: done.asked, counts: done.breakdown.counts },
  };
}
