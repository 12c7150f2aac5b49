import { z } from 'zod';
import { type InstallTemplates, installTemplates } from '../../operations/install-templates.ts';
import {
  checkTemplateText,
  keepTemplate,
  removeTemplate,
  restoreTemplate,
} from '../../operations/keep-template.ts';
import { type ListedTemplate, listTemplates } from '../../operations/list-templates.ts';
import { requireTemplateText } from '../../operations/template-context.ts';
import { pageOf } from '../cursor.ts';
import { type AnyTool, type Desk, defineTool, WORKING_DIRECTORY } from '../tool.ts';
import { ANY_CATEGORY, KEPT_CATEGORY, TEMPLATE_ID } from './template-answers.ts';
import { unmade } from './unmade-project.ts';

const LIBRARY = [
  'all',
  'development',
  'research',
  'creative',
  'business',
  'self_development',
] as const;
const FAULTS_TOLD_MAX = 20;

const EXAMPLE = `// A release, as we do it
{
  metadata: { name: 'Release {{version}}', version: '1.0', description: 'Ship {{version}}' },
  parameters: { version: { type: 'string', pattern: '^[0-9.]+$' } },
  tasks: {
    build: { title: 'Build {{version}}', specialist_type: 'implementer' },
    check: { title: 'Check it', specialist_type: 'tester', dependencies: ['build'] },
  },
}
`;

const created = defineTool({
  name: 'template_create',
  title: 'Keep a template',
  description:
    'Store a template in the project: JSON5 { metadata, parameters, tasks }, with {{parameter}} ' +
    'in texts. Refused with every fault; what it replaces is put aside.',
  hints: {},
  creates: true,
  input: z.strictObject({
    template_id: TEMPLATE_ID,
    template_content: z.string(),
    category: KEPT_CATEGORY.default('user'),
    overwrite: z.boolean().default(false),
    working_directory: WORKING_DIRECTORY,
  }),
  example: { template_id: 'our_release', template_content: EXAMPLE },
  check: async ({ template_id: id, template_content: text }, desk) => {
    await requireTemplateText(unmade(desk), id, text);
  },
  run: async ({ template_id: templateId, template_content: text, ...args }, desk) => {
    const { workspace, signal } = desk;
    const { category, overwrite } = args;
    const kept = await keepTemplate(workspace, { templateId, text, category, overwrite, signal });
    return {
      ...{ template_id: templateId, category, file: kept.file, replaced: kept.replaced },
      ...{ notes: kept.notes, parameters: kept.template.parameters.map(({ name }) => name) },
      next: `What it plans: template_instantiate {"template_id":"${templateId}","parameters":{}}`,
    };
  },
});

const validated = defineTool({
  name: 'template_validate',
  title: 'Check a text',
  description: 'Whether a text is a template, with every fault and its place. Stores nothing.',
  hints: { reads: true },
  input: z.strictObject({ template_content: z.string(), working_directory: WORKING_DIRECTORY }),
  example: { template_content: EXAMPLE },
  run: async ({ template_content: text }, { workspace, signal }) => {
    const { template, faults, notes } = await checkTemplateText(workspace, { text, signal });
    return {
      ...{ valid: template !== null, fault_count: faults.length },
      ...{ faults: faults.slice(0, FAULTS_TOLD_MAX), notes },
      parameters: pageOf(
        (template?.parameters ?? []).map(({ name }) => name),
        2_000,
      ).items,
      tasks: pageOf(
        (template?.tasks ?? []).map(({ path }) => path),
        2_000,
      ).items,
    };
  },
});

const validatedAll = defineTool({
  name: 'template_validate_all',
  title: 'Check all templates',
  description: 'Which of the templates here can be used, and what keeps the others from it.',
  hints: { reads: true },
  input: z.strictObject({ category: ANY_CATEGORY, working_directory: WORKING_DIRECTORY }),
  example: {},
  run: async ({ category }, { workspace, signal }) => {
    const all = await listTemplates(workspace, { category, signal });
    const broken = all.filter(({ about }) => about === null).map(brokenBrief);
    const { items } = pageOf(broken);
    const missing = broken.length - items.length;
    return {
      ...{ valid: broken.length === 0, total: all.length, valid_count: all.length - broken.length },
      ...{ invalid: items, more: missing > 0 ? `${missing} more that are not valid` : null },
    };
  },
});

