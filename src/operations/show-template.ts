import { createHash } from 'node:crypto';
import { faultLines } from '../templates/read-template.ts';
import type { Template } from '../templates/template.ts';
import { operation, untilAborted } from './operation.ts';
import { type NamedTemplate, type TemplateContext, templateOnFile } from './template-context.ts';

export interface ShownTemplate {
  readonly id: string;
  readonly category: string;
  readonly origin: string;
  readonly file: string | null;
  /** As it is written. */
  readonly text: string;
  /** Of the text, in hexadecimal digits. */
  readonly sha256: string;
  /** With what it extends; null when it cannot be used. */
  readonly template: Template | null;
  readonly faults: readonly string[];
  readonly notes: readonly string[];
}

/**
 * One template, as it is written and as it is read.
 *
 * @throws PawlError `arguments_invalid`, `template_not_found`, `template_invalid` for a file that
 *   cannot be read, `aborted`.
 */
export async function showTemplate(
  ctx: TemplateContext,
  { signal, ...named }: NamedTemplate & { readonly signal?: AbortSignal },
): Promise<ShownTemplate> {
  return await operation(ctx, { operation: 'show-template' }, async () => {
    const { found, text, read } = await untilAborted(templateOnFile(ctx, named), signal);
    const { id, category, origin, file } = found;
    const sha256 = createHash('sha256').update(text).digest('hex');
    const { template, faults, notes } = read;
    return {
      id,
      category,
      origin,
      file,
      text,
      sha256,
      template,
      faults: faultLines(faults),
      notes,
    };
  });
}
