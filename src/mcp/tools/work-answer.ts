import type { ClaimedWork } from '../../operations/claimed-work.ts';
import { shortText } from '../concise.ts';
import type { Desk } from '../tool.ts';
import { roleOf } from './role.ts';

const DESCRIPTION_CHARS_MAX = 3_000;
const CONTEXT_CHARS_MAX = 2_000;
const SUMMARY_CHARS_MAX = 600;
const TAIL_CHARS_MAX = 800;

/** A claim, worded for the agent that is to do the work. */
export async function workAnswer(work: ClaimedWork, desk: Desk): Promise<object> {
  const { task, parent, dependencies, before, claim } = work;
  return {
    claim,
    task_id: task.taskId,
    ...(parent === null ? { list: task.list } : {}),
    title: task.title ?? task.description.trim().split('\n')[0],
    description: shortText(task.description, DESCRIPTION_CHARS_MAX),
    ...(work.again ? { again: true } : {}),
    ...{ attempt: work.attempt, lease_until: work.leaseUntil, priority: task.priority },
    ...{ steps: task.steps, acceptance: task.criteria, verify: task.verify },
    ...{ labels: task.labels, estimated_effort: task.estimatedEffort, fields: task.fields },
    specialist_type: task.specialistType,
    role: await roleOf(task.specialistType, desk),
    part_of:
      parent === null
        ? null
        : {
            ...{ parent_task_id: parent.parentTaskId, title: parent.title },
            description: shortText(parent.description, CONTEXT_CHARS_MAX),
            context: parent.context === null ? null : shortText(parent.context, CONTEXT_CHARS_MAX),
          },
    builds_on: dependencies.map((one) => ({
      task_id: one.taskId,
      result: one.summary === null ? null : shortText(one.summary, SUMMARY_CHARS_MAX),
    })),
    before:
      before === null
        ? null
        : {
            ...{ outcome: before.outcome, error: before.error },
            summary: before.result?.summary ?? null,
            output_tail: before.outputTail.slice(-TAIL_CHARS_MAX) || null,
          },
    resource: `task://${task.id}`,
    next: `Do it now, then orchestrator_complete_task {"claim":"${claim}", ...}.`,
  };
}