const brokenBrief = ({ id, category, origin, file, faults }: ListedTemplate) => ({
  ...{ template_id: id, category, origin, file, faults: faults.slice(0, 5) },
});

const deleted = defineTool({
  name: 'template_delete',
  title: 'Put a template away',
  description:
    'Take a template out of the project. Its file is kept: restore:true puts back what was ' +
    'deleted or replaced last.',
  hints: { destroys: true },
  input: z.strictObject({
    template_id: TEMPLATE_ID,
    category: KEPT_CATEGORY.optional(),
    restore: z.boolean().default(false),
    working_directory: WORKING_DIRECTORY,
  }),
  aliases: ['template_uninstall'],
  example: { template_id: 'our_review' },
  run: async ({ template_id: templateId, category, restore }, { workspace }) => {
    const named = { templateId, category };
    if (restore) {
      const { category: where, file } = await restoreTemplate(workspace, named);
      return { template_id: templateId, category: where, restored: true, file };
    }
    const gone = await removeTemplate(workspace, named);
    return {
      ...{ template_id: templateId, category: gone.category, deleted: true, kept_in: gone.removed },
      next: `Undo: template_delete {"template_id":"${templateId}","restore":true}`,
    };
  },
});

const examplesInstalled = defineTool({
  name: 'template_install_examples',
  title: 'Copy the examples',
  description:
    'Copy the example templates into the project, to be changed there; they can be used without ' +
    'it. What is there by their ids stays unless overwrite.',
  hints: { idempotent: true },
  creates: true,
  input: z.strictObject({
    category: KEPT_CATEGORY.default('shared'),
    overwrite: z.boolean().default(false),
    working_directory: WORKING_DIRECTORY,
  }),
  example: {},
  run: async (args, desk) => await installed({ group: 'examples', ...args }, desk),
});

const libraryInstalled = defineTool({
  name: 'template_install_default_library',
  title: 'Copy the library',
  description:
    'Copy the templates that come with Pawl into the project, to be changed there; they can be ' +
    'used without it. What is there by their ids stays unless overwrite.',
  hints: { idempotent: true },
  creates: true,
  input: z.strictObject({
    category: z.enum(LIBRARY).default('all'),
    overwrite: z.boolean().default(false),
    working_directory: WORKING_DIRECTORY,
  }),
  example: { category: 'development' },
  run: async ({ category, overwrite }, desk) => {
    const group = category === 'all' ? null : category;
    return await installed({ group, category: 'shared', overwrite }, desk);
  },
});

async function installed(wish: InstallTemplates, desk: Desk): Promise<object> {
  const { workspace, signal } = desk;
  const done = await installTemplates(workspace, { ...wish, signal });
  return {
    ...{ category: wish.category, installed_count: done.installed.length },
    ...{ installed: done.installed, skipped: done.skipped, replaced: done.replaced },
  };
}

const installation = defineTool({
  name: 'template_get_installation_status',
  title: 'Where templates are',
  description:
    'How many templates there are of each kind, which of Pawl’s the project has copies of, and ' +
    'how many cannot be used.',
  hints: { reads: true },
  input: z.strictObject({ working_directory: WORKING_DIRECTORY }),
  example: {},
  run: async (_args, { workspace, place, signal }) => {
    const all = await listTemplates(workspace, { signal });
    const of = (origin: string, category?: string): number =>
      all.filter((one) => one.origin === origin && (category ?? one.category) === one.category)
        .length;
    const own = new Set(all.filter(({ origin }) => origin === 'project').map(({ id }) => id));
    const ours = all.filter(({ origin }) => origin === 'pawl').map(({ id }) => id);
    return {
      ...{ workspace: place.root, total: all.length, come_with_pawl: of('pawl') },
      ...{ user: of('project', 'user'), shared: of('project', 'shared') },
      ...{ of_the_older_server: of('older') },
      copied: ours.filter((id) => own.has(id)),
      invalid_count: all.filter(({ about }) => about === null).length,
      next: 'template_validate_all says what keeps templates from being used.',
    };
  },
});

/** The older server’s tools that keep templates. */
export const TEMPLATE_CARE_TOOLS: readonly AnyTool[] = [
  ...[created, validated, validatedAll, deleted],
  ...[examplesInstalled, libraryInstalled, installation],
];
