import { PawlError } from '../domain/errors.ts';
import type { World } from '../world/world.ts';
import { TEMPLATE_LIMITS } from './template.ts';
import {
  KEPT_CATEGORIES,
  type KeptCategory,
  REMOVED_DIR,
  readTemplateFile,
  TEMPLATES_DIR,
  type TemplatePlaces,
  templateFileName,
  templateIdOf,
} from './template-places.ts';

type Means = Pick<World, 'files' | 'ids'>;

export interface KeepTemplate {
  readonly id: string;
  readonly category: KeptCategory;
  readonly text: string;
  /** What is there by that id is put aside; otherwise it is refused. */
  readonly overwrite: boolean;
}

export interface KeptTemplate {
  readonly file: string;
  /** Where what it replaced is now. */
  readonly replaced: string | null;
}

const ATTEMPTS_MAX = 20;
/** The oldest of more go for good. */
export const REMOVED_MAX = 300;

/**
 * Write a template into the project: whole or not at all, and durable when it resolves. Of two who
 * write the same at once both texts stay: the one that is replaced is put aside.
 *
 * @throws PawlError `template_exists`, `template_too_many`, `path_outside` where a link leads out.
 */
export async function keepTemplate(
  means: Means,
  places: TemplatePlaces,
  { id, category, text, overwrite }: KeepTemplate,
): Promise<KeptTemplate> {
  const { files, ids } = means;
  const folder = await folderOf(means, places, category);
  const file = `${folder}/${templateFileName(id)}`;
  if (!overwrite && (await files.facts(file)) !== null) throw existsAlready(id, category);
  await requireRoom(means, folder, id);
  const staged = `${folder}/.${ids.uuid()}`;
  await files.stage(staged, text);
  try {
    for (let replaced: string | null = null, attempt = 1; ; attempt += 1) {
      if (await placed(means, { staged, file, text })) return { file, replaced };
      if (!overwrite || attempt === ATTEMPTS_MAX) throw existsAlready(id, category);
      replaced = (await putAside(means, places, { id, category, file })) ?? replaced;
    }
  } finally {
    await files.remove(staged);
  }
}

export interface RemovedTemplate {
  readonly file: string;
  /** Where it is now. */
  readonly removed: string;
}

/**
 * Take a template out of the project, into the folder of what was removed. Null when it is not
 * there.
 */
export async function removeTemplate(
  means: Means,
  places: TemplatePlaces,
  { id, category }: Pick<KeepTemplate, 'id' | 'category'>,
): Promise<RemovedTemplate | null> {
  const name = `${category}/${templateFileName(id)}`;
  // Where there is nothing no folder is made for it.
  const there = await means.files.facts(`${places.stateDir}/${TEMPLATES_DIR}/${name}`);
  if (there === null) return null;
  const folder = await folderOf(means, places, category);
  const file = `${folder}/${templateFileName(id)}`;
  const removed = await putAside(means, places, { id, category, file });
  return removed === null ? null : { file, removed };
}

/** What was removed, or replaced, the latest first. */
export async function removedTemplates(
  means: Means,
  places: TemplatePlaces,
): Promise<
  readonly { readonly id: string; readonly category: KeptCategory; readonly file: string }[]
> {
  const there = await means.files.facts(`${places.stateDir}/${TEMPLATES_DIR}/${REMOVED_DIR}`);
  if (there === null) return [];
  const folder = await folderOf(means, places, REMOVED_DIR);
  const names = await means.files.names(folder);
  return names
    .toSorted()
    .toReversed()
    .flatMap((name) => {
      const [, said = '', written = ''] = REMOVED.exec(name) ?? [];
      const category = KEPT_CATEGORIES.find((one) => one === said);
      const id = templateIdOf(written);
      const file = `${folder}/${name}`;
      return category === undefined || id === null ? [] : [{ id, category, file }];
    });
}

/**
 * Put what was removed last by that id back where it was.
 *
 * @throws PawlError `template_not_found`, `template_exists`, `template_invalid` when its file was
 *   exchanged for something else.
 */
export async function restoreTemplate(
  means: Means,
  places: TemplatePlaces,
  { id, category }: { readonly id: string; readonly category: KeptCategory | null },
): Promise<KeptTemplate & { readonly category: KeptCategory }> {
  const removed = await removedTemplates(means, places);
  const found = removed.find(
    (one) => one.id === id && (category === null || one.category === category),
  );
  if (found === undefined) {
    throw new PawlError('template_not_found', `no template ${id} was removed here`);
  }
  const within = `${await means.files.realPath(places.stateDir)}/${TEMPLATES_DIR}`;
  const text = await readTemplateFile(means.files, found.file, within);
  const kept = await keepTemplate(means, places, { ...found, text, overwrite: false });
  await means.files.remove(found.file);
  return { ...kept, category: found.category };
}

/** By when they were removed, since that is what a UUID of version 7 begins with. */
const REMOVED = /^[0-9a-f-]{36}\.([a-z]+)\.([^.]+\.json5)$/;

async function putAside(
  means: Means,
  places: TemplatePlaces,
  { id, category, file }: Pick<KeepTemplate, 'id' | 'category'> & { readonly file: string },
): Promise<string | null> {
  const { files, ids } = means;
  const folder = await folderOf(means, places, REMOVED_DIR);
  const removed = `${folder}/${ids.uuid()}.${category}.${templateFileName(id)}`;
  try {
    await files.rename(file, removed);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  const all = await removedTemplates(means, places);
  for (const old of all.slice(REMOVED_MAX)) {
    await files.remove(old.file).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error; // another process was quicker
    });
  }
  return removed;
}

/** False when there is something by that name. */
async function placed(
  { files }: Means,
  { staged, file, text }: { readonly staged: string; readonly file: string; readonly text: string },
): Promise<boolean> {
  const isFree = (error: unknown): boolean => {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  };
  const linked = await files.link(staged, file).then(() => true, codeOf);
  if (linked === true) return true;
  if (linked === 'EEXIST') return false;
  // A file system without second names: what it can do.
  return await files.createExclusive(file, text).then(() => true, isFree);
}

/** Made where it is not there; each folder is looked at before anything is made in it. */
async function folderOf(
  { files }: Means,
  { stateDir }: TemplatePlaces,
  name: KeptCategory | typeof REMOVED_DIR,
): Promise<string> {
  const templates = `${await files.realPath(stateDir)}/${TEMPLATES_DIR}`;
  for (const folder of [templates, `${templates}/${name}`]) {
    if ((await files.facts(folder)) === null) await files.makeDirectory(folder);
    if ((await files.realPath(folder)) === folder) continue;
    throw new PawlError('path_outside', `${folder} is a link`, { details: { path: folder } });
  }
  return `${templates}/${name}`;
}

async function requireRoom({ files }: Means, folder: string, id: string): Promise<void> {
  const ids = (await files.names(folder)).map(templateIdOf).filter((one) => one !== null);
  const { templatesMax } = TEMPLATE_LIMITS;
  if (ids.length < templatesMax || ids.includes(id)) return;
  throw new PawlError('template_too_many', `${folder} holds ${ids.length} templates already`, {
    details: { folder, templatesMax },
  });
}

function existsAlready(id: string, category: KeptCategory): PawlError {
  const message = `there is a template ${id} in ${category} already`;
  return new PawlError('template_exists', message, { details: { templateId: id, category } });
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code;
}
