import { z } from 'zod';
import {
  type CompleteTask,
  checkReport,
  completeTask as complete,
  NEXT_ACTIONS,
  type TaskCompletion,
} from '../../operations/complete-task.ts';
import { shortText } from '../concise.ts';
import { openHandle } from '../handle-desk.ts';
import { type Desk, defineTool, WORKING_DIRECTORY } from '../tool.ts';
import { callerOf } from './caller.ts';
import { DETAIL_CHARS_MAX, storeEvidence } from './evidence.ts';
import { leaseMsOf } from './lease-wish.ts';
import { listIdOf } from './list-wish.ts';
import { closePieces } from './streamed-artifact.ts';
import { taskBrief } from './task-brief.ts';

/** For who takes a task: it is told soon that the check goes on. */
const TASK_ANSWER_MS = 2_000;
const TAIL_CHARS_MAX = 2_000;

const ARTIFACT = z.strictObject({
  name: z.string(),
  content: z.string().optional(),
  path: z.string().optional().describe('A file of the project, copied'),
  type: z.string().optional(),
  summary: z.string().optional(),
});

const INPUT = z.strictObject({
  claim: z.string().optional(),
  task_id: z.string().optional().describe('Instead of claim, if you hold it'),
  parent_task_id: z.string().optional(),
  summary: z.string().describe('What was done, for who builds on it; else why not'),
  detailed_work: z.string().optional(),
  next_action: z.enum(NEXT_ACTIONS).default('complete'),
  artifacts: z.array(ARTIFACT).optional(),
  file_paths: z.array(z.string()).optional().describe('Files you changed'),
  percent: z.number().min(0).max(100).optional(),
  session_id: z.string().optional(),
  working_directory: WORKING_DIRECTORY,
});

export const completeTask = defineTool({
  name: 'orchestrator_complete_task',
  title: 'Complete',
  description:
    'Report on a task you hold; next_action is what happens to it. With `verify` Pawl runs the ' +
    'command and its success decides. Repeating it is safe.',
  hints: { idempotent: true },
  both: true,
  input: INPUT,
  older: olderForms,
  aliases: ['orchestrator_complete_subtask'],
  example: { claim: '1:0199…:1', summary: 'the endpoint answers 204', file_paths: ['src/api.ts'] },
  run: async (args, desk) => {
    const caller = await callerOf(desk, args.session_id);
    const listId = await listIdOf(desk, args.parent_task_id);
    const { summary, detailed_work: detail = null, file_paths: files = [] } = args;
    checkReport({ summary, files, detailedWork: detail?.slice(0, DETAIL_CHARS_MAX) ?? null });
    const named = { caller, claim: args.claim ?? null, task: args.task_id ?? null, listId };
    const { claim, artifacts: brought, detailedWork } = await storeEvidence(args, named, desk);
    const held = claim ?? named.claim;
    const isOver = args.next_action === 'complete' && held !== null;
    const artifacts = [...(isOver ? await closePieces(held, desk) : []), ...brought];
    const input: CompleteTask = {
      ...{ ...named, claim: held, nextAction: args.next_action },
      ...{ summary, detailedWork, files, artifacts },
      percent: args.percent ?? null,
      ...leaseMsOf(undefined),
      ...(desk.call.takesTasks ? { answerMs: TASK_ANSWER_MS } : {}),
      signal: desk.signal,
    };
    const done = await complete(desk.workspace, input);
    if (done.kind === 'verifying' && desk.call.takesTasks) return await asTask(done, desk);
    return completionAnswer(done);
  },
});

/** What came of it, in the words of the tools. */
export function completionAnswer(done: TaskCompletion): object {
  const { kind, task, outcome, error, outputTail, claim, leaseUntil, again } = done;
  return {
    ...{ result: kind, task: taskBrief(task), outcome, error },
    ...(again ? { again: true } : {}),
    ...{ claim, lease_until: leaseUntil },
    output_tail: outputTail === null ? null : shortText(outputTail.slice(-TAIL_CHARS_MAX), 4_000),
    next: nextOf(done),
  };
}

function nextOf({ kind, task, claim }: TaskCompletion): string {
  if (kind === 'continued') return `You keep it: go on, then report again with claim ${claim}.`;
  if (kind === 'verifying') {
    return 'Its check still runs: call again with the same arguments in a minute for the outcome.';
  }
  if (kind === 'proposed') return 'Taken: end your work; the executor decides by your exit code.';
  return NEXT[task.status] ?? 'It is over; orchestrator_get_status.';
}

const NEXT: Partial<Readonly<Record<TaskCompletion['task']['status'], string>>> = {
  completed: 'orchestrator_claim_next for the next task.',
  waiting: 'A person has to decide; orchestrator_claim_next for another task.',
  queued: 'It is back in the queue: orchestrator_claim_next.',
};

async function asTask(done: TaskCompletion, desk: Desk): Promise<object> {
  const { task, claim } = done;
  const fence = Number(claim?.split(':').at(-1) ?? 0);
  const input = { taskId: task.taskId, claim };
  return await openHandle(
    desk.workspace,
    { kind: 'verify', listId: null, task: task.id, fence, input },
    desk.signal,
  );
}

/** Names of the older server: what it called artifacts were paths of files. */
function olderForms({
  legacy_artifacts: legacy,
  artifact_type: type,
  ...args
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const paths = [args['file_paths'] ?? [], legacy ?? []].flat();
  const detail = args['detailed_work'];
  const kept = type !== undefined && typeof detail === 'string' && detail !== '';
  return {
    ...args,
    ...(paths.length > 0 ? { file_paths: paths } : {}),
    ...(kept && args['artifacts'] === undefined
      ? { artifacts: [{ name: 'detailed-work.md', content: detail, type }] }
      : {}),
  };
}
