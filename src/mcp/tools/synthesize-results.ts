import { z } from 'zod';
import { synthesizeBreakdown } from '../../operations/synthesize-breakdown.ts';
import { defineTool, WORKING_DIRECTORY } from '../tool.ts';

const CHARS_MAX = 7_000;

const INPUT = z.strictObject({
  parent_task_id: z.string(),
  cursor: z.string().optional(),
  working_directory: WORKING_DIRECTORY,
});

export const synthesizeResults = defineTool({
  name: 'orchestrator_synthesize_results',
  title: 'Synthesize',
  description:
    'What a breakdown came to: results, artifacts, and what is open, failed or skipped, and why. ' +
    'Says `completed` only when all is.',
  hints: { reads: true },
  input: INPUT,
  example: { parent_task_id: 'task_0a1b2c3d' },
  run: async ({ parent_task_id: parentTaskId, cursor }, { workspace, signal }) => {
    const synthesis = await synthesizeBreakdown(workspace, {
      ...{ parentTaskId, cursor: cursor ?? null, charsMax: CHARS_MAX, signal },
    });
    const { breakdown, verdict, headline, attention, markdown } = synthesis;
    const { counts, ready, blocked } = breakdown;
    return {
      ...{ parent_task_id: breakdown.parentTaskId, verdict, headline },
      counts: { ...counts, ready, blocked },
      attention: attention.map(({ taskId, status, why }) => ({ task_id: taskId, status, why })),
      report: markdown,
      cursor: synthesis.cursor,
      next: verdict === 'completed' ? null : NEXT[verdict],
    };
  },
});

const NEXT = {
  in_progress: 'Not done: orchestrator_claim_next takes what is ready.',
  stuck: 'Nothing goes on by itself: see `attention`; orchestrator_update_task requeues a task.',
  ended_incomplete: 'Not all was done: orchestrator_update_task {"status":"queued"} tries again.',
  empty: 'Plan its subtasks with orchestrator_plan_task.',
} as const;
