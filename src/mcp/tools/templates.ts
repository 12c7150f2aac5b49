import { z } from 'zod';
import { instantiateTemplate, previewTemplate } from '../../operations/instantiate-template.ts';
import { type ListedTemplate, listTemplates } from '../../operations/list-templates.ts';
import { openSession } from '../../operations/open-session.ts';
import { noSession } from '../../operations/session-of-client.ts';
import { showTemplate } from '../../operations/show-template.ts';
import type { TemplateContext } from '../../operations/template-context.ts';
import { cursorOf, pageOf, readCursor } from '../cursor.ts';
import {
  type AnyTool,
  type Desk,
  defineTool,
  type OutsideDesk,
  WORKING_DIRECTORY,
} from '../tool.ts';
import { callerOf } from './caller.ts';
import {
  ANY_CATEGORY,
  parameterBriefs,
  TEMPLATE_ID,
  taskBriefs,
  templateBrief,
  templatePlace,
} from './template-answers.ts';
import { unmade } from './unmade-project.ts';

const PAGE = 50;
const CONTENT_CHARS_MAX = 6_000;
const PART_CHARS_MAX = 3_500;
const DESCRIPTION_CHARS_MAX = 300;

const NAMED = z.strictObject({
  template_id: TEMPLATE_ID,
  category: ANY_CATEGORY.describe('Default: the one in force'),
  working_directory: WORKING_DIRECTORY,
});

const listed = defineTool({
  name: 'template_list',
  title: 'Templates',
  description:
    'The templates of plans that there are: the project’s, the older server’s, and those that ' +
    'come with Pawl, in pages. template_instantiate makes a plan of one.',
  hints: { reads: true },
  input: z.strictObject({
    category: ANY_CATEGORY,
    include_metadata: z.boolean().default(false),
    limit: z.number().int().min(1).max(PAGE).default(PAGE),
    cursor: z.string().optional(),
    working_directory: WORKING_DIRECTORY,
  }),
  example: { include_metadata: true },
  run: async ({ category, include_metadata: withMetadata, limit, cursor }, desk) => {
    const { workspace, signal } = desk;
    const all = await listTemplates(workspace, { category, signal });
    const rest = all.slice(beginOf(all, cursor)).slice(0, limit);
    const { items, taken } = pageOf(rest.map((one) => templateBrief(one, withMetadata)));
    const last = rest[taken - 1];
    const isAll = last === undefined || last === all.at(-1);
    return {
      ...{ total: all.length, count: items.length, templates: items },
      cursor: isAll ? null : cursorOf({ id: last.id, file: last.file }),
    };
  },
});

const AFTER = z.strictObject({ id: z.string(), file: z.string().nullable() });

/** Behind the last one of the page before, or behind where it was. */
function beginOf(all: readonly ListedTemplate[], cursor: string | undefined): number {
  const after = readCursor(cursor, (key) => AFTER.safeParse(key).data ?? null);
  if (after === null) return 0;
  const at = all.findIndex(({ id, file }) => id === after.id && file === after.file);
  if (at !== -1) return at + 1;
  const next = all.findIndex(({ id }) => id > after.id);
  return next === -1 ? all.length : next;
}

const loaded = defineTool({
  name: 'template_load',
  title: 'Text of a template',
  description:
    'A template as it is written, in pieces of 6,000 characters, and whether it is valid.',
  hints: { reads: true },
  input: z.strictObject({
    ...NAMED.shape,
    offset: z.number().int().min(0).default(0).describe('Characters; from next_offset'),
  }),
  example: { template_id: 'bug_investigation' },
  run: async ({ template_id: templateId, category, offset }, { workspace, signal }) => {
    const shown = await showTemplate(workspace, { templateId, category, signal });
    const end = offset + CONTENT_CHARS_MAX;
    return {
      ...templatePlace(shown),
      ...{ content: shown.text.slice(offset, end), characters: shown.text.length },
      next_offset: end < shown.text.length ? end : null,
    };
  },
});

