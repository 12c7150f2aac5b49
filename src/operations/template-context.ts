import { PawlError } from '../domain/errors.ts';
import {
  type FoundTemplate,
  findTemplate,
  templateText,
  textById,
} from '../templates/find-templates.ts';
import { faultLines, readTemplate } from '../templates/read-template.ts';
import { isTemplateId, type ReadTemplate, type Template } from '../templates/template.ts';
import type { TemplateCategory } from '../templates/template-places.ts';
import type { ProjectContext } from './operation.ts';

/** What the operations on templates need: no store, unless something is planned. */
export type TemplateContext = Pick<ProjectContext, 'world' | 'log' | 'root' | 'stateDir'>;

export interface NamedTemplate {
  readonly templateId: string;
  /** Default: the first that has it, of the project, the older orchestrator, and Pawl. */
  readonly category?: TemplateCategory | null | undefined;
}

/** A template as it is written, and what it says. */
export interface TemplateOnFile {
  readonly found: FoundTemplate;
  readonly text: string;
  readonly read: ReadTemplate;
}

/** @throws PawlError `arguments_invalid`, `template_not_found`, `template_invalid`. */
export async function templateOnFile(
  ctx: TemplateContext,
  { templateId: id, category = null }: NamedTemplate,
): Promise<TemplateOnFile> {
  requireId(id);
  const found = await findTemplate(ctx.world.files, ctx, { id, category });
  if (found === null) {
    const where = category === null ? '' : ` in ${category}`;
    throw new PawlError('template_not_found', `there is no template ${id}${where}`, {
      details: { templateId: id },
    });
  }
  return await readFound(ctx, found);
}

/** @throws PawlError `template_invalid` for a file that cannot be read. */
export async function readFound(
  ctx: TemplateContext,
  found: FoundTemplate,
): Promise<TemplateOnFile> {
  const text = await templateText(ctx.world.files, found);
  return { found, text, read: await readText(ctx, text) };
}

/** What a text says, with what it extends in this project. */
export async function readText(ctx: TemplateContext, text: string): Promise<ReadTemplate> {
  return await readTemplate(text, textById(ctx.world.files, ctx));
}

/** @throws PawlError `template_invalid` with every fault in its details. */
export function soundTemplate({ template, faults }: ReadTemplate, about: string): Template {
  if (template !== null) return template;
  throw new PawlError('template_invalid', `${about}: ${told(faultLines(faults))}`, {
    details: { faults: faultLines(faults), faultCount: faults.length },
  });
}

/** An id from outside names a file: it is looked at wherever it comes from. */
export function requireId(id: string): void {
  if (isTemplateId(id)) return;
  throw new PawlError(
    'arguments_invalid',
    `template_id: ${JSON.stringify(id.slice(0, 100))} has more than letters, digits, _ and -`,
  );
}

const FAULTS_TOLD_MAX = 3;

/** The first of several faults, as one sentence. */
export function told(faults: readonly string[]): string {
  const more = faults.length - FAULTS_TOLD_MAX;
  const first = faults.slice(0, FAULTS_TOLD_MAX).join('; ');
  return more > 0 ? `${first}; and ${more} more` : first;
}

/** @throws PawlError `arguments_invalid`, `template_invalid` with every fault in its details. */
export async function requireTemplateText(
  ctx: TemplateContext,
  id: string,
  text: string,
): Promise<void> {
  requireId(id);
  soundTemplate(await readText(ctx, text), id);
}
