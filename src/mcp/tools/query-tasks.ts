import { z } from 'zod';
import { PawlError } from '../../domain/errors.ts';
import { underSignal } from '../../operations/operation.ts';
import { type FoundTasks, type QueryTasks, queryTasks } from '../../operations/query-tasks.ts';
import { showMeantTask } from '../../operations/show-task.ts';
import { pageOf } from '../cursor.ts';
import { type Desk, defineTool, WORKING_DIRECTORY } from '../tool.ts';
import { LEGACY_HINT, olderTrouble } from './older-brief.ts';
import { taskBrief } from './task-brief.ts';

const PAGE = 50;

const INPUT = z.strictObject({
  task_id: z.string().optional().describe('One task, with all that is known of it'),
  parent_task_id: z.string().optional(),
  list: z.string().optional(),
  status: z
    .array(z.string())
    .optional()
    .describe('queued running waiting completed failed skipped cancelled; ready blocked delayed'),
  specialist_type: z.array(z.string()).optional(),
  labels: z.array(z.string()).optional().describe('All of them'),
  search_text: z.string().max(1000).optional(),
  created_after: z.string().optional().describe('ISO 8601'),
  created_before: z.string().optional(),
  archived: z.boolean().optional().describe('Only archived ones'),
  include_artifacts: z.boolean().optional(),
  limit: z.number().int().min(1).max(PAGE).default(PAGE),
  cursor: z.string().optional(),
  working_directory: WORKING_DIRECTORY,
});

export const queryTasksTool = defineTool({
  name: 'orchestrator_query_tasks',
  title: 'Find tasks',
  description:
    'Tasks of all lists and breakdowns by status, role, label or text, in pages; ' +
    'or one with attempts, events and result.',
  hints: { reads: true },
  both: true,
  input: INPUT,
  older: olderForms,
  example: { status: ['ready'], limit: 10 },
  run: async (args, desk) => {
    if (args.task_id !== undefined) return await oneTask(args.task_id, desk);
    const wish = wishOf(args);
    const found = await fitting(desk, { ...wish, limit: args.limit });
    const stored = found.tasks.map((task) => ({
      ...taskBrief(task),
      ...(args.include_artifacts === true ? { artifacts: task.artifacts.map(artifactOf) } : {}),
    }));
    const tasks = [...stored, ...found.legacy.map(taskBrief)];
    return {
      tasks,
      ...(tasks.length === 0 ? { count: 0 } : {}),
      ...(found.cursor === null ? {} : { cursor: found.cursor }),
      ...(await olderTrouble(desk)),
      ...(found.legacy.length === 0 ? {} : { legacy: LEGACY_HINT }),
    };
  },
});

/** As many as one answer holds: what does not fit is where the next page begins. */
async function fitting({ workspace, signal }: Desk, wish: QueryTasks): Promise<FoundTasks> {
  const found = await queryTasks(workspace, { ...wish, signal });
  const all = [...found.tasks, ...found.legacy].map(taskBrief);
  const { taken } = pageOf(all);
  if (taken === all.length) return found;
  return await queryTasks(workspace, { ...wish, limit: taken, signal });
}

async function oneTask(ref: string, { workspace, signal }: Desk): Promise<object> {
  const ctx = underSignal(workspace, signal);
  return await showMeantTask(ctx, ref, null);
}

function wishOf(args: z.infer<typeof INPUT>): QueryTasks {
  const { status, specialist_type: roles, labels, search_text: text, cursor } = args;
  return {
    ...(args.parent_task_id === undefined ? {} : { parentTaskIds: [args.parent_task_id] }),
    ...(args.list === undefined ? {} : { lists: [args.list] }),
    ...(status === undefined ? {} : { states: status }),
    ...(roles === undefined ? {} : { specialistTypes: roles }),
    ...(labels === undefined ? {} : { labels }),
    ...(text === undefined ? {} : { text }),
    ...momentOf('createdFromMs', args.created_after),
    ...momentOf('createdToMs', args.created_before),
    ...(args.archived === true ? { archived: 'only' as const } : {}),
    ...(args.include_artifacts === true ? { withArtifacts: true } : {}),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

function momentOf(name: 'createdFromMs' | 'createdToMs', text: string | undefined): QueryTasks {
  if (text === undefined) return {};
  const atMs = Date.parse(text);
  if (!Number.isNaN(atMs)) return { [name]: atMs };
  throw new PawlError('arguments_invalid', `${text} is no moment such as 2026-01-31T12:00:00Z`);
}

function artifactOf(one: FoundTasks['tasks'][number]['artifacts'][number]): object {
  const { artifactId, name, kind, bytes } = one;
  return { uri: `artifact://${artifactId}`, name, kind, bytes };
}

/** One word where several may stand, and arguments that ask for what is always done. */
function olderForms(args: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { include_children: _children, task_type: _type, complexity: _complexity, ...rest } = args;
  const listed = ['status', 'specialist_type', 'labels'].flatMap((name) =>
    typeof rest[name] === 'string' ? [[name, [rest[name]]] as const] : [],
  );
  const limit = typeof rest['limit'] === 'number' && rest['limit'] > PAGE ? { limit: PAGE } : {};
  // Pages go on by a cursor: only the first one is the same by number.
  const { offset, ...others } = rest;
  const first = offset === 0 ? others : rest;
  return { ...first, ...Object.fromEntries(listed), ...limit };
}
