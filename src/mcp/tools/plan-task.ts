import { z } from 'zod';
import { COMPLEXITIES } from '../../domain/breakdown/complexity.ts';
import { PawlError } from '../../domain/errors.ts';
import { openSession } from '../../operations/open-session.ts';
import { checkPlan, planBreakdown } from '../../operations/plan-breakdown.ts';
import { noSession } from '../../operations/session-of-client.ts';
import { pageOf } from '../cursor.ts';
import { defineTool, WORKING_DIRECTORY } from '../tool.ts';
import { callerOf } from './caller.ts';

const SUBTASK = z.strictObject({
  title: z.string(),
  description: z.string().optional(),
  specialist_type: z.string().optional().describe('Role: architect, implementer, tester, your own'),
  key: z.string().optional().describe('Name for dependencies in this call'),
  dependencies: z.array(z.string()).optional().describe('Keys or task ids'),
  acceptance: z.array(z.string()).optional(),
  verify: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('Command that must succeed; no shell'),
  estimated_effort: z.string().optional(),
  priority: z.string().optional().describe('P1 to P4'),
  labels: z.array(z.string()).optional(),
  task_id: z.string().optional(),
});

const INPUT = z.strictObject({
  description: z.string(),
  title: z.string().optional(),
  subtasks: z.array(SUBTASK).optional(),
  subtasks_json: z.string().optional().describe('Older form: subtasks as JSON text'),
  complexity: z.enum(COMPLEXITIES).optional(),
  context: z.string().optional().describe('What whoever does a subtask must know'),
  parent_task_id: z.string().optional(),
  session_id: z.string().optional(),
  request_key: z.string().optional().describe('Repeats with it store nothing twice'),
  working_directory: WORKING_DIRECTORY,
});

type Arguments = Readonly<Record<string, unknown>>;

export const planTask = defineTool({
  name: 'orchestrator_plan_task',
  title: 'Plan',
  description:
    'Store a breakdown: a parent task with its subtasks and dependencies, all or nothing. ' +
    'Answers the ids and what is ready.',
  hints: {},
  input: INPUT,
  older: olderForms,
  creates: true,
  example: {
    description: 'Users can cancel an order',
    complexity: 'moderate',
    subtasks: [
      { key: 'api', title: 'Endpoint', specialist_type: 'implementer' },
      { title: 'Test it', specialist_type: 'tester', dependencies: ['api'], verify: 'npm test' },
    ],
  },
  check: (args) => {
    if (args.session_id !== undefined) throw noSession(args.session_id);
    checkPlan(planOf(args));
  },
  run: async (args, desk) => {
    const { workspace, place, client, signal } = desk;
    const { sessionId } = await callerOf(desk, args.session_id);
    const planned = await planBreakdown(workspace, {
      ...{ plan: planOf(args), sessionId, requestKey: args.request_key ?? null, signal },
    });
    // Not before it is stored: a plan that is refused opens no session.
    if (args.session_id === undefined) await openSession(workspace, { client, sessionId, signal });
    const { breakdown, notes } = planned;
    const subtasks = planned.subtasks.map((one) => ({
      task_id: one.taskId,
      ...(one.key === null ? {} : { key: one.key }),
      title: one.title,
      specialist_type: one.specialistType,
      dependencies: one.dependencies,
    }));
    const { items } = pageOf(subtasks);
    return {
      parent_task_id: breakdown.parentTaskId,
      title: breakdown.title,
      complexity: breakdown.complexity,
      workspace: place.root,
      total: breakdown.total,
      ready: breakdown.ready,
      subtasks: items,
      ...(items.length < subtasks.length
        ? { more: `${subtasks.length - items.length} more: orchestrator_query_tasks` }
        : {}),
      notes: notes.map(({ message }) => message),
      next: `orchestrator_claim_next {"parent_task_id":"${breakdown.parentTaskId}"}`,
    };
  },
});

function planOf(args: z.infer<typeof INPUT>) {
  return {
    parentTaskId: args.parent_task_id ?? null,
    title: args.title ?? null,
    description: args.description,
    complexity: args.complexity ?? null,
    context: args.context ?? null,
    subtasks: wishesOf(args),
  };
}

function wishesOf({ subtasks, subtasks_json: json, description, title }: z.infer<typeof INPUT>) {
  const said = subtasks ?? (json === undefined ? null : parsedSubtasks(json));
  // Without subtasks the work itself is the only one, as the older server took it.
  const all = said ?? [{ title: title ?? firstLine(description), description }];
  return all.map((one) => ({
    key: one.key ?? null,
    taskId: one.task_id ?? null,
    title: one.title,
    description: one.description ?? null,
    specialistType: one.specialist_type ?? null,
    dependencies: one.dependencies ?? [],
    estimatedEffort: one.estimated_effort ?? null,
    acceptance: one.acceptance ?? [],
    verify: one.verify ?? null,
    priority: one.priority ?? null,
    labels: one.labels ?? [],
  }));
}

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? '';

function parsedSubtasks(json: string): readonly z.infer<typeof SUBTASK>[] {
  const read = z.array(SUBTASK).safeParse(jsonOf(json));
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new PawlError('arguments_invalid', `subtasks_json: ${faults.slice(0, 10).join('; ')}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new PawlError('arguments_invalid', 'subtasks_json is no JSON', { cause });
  }
}

const COMPLEXITY_WORDS: Readonly<Record<string, string>> = { 'very complex': 'very_complex' };

/** `complexity_level`, a context that is an object, and what one task of its own was told. */
function olderForms({
  complexity_level: level,
  task_type: _type,
  due_date: due,
  specialist_type: specialist,
  estimated_effort: effort,
  dependencies,
  ...args
}: Arguments): Arguments {
  const complexity = args['complexity'] ?? level;
  const { context } = args;
  const single = args['subtasks'] === undefined && args['subtasks_json'] === undefined;
  const own = { specialist_type: specialist, estimated_effort: effort, dependencies };
  const told = Object.entries(own).filter(([, value]) => value !== undefined);
  return {
    ...args,
    ...(complexity === undefined
      ? {}
      : { complexity: COMPLEXITY_WORDS[String(complexity)] ?? complexity }),
    ...(typeof context === 'object' && context !== null
      ? { context: JSON.stringify(context) }
      : {}),
    ...(due === undefined
      ? {}
      : { context: `${String(context ?? '')}\nDue: ${String(due)}`.trim() }),
    ...(single && told.length > 0 ? { subtasks: [singleOf(args, told)] } : {}),
  };
}

function singleOf(args: Arguments, told: readonly (readonly [string, unknown])[]): object {
  const { title, description } = args;
  const named = title ?? (typeof description === 'string' ? firstLine(description) : description);
  return { title: named, description, ...Object.fromEntries(told) };
}
