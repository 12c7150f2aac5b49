import { z } from 'zod';
import { PawlError } from '../../domain/errors.ts';
import { underSignal } from '../../operations/operation.ts';
import { resolveTask } from '../../operations/resolve-task.ts';
import { updateTask } from '../../operations/update-task.ts';
import { defineTool, WORKING_DIRECTORY } from '../tool.ts';
import { listIdOf } from './list-wish.ts';
import { endingOf } from './person-verb.ts';
import { releaseClaim } from './release.ts';
import { taskBrief } from './task-brief.ts';

const INPUT = z.strictObject({
  task_id: z.string(),
  parent_task_id: z.string().optional(),
  status: z.string().optional().describe('queued, waiting, completed, skipped, cancelled'),
  reason: z.string().optional(),
  release: z.boolean().optional().describe('Give back what you hold, uncharged'),
  claim: z.string().optional().describe('With release'),
  title: z.string().optional(),
  description: z.string().optional(),
  specialist_type: z.string().optional(),
  estimated_effort: z.string().optional(),
  dependencies: z.array(z.string()).optional(),
  acceptance: z.array(z.string()).optional(),
  verify: z.string().optional(),
  priority: z.string().optional(),
  labels: z.array(z.string()).optional(),
  confirm: z.boolean().optional().describe('Run completed work again'),
  working_directory: WORKING_DIRECTORY,
});

export const updateTaskTool = defineTool({
  name: 'orchestrator_update_task',
  title: 'Update',
  description:
    'Change what a subtask says, waits for or where it stands, or release what you hold. ' +
    'All or nothing.',
  hints: { idempotent: true },
  both: true,
  input: INPUT,
  older: ({ complexity: _complexity, due_date: _due, context: _context, ...args }) => args,
  example: { task_id: 'implementer_0a1b2c', title: 'Endpoint to cancel an order' },
  run: async (args, desk) => {
    const ctx = underSignal(desk.workspace, desk.signal);
    if (args.release === true) return await releaseClaim(args, desk);
    const { task_id: ref, parent_task_id: parent, status, reason, confirm } = args;
    const edit = editOf(args);
    if (status === undefined && Object.keys(edit).length === 0) {
      throw new PawlError('arguments_invalid', 'nothing to change was named');
    }
    const task = await resolveTask(ctx, ref, await listIdOf(desk, parent));
    const updated = await updateTask(desk.workspace, {
      ...endingOf(desk),
      ...{ task, edit, status: status ?? null, reason: reason ?? null },
      confirmed: confirm ?? false,
    });
    return {
      ...{ task: taskBrief(updated.task), why: updated.task.why, changed: updated.changed },
      notes: updated.notes.map(({ message }) => message),
      ...(updated.kind === 'asked' ? { next: 'Its holder was asked to end it: look again.' } : {}),
    };
  },
});

function editOf(args: z.infer<typeof INPUT>) {
  const named = {
    title: args.title,
    description: args.description,
    specialistType: args.specialist_type,
    estimatedEffort: args.estimated_effort,
    dependencies: args.dependencies,
    acceptance: args.acceptance,
    verify: args.verify,
    priority: args.priority,
    labels: args.labels,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}
