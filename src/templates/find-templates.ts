import { isPawlError } from '../domain/errors.ts';
import type { Files } from '../world/files.ts';
import { builtInIds, builtInText } from './library/library.ts';
import { TEMPLATE_LIMITS } from './template.ts';
import {
  OLDER_DIR,
  readTemplateFile,
  TEMPLATES_DIR,
  type TemplateCategory,
  type TemplatePlaces,
  templateFileName,
  templateIdOf,
} from './template-places.ts';

/** Whose a template is: the project's, the older orchestrator's, or one that comes with Pawl. */
export type TemplateOrigin = 'project' | 'older' | 'pawl';

export interface FoundTemplate {
  readonly id: string;
  readonly category: TemplateCategory;
  readonly origin: TemplateOrigin;
  /** Absolute; null for one that comes with Pawl. */
  readonly file: string | null;
  /** What its file must lie in, wherever links lead. */
  readonly within: string;
}

interface Shelf {
  readonly category: TemplateCategory;
  readonly origin: TemplateOrigin;
  readonly folder: string | null;
  readonly within: string;
}

/** Every template there is, the one that is meant by an id before others of that id. */
export async function allTemplates(
  files: Files,
  places: TemplatePlaces,
  category: TemplateCategory | null = null,
): Promise<readonly FoundTemplate[]> {
  const found: FoundTemplate[] = [];
  for (const shelf of await shelvesOf(files, places)) {
    if (category !== null && shelf.category !== category) continue;
    for (const id of await idsOn(files, shelf)) found.push(onShelf(id, shelf));
  }
  return found;
}

/** The template that is meant by an id; null when there is none. */
export async function findTemplate(
  files: Files,
  places: TemplatePlaces,
  { id, category }: { readonly id: string; readonly category: TemplateCategory | null },
): Promise<FoundTemplate | null> {
  for (const shelf of await shelvesOf(files, places)) {
    if (category !== null && shelf.category !== category) continue;
    const one = onShelf(id, shelf);
    const isThere =
      one.file === null ? builtInText(id) !== null : (await files.facts(one.file)) !== null;
    if (isThere) return one;
  }
  return null;
}

/**
 * What a template says, as it is written.
 *
 * @throws PawlError `template_invalid` for a file that cannot be read.
 */
export async function templateText(
  files: Files,
  { id, file, within }: FoundTemplate,
): Promise<string> {
  if (file !== null) return await readTemplateFile(files, file, within);
  return builtInText(id) ?? '';
}

/** The same by id, for what others extend; null when there is none, or it cannot be read. */
export function textById(
  files: Files,
  places: TemplatePlaces,
): (id: string) => Promise<string | null> {
  return async (id) => {
    const found = await findTemplate(files, places, { id, category: null });
    if (found === null) return null;
    try {
      return await templateText(files, found);
    } catch (error) {
      if (isPawlError(error, 'template_invalid')) return null;
      throw error;
    }
  };
}

/** The first that has an id is meant by it. */
async function shelvesOf(
  files: Files,
  { root, stateDir }: TemplatePlaces,
): Promise<readonly Shelf[]> {
  const ours = `${await realOr(files, stateDir)}/${TEMPLATES_DIR}`;
  const older = `${root}/${OLDER_DIR}`;
  const project = { origin: 'project', within: ours } as const;
  const before = { origin: 'older', within: await realOr(files, root) } as const;
  return [
    { ...project, category: 'user', folder: `${ours}/user` },
    { ...project, category: 'shared', folder: `${ours}/shared` },
    { ...before, category: 'user', folder: `${older}/user` },
    { ...before, category: 'user', folder: older },
    { ...before, category: 'shared', folder: `${older}/shared` },
    { origin: 'pawl', category: 'builtin', folder: null, within: ours },
    // Copies of the older library: whoever changed them has their own copy of ours meanwhile.
    { ...before, category: 'builtin', folder: `${older}/builtin` },
  ];
}

const onShelf = (id: string, { category, origin, folder, within }: Shelf): FoundTemplate => ({
  ...{ id, category, origin, within },
  file: folder === null ? null : `${folder}/${templateFileName(id)}`,
});

async function idsOn(files: Files, { folder }: Shelf): Promise<readonly string[]> {
  if (folder === null) return builtInIds();
  const names = await files.names(folder).catch(nothingThere);
  const ids = names.map(templateIdOf).filter((id) => id !== null);
  return ids.toSorted().slice(0, TEMPLATE_LIMITS.templatesMax);
}

function nothingThere(error: unknown): readonly string[] {
  const { code } = error as { readonly code?: unknown };
  if (code === 'ENOENT' || code === 'ENOTDIR') return [];
  throw error;
}

/** Where it really is, or would be. */
async function realOr(files: Files, path: string): Promise<string> {
  return await files.realPath(path).catch(() => path);
}
