import { invariant, PawlError } from '../domain/errors.ts';
import type { Files } from '../world/files.ts';
import { isTemplateId, TEMPLATE_LIMITS } from './template.ts';

/** Where the templates of a project are looked for. */
export interface TemplatePlaces {
  /** The project's root, absolute. */
  readonly root: string;
  /** `.pawl` in it. */
  readonly stateDir: string;
}

export const TEMPLATE_CATEGORIES = ['user', 'shared', 'builtin'] as const;
export type TemplateCategory = (typeof TEMPLATE_CATEGORIES)[number];

/** What Pawl writes to. */
export const KEPT_CATEGORIES = ['user', 'shared'] as const;
export type KeptCategory = (typeof KEPT_CATEGORIES)[number];

/** In the state folder. */
export const TEMPLATES_DIR = 'templates';
/** In that: what was deleted or replaced. */
export const REMOVED_DIR = 'removed';
/** In the project's root: what the older orchestrator keeps. It is only read. */
export const OLDER_DIR = '.task_orchestrator/templates';

const SUFFIX = '.json5';

export function templateFileName(id: string): string {
  invariant(isTemplateId(id), 'a template has an id that names a file and nothing else');
  return `${id}${SUFFIX}`;
}

/** The id that a file of that name has; null when it is no template's. */
export function templateIdOf(fileName: string): string | null {
  const id = fileName.slice(0, -SUFFIX.length);
  return fileName.endsWith(SUFFIX) && isTemplateId(id) ? id : null;
}

/**
 * The text of a template's file. Where it really lies decides: it is read only below `within`,
 * which has no links of its own. Links, and folders that are exchanged for links meanwhile, lead
 * nowhere else.
 *
 * @throws PawlError `template_invalid` for what cannot be read, or is no text of that size.
 */
export async function readTemplateFile(
  files: Files,
  path: string,
  within: string,
): Promise<string> {
  const refuse = (why: string, cause?: unknown): PawlError =>
    new PawlError('template_invalid', `${path} ${why}`, { cause, details: { path } });
  const requireInside = (real: string): void => {
    if (!real.startsWith(`${within}/`)) throw refuse('is a link that leads elsewhere');
  };
  const reading = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (cause) {
      throw refuse('cannot be read', cause);
    }
  };
  const real = await reading(() => files.realPath(path));
  requireInside(real);
  // Looked at before it is opened: to open a device may already do something.
  const kind = (await reading(() => files.facts(real)))?.kind;
  if (kind !== 'file') throw refuse('is no regular file');
  const file = await reading(() => files.open(real));
  try {
    requireInside(file.realPath);
    const { bytesMax } = TEMPLATE_LIMITS;
    if (file.facts.kind !== 'file') throw refuse('is no regular file');
    if (file.facts.size > bytesMax) throw refuse(`is larger than ${bytesMax} bytes`);
    return textOf(await reading(() => file.readRange(0, bytesMax)), refuse);
  } finally {
    await file.close();
  }
}

function textOf(bytes: Uint8Array, refuse: (why: string, cause?: unknown) => PawlError): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuse('is no UTF-8 text', cause);
  }
}
