import { isPawlError, PawlError } from '../domain/errors.ts';
import { keepTemplate } from '../templates/keep-template.ts';
import type { LibraryGroup } from '../templates/library/built-in.ts';
import { builtInIds, builtInText } from '../templates/library/library.ts';
import type { KeptCategory } from '../templates/template-places.ts';
import { operation } from './operation.ts';
import type { TemplateContext } from './template-context.ts';

export interface InstallTemplates {
  /** Null: all but the examples. */
  readonly group: LibraryGroup | null;
  readonly category: KeptCategory;
  /** Put aside what is there by these ids; otherwise it stays, and is told. */
  readonly overwrite?: boolean | undefined;
  readonly signal?: AbortSignal;
}

export interface InstalledTemplates {
  readonly installed: readonly string[];
  /** Ids of which the project has its own already. */
  readonly skipped: readonly string[];
  /** Where what was there before is now. */
  readonly replaced: readonly string[];
}

/**
 * Copy templates that come with Pawl into the project, where they can be changed. Without copies
 * they can be used just as well. Repeated, it changes nothing.
 *
 * @throws PawlError `template_too_many`, `path_outside`, `aborted` between two templates.
 */
export async function installTemplates(
  ctx: TemplateContext,
  { group, category, overwrite = false, signal }: InstallTemplates,
): Promise<InstalledTemplates> {
  return await operation(ctx, { operation: 'install-templates' }, async () => {
    const examples = builtInIds('examples');
    const ids = builtInIds(group).filter((id) => group !== null || !examples.includes(id));
    const installed: string[] = [];
    const skipped: string[] = [];
    const replaced: string[] = [];
    for (const id of ids) {
      if (signal?.aborted === true) throw new PawlError('aborted', 'the call was cancelled');
      const text = builtInText(id) ?? '';
      try {
        const kept = await keepTemplate(ctx.world, ctx, { id, category, text, overwrite });
        installed.push(id);
        if (kept.replaced !== null) replaced.push(kept.replaced);
      } catch (error) {
        if (!isPawlError(error, 'template_exists')) throw error;
        skipped.push(id);
      }
    }
    return { installed, skipped, replaced };
  });
}