const info = defineTool({
  name: 'template_info',
  title: 'What a template asks for',
  description: 'What a template is for, its parameters with their rules, and the tasks it plans.',
  hints: { reads: true },
  input: NAMED,
  example: { template_id: 'bug_investigation' },
  run: async ({ template_id: templateId, category }, { workspace, signal }) => {
    const shown = await showTemplate(workspace, { templateId, category, signal });
    const { template } = shown;
    if (template === null) return templatePlace(shown);
    const { name, version, description, author, tags, complexity } = template;
    const parameters = parameterBriefs(template);
    const tasks = taskBriefs(template);
    return {
      ...templatePlace(shown),
      ...{ name, version, description: description.slice(0, DESCRIPTION_CHARS_MAX) },
      ...{ author, tags: tags.slice(0, 20), complexity },
      ...{ parameter_count: parameters.length, task_count: tasks.length },
      parameters: pageOf(parameters, PART_CHARS_MAX).items,
      tasks: pageOf(tasks, PART_CHARS_MAX).items,
    };
  },
});

const INSTANTIATE = z.strictObject({
  template_id: TEMPLATE_ID,
  category: ANY_CATEGORY,
  parameters: z.record(z.string(), z.unknown()).default({}),
  create_tasks: z.boolean().default(false).describe('false: a preview, nothing is stored'),
  title: z.string().optional(),
  parent_task_id: z.string().optional(),
  session_id: z.string().optional(),
  request_key: z.string().optional().describe('Repeats with it store nothing twice'),
  working_directory: WORKING_DIRECTORY,
});

const instantiated = defineTool({
  name: 'template_instantiate',
  title: 'Plan from a template',
  description:
    'Fill a template with parameters. With create_tasks it is stored as orchestrator_plan_task ' +
    'would: one breakdown, all or nothing; answers its ids. Else a preview.',
  hints: {},
  input: INSTANTIATE,
  creates: true,
  example: {
    template_id: 'bug_investigation',
    parameters: { bug_id: 'B-7', severity: 'high', component: 'orders' },
    create_tasks: true,
  },
  check: async (args, desk) => {
    if (args.session_id !== undefined) throw noSession(args.session_id);
    await previewTemplate(unmade(desk), wishOf(args, desk));
  },
  absent: async (args, desk) =>
    args.create_tasks ? null : await seen(unmade(desk), wishOf(args, desk)),
  run: async (args, desk) =>
    args.create_tasks ? await planned(args, desk) : await seen(desk.workspace, wishOf(args, desk)),
});

type Instantiate = z.infer<typeof INSTANTIATE>;

const wishOf = ({ template_id: templateId, ...args }: Instantiate, { signal }: OutsideDesk) => ({
  ...{ templateId, category: args.category, parameters: args.parameters },
  ...{ title: args.title, parentTaskId: args.parent_task_id, signal },
});

async function seen(ctx: TemplateContext, wish: ReturnType<typeof wishOf>): Promise<object> {
  const { plan, leftOut, notes } = await previewTemplate(ctx, wish);
  const subtasks = plan.subtasks.map((one) => ({
    ...{ key: one.key, title: one.title, specialist_type: one.specialistType },
    ...{ description: one.description, dependencies: one.dependencies },
    ...{ acceptance: one.acceptance, verify: one.verify, priority: one.priority },
  }));
  const { items } = pageOf(subtasks);
  return {
    ...{ preview: true, tasks_created: false, title: plan.title, total: subtasks.length },
    ...{ subtasks: items, left_out: leftOut, notes },
    next: 'Call it again with create_tasks:true to store this plan.',
  };
}

async function planned(args: Instantiate, desk: Desk): Promise<object> {
  const { workspace, place, client, signal } = desk;
  const { sessionId } = await callerOf(desk, args.session_id);
  const requestKey = args.request_key ?? null;
  const done = await instantiateTemplate(workspace, {
    ...wishOf(args, desk),
    sessionId,
    requestKey,
  });
  if (args.session_id === undefined) await openSession(workspace, { client, sessionId, signal });
  const subtasks = done.subtasks.map((one) => ({
    ...{ task_id: one.taskId, key: one.key, title: one.title },
    ...{ specialist_type: one.specialistType, dependencies: one.dependencies },
  }));
  const { items } = pageOf(subtasks);
  const { parentTaskId, title, total, ready } = done.breakdown;
  const missing = subtasks.length - items.length;
  return {
    ...{ tasks_created: true, parent_task_id: parentTaskId, title, workspace: place.root },
    ...{ total, ready, subtasks: items, left_out: done.leftOut },
    more: missing > 0 ? `${missing} more: orchestrator_query_tasks` : null,
    notes: done.notes.map(({ message }) => message),
    next: `orchestrator_claim_next {"parent_task_id":"${parentTaskId}"}`,
  };
}

/** The older server’s tools that read templates and plan from them. */
export const TEMPLATE_TOOLS: readonly AnyTool[] = [listed, loaded, info, instantiated];
