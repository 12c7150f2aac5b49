import { z } from 'zod';
import { obstacleText } from '../../domain/claim-room.ts';
import { PRIORITIES } from '../../domain/priority.ts';
import { claimNextTask, type UnclaimedListView } from '../../operations/claim-task.ts';
import { listToWorkOn } from '../../operations/look-up-lists.ts';
import type { OlderPlan } from '../../operations/older-store.ts';
import { underSignal } from '../../operations/operation.ts';
import { defineTool, WORKING_DIRECTORY } from '../tool.ts';
import { callerOf } from './caller.ts';
import { LEASE_MINUTES, leaseMsOf } from './lease-wish.ts';
import { listOf } from './list-wish.ts';
import { olderBrief } from './older-brief.ts';
import { workAnswer } from './work-answer.ts';

const INPUT = z.strictObject({
  parent_task_id: z.string().optional(),
  list: z.string().optional().describe('Path of a list'),
  specialist_type: z.string().optional(),
  labels: z.array(z.string()).optional().describe('All of them'),
  min_priority: z.enum(PRIORITIES).optional(),
  lease_minutes: LEASE_MINUTES,
  session_id: z.string().optional(),
  working_directory: WORKING_DIRECTORY,
});

export const claimNext = defineTool({
  name: 'orchestrator_claim_next',
  title: 'Claim the next task',
  description:
    'Take the most urgent ready task that fits, under a lease; answers as ' +
    'orchestrator_execute_task does, or why there is none.',
  hints: {},
  both: true,
  input: INPUT,
  example: { specialist_type: 'implementer' },
  run: async (args, desk) => {
    const wanted = listOf(args);
    const ctx = underSignal(desk.workspace, desk.signal);
    const answer = await claimNextTask(desk.workspace, {
      caller: await callerOf(desk, args.session_id),
      list: wanted === null ? null : await listToWorkOn(ctx, wanted),
      specialistType: args.specialist_type ?? null,
      labels: args.labels ?? [],
      ...(args.min_priority === undefined ? {} : { minPriority: args.min_priority }),
      ...leaseMsOf(args.lease_minutes),
      signal: desk.signal,
    });
    if (answer.kind === 'claimed') return await workAnswer(answer.work, desk);
    const { plans = [], trouble = null } = (await ctx.older?.look()) ?? {};
    const legacy = olderBrief({ plans, trouble });
    return { claimed: false, lists: answer.lists, ...legacy, next: nextOf(answer.lists, plans) };
  },
});

function nextOf(lists: readonly UnclaimedListView[], older: readonly OlderPlan[]): string {
  const [plan] = older;
  if (plan !== undefined && !lists.some(({ counts }) => counts.running + counts.queued > 0)) {
    const named = JSON.stringify({ parent_task_id: plan.parentTaskId });
    return `What is left is still in .task_orchestrator: orchestrator_claim_next ${named}.`;
  }
  if (lists.length === 0) return 'Nothing is planned: orchestrator_plan_task.';
  const sum = (status: 'running' | 'queued' | 'waiting'): number =>
    lists.reduce((total, { counts }) => total + counts[status], 0);
  const full = lists.find(({ limit }) => limit !== undefined)?.limit;
  if (full !== undefined) {
    return `${obstacleText({ kind: 'full', limit: full })}: ask again when something has ended.`;
  }
  const label = lists.find((list) => list.label !== undefined)?.label;
  if (label !== undefined) return `What is ready needs ${label}, which this host does not offer.`;
  if (sum('running') > 0) return 'Others are at work on what the rest waits for: ask again later.';
  if (sum('waiting') > 0) return 'What is left waits for a person.';
  if (sum('queued') > 0) return 'What is queued does not fit, or waits: orchestrator_get_status.';
  return 'All is over: orchestrator_synthesize_results.';
}
