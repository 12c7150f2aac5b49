import { z } from 'zod';
import { claimTask } from '../../operations/claim-task.ts';
import { defineTool, WORKING_DIRECTORY } from '../tool.ts';
import { callerOf } from './caller.ts';
import { LEASE_MINUTES, leaseMsOf } from './lease-wish.ts';
import { listIdOf } from './list-wish.ts';
import { workAnswer } from './work-answer.ts';

const INPUT = z.strictObject({
  task_id: z.string(),
  parent_task_id: z.string().optional(),
  lease_minutes: LEASE_MINUTES,
  session_id: z.string().optional(),
  working_directory: WORKING_DIRECTORY,
});

export const executeTask = defineTool({
  name: 'orchestrator_execute_task',
  title: 'Claim a task',
  description:
    'Take this task under a lease. Answers `claim` (keep it), what to do, the specialist’s ' +
    'context and the results it builds on. Refused while dependencies are open.',
  hints: { idempotent: true },
  both: true,
  input: INPUT,
  aliases: ['orchestrator_execute_subtask'],
  example: { task_id: 'implementer_0a1b2c' },
  run: async (args, desk) => {
    const listId = await listIdOf(desk, args.parent_task_id);
    const work = await claimTask(desk.workspace, {
      caller: await callerOf(desk, args.session_id),
      task: args.task_id,
      listId,
      ...leaseMsOf(args.lease_minutes),
      signal: desk.signal,
    });
    return await workAnswer(work, desk);
  },
});
