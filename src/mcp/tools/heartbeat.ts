import { z } from 'zod';
import { extendClaim, progressOf } from '../../operations/extend-claim.ts';
import { meantClaim, type NamedClaim } from '../../operations/meant-claim.ts';
import { underSignal } from '../../operations/operation.ts';
import { defineTool, WORKING_DIRECTORY } from '../tool.ts';
import { callerOf } from './caller.ts';
import { LEASE_MINUTES, leaseMsOf } from './lease-wish.ts';
import { listIdOf } from './list-wish.ts';
import { APPEND, appendPiece, checkPiece } from './streamed-artifact.ts';

const INPUT = z.strictObject({
  claim: z.string().optional(),
  task_id: z.string().optional().describe('Instead of claim, if you hold it'),
  parent_task_id: z.string().optional(),
  percent: z.number().min(0).max(100).optional(),
  note: z.string().optional(),
  append: APPEND,
  lease_minutes: LEASE_MINUTES,
  session_id: z.string().optional(),
  working_directory: WORKING_DIRECTORY,
});

export const heartbeat = defineTool({
  name: 'orchestrator_heartbeat',
  title: 'Heartbeat',
  description: 'Say that you still work on it, and how far it is: extends the lease.',
  hints: { idempotent: true },
  input: INPUT,
  example: { claim: '1:0199…:1', percent: 40, note: 'the endpoint answers' },
  run: async (args, desk) => {
    const { workspace, signal } = desk;
    const { append, percent = null, note = null } = args;
    const said: NamedClaim = {
      caller: await callerOf(desk, args.session_id),
      claim: args.claim ?? null,
      task: args.task_id ?? null,
      listId: await listIdOf(desk, args.parent_task_id),
    };
    progressOf({ percent, note });
    if (append !== undefined) {
      await checkPiece(append, await meantClaim(underSignal(workspace, signal), said), desk);
    }
    // By a claim the piece is first: what it conflicts with is seen when it is added.
    const early = append !== undefined && said.claim !== null;
    const added = early ? await appendPiece(append, said.claim, desk) : null;
    const extended = await extendClaim(workspace, {
      ...{ ...said, percent, note, ...leaseMsOf(args.lease_minutes), signal },
    });
    const { claim, taskId, leaseUntil, heldBy, asked } = extended;
    const isLeft = append !== undefined && !early;
    const artifact = isLeft ? await appendPiece(append, claim, desk) : added;
    return {
      ...{ claim, task_id: taskId, lease_until: leaseUntil, asked, artifact },
      ...(heldBy === 'client' ? {} : { held_by: heldBy }),
      ...(asked === null ? {} : { next: `Stop: a person wants to ${asked.verb} it.` }),
    };
  },
});
