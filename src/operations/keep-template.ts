import { PawlError } from '../domain/errors.ts';
import { findTemplate } from '../templates/find-templates.ts';
import {
  keepTemplate as keep,
  removeTemplate as remove,
  restoreTemplate as restore,
} from '../templates/keep-template.ts';
import { faultLines } from '../templates/read-template.ts';
import type { Template } from '../templates/template.ts';
import { KEPT_CATEGORIES, type KeptCategory } from '../templates/template-places.ts';
import { operation, untilAborted } from './operation.ts';
import { readText, requireId, soundTemplate, type TemplateContext } from './template-context.ts';

export interface KeepTemplate {
  readonly templateId: string;
  /** JSON5, or JSON. It is stored as it is, comments and all. */
  readonly text: string;
  /** Default: `user`. */
  readonly category?: KeptCategory | undefined;
  /** Put aside what is there by that id; otherwise that is refused. */
  readonly overwrite?: boolean | undefined;
  readonly signal?: AbortSignal;
}

export interface KeptTemplate {
  readonly category: KeptCategory;
  readonly file: string;
  /** Where what was there before is now. */
  readonly replaced: string | null;
  readonly template: Template;
  readonly notes: readonly string[];
}

/**
 * Store a template in the project, once nothing is amiss in it.
 *
 * @throws PawlError `arguments_invalid`, `template_invalid` with every fault, `template_exists`,
 *   `template_too_many`, `path_outside`, `aborted`.
 */
export async function keepTemplate(
  ctx: TemplateContext,
  { templateId: id, text, category = 'user', overwrite = false, signal }: KeepTemplate,
): Promise<KeptTemplate> {
  return await operation(ctx, { operation: 'keep-template' }, async () => {
    requireId(id);
    const read = await untilAborted(readText(ctx, text), signal);
    const template = soundTemplate(read, id);
    const kept = await keep(ctx.world, ctx, { id, category, text, overwrite });
    ctx.log.info('template.changed', { template: id, file: kept.file });
    return { ...kept, category, template, notes: read.notes };
  });
}

/** Whether a text is a template, here and now: what it extends must be here, too. */
export async function checkTemplateText(
  ctx: TemplateContext,
  { text, signal }: { readonly text: string; readonly signal?: AbortSignal },
): Promise<{
  readonly template: Template | null;
  readonly faults: readonly string[];
  readonly notes: readonly string[];
}> {
  return await operation(ctx, { operation: 'check-template' }, async () => {
    const { template, faults, notes } = await untilAborted(readText(ctx, text), signal);
    return { template, faults: faultLines(faults), notes };
  });
}

export interface RemoveTemplate {
  readonly templateId: string;
  /** Default: the one that is in force. */
  readonly category?: KeptCategory | undefined;
}

/**
 * Take a template out of the project. Its file is kept in the folder of what was removed.
 *
 * @throws PawlError `arguments_invalid`, `template_not_found`, `template_readonly` for one that is
 *   not the project's, `path_outside`.
 */
export async function removeTemplate(
  ctx: TemplateContext,
  { templateId: id, category }: RemoveTemplate,
): Promise<{ readonly category: KeptCategory; readonly file: string; readonly removed: string }> {
  return await operation(ctx, { operation: 'remove-template' }, async () => {
    requireId(id);
    for (const one of category === undefined ? KEPT_CATEGORIES : [category]) {
      const gone = await remove(ctx.world, ctx, { id, category: one });
      if (gone === null) continue;
      ctx.log.info('template.changed', { template: id, file: gone.removed });
      return { category: one, ...gone };
    }
    const other = await findTemplate(ctx.world.files, ctx, { id, category: category ?? null });
    if (other === null) {
      throw new PawlError('template_not_found', `there is no template ${id}`, {
        details: { templateId: id },
      });
    }
    const whose = other.file === null ? 'comes with Pawl' : `is the older server’s: ${other.file}`;
    throw new PawlError('template_readonly', `${id} ${whose}`, { details: { templateId: id } });
  });
}

/**
 * Put back what was removed, or replaced, last by that id.
 *
 * @throws PawlError `arguments_invalid`, `template_not_found`, `template_exists` when there is one
 *   by that id again, `path_outside`.
 */
export async function restoreTemplate(
  ctx: TemplateContext,
  { templateId: id, category }: RemoveTemplate,
): Promise<{ readonly category: KeptCategory; readonly file: string }> {
  return await operation(ctx, { operation: 'restore-template' }, async () => {
    requireId(id);
    const { category: where, file } = await restore(ctx.world, ctx, {
      ...{ id, category: category ?? null },
    });
    ctx.log.info('template.changed', { template: id, file });
    return { category: where, file };
  });
}
