import { isPawlError } from '../domain/errors.ts';
import { allTemplates, type FoundTemplate } from '../templates/find-templates.ts';
import { faultLines } from '../templates/read-template.ts';
import type { TemplateCategory } from '../templates/template-places.ts';
import { operation, untilAborted } from './operation.ts';
import { readFound, type TemplateContext } from './template-context.ts';

export interface ListedTemplate extends Omit<FoundTemplate, 'within'> {
  /** False: another one of that id goes before it. */
  readonly inForce: boolean;
  /** Null where it cannot be used. */
  readonly about: {
    readonly name: string;
    readonly version: string;
    readonly description: string;
    readonly author: string | null;
    readonly tags: readonly string[];
    readonly parameters: readonly string[];
    /** How many tasks it has, conditions aside. */
    readonly tasks: number;
  } | null;
  /** What keeps it from being used. */
  readonly faults: readonly string[];
}

export interface ListTemplates {
  readonly category?: TemplateCategory | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Every template there is, by id, with what is amiss in it: the project's, those that the older
 * orchestrator left here, and those that come with Pawl. Reads files; writes nothing.
 *
 * @throws PawlError `aborted`.
 */
export async function listTemplates(
  ctx: TemplateContext,
  { category, signal }: ListTemplates = {},
): Promise<readonly ListedTemplate[]> {
  return await operation(ctx, { operation: 'list-templates' }, () =>
    untilAborted(listed(ctx, category ?? null, signal), signal),
  );
}

async function listed(
  ctx: TemplateContext,
  category: TemplateCategory | null,
  signal: AbortSignal | undefined,
): Promise<readonly ListedTemplate[]> {
  const all: ListedTemplate[] = [];
  const seen = new Set<string>();
  for (const found of await allTemplates(ctx.world.files, ctx)) {
    if (signal?.aborted === true) break;
    const inForce = !seen.has(found.id);
    seen.add(found.id);
    if (category !== null && found.category !== category) continue;
    const { within: _within, ...shown } = found;
    all.push({ ...shown, inForce, ...(await saidBy(ctx, found)) });
  }
  // A stable sort: of one id the one in force comes first.
  return all.toSorted((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
}

async function saidBy(
  ctx: TemplateContext,
  found: FoundTemplate,
): Promise<Pick<ListedTemplate, 'about' | 'faults'>> {
  try {
    const { read } = await readFound(ctx, found);
    const { template } = read;
    if (template === null) return { about: null, faults: faultLines(read.faults) };
    const { name, version, description, author, tags, parameters, tasks } = template;
    const names = parameters.map((one) => one.name);
    const about = { name, version, description, author, tags, parameters: names };
    return { about: { ...about, tasks: tasks.length }, faults: [] };
  } catch (error) {
    if (!isPawlError(error)) throw error;
    return { about: null, faults: [error.message] };
  }
}
