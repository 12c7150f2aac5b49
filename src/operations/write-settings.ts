import { PawlError } from '../domain/errors.ts';
import { unlessGone } from '../listfile/file/file-facts.ts';
import { keepFile, replacedFiles } from '../listfile/file/replaced-files.ts';
import { rewriteListFile } from '../listfile/file/rewrite-list-file.ts';
import { type ClientContext, SETTINGS_BYTES_MAX, settingsTextOf } from './client-context.ts';

/** What became of a settings file; null: it appeared or was changed meanwhile, look again. */
export type WrittenSettings = {
  readonly changed: boolean;
  /** The file as it was before. */
  readonly backup: string | null;
} | null;

/** Only its owner may look into the folder of backups: settings hold secrets. */
export const OWNER_ONLY = 0o700;

/** A file that is not there yet: whole when it appears, and never in another's place. */
export async function createSettings(
  ctx: ClientContext,
  path: string,
  text: string,
): Promise<WrittenSettings> {
  const { files, ids } = ctx.world;
  const staged = `${path}.${ids.uuid()}.tmp`;
  return await asUnwritable(path, async () => {
    await files.makeDirectory(path.slice(0, path.lastIndexOf('/')));
    try {
      await files.stage(staged, text);
      await files.link(staged, path);
      return { changed: true, backup: null };
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      if ((await files.facts(path)) !== null) return null;
      const told = `${path} is a link to nothing`;
      throw new PawlError('client_file_unreadable', told, { cause: error });
    } finally {
      await unlessGone(files.remove(staged));
    }
  });
}

/** A file that is there: replaced as a whole, and kept as it was. `rewrite` must be pure. */
export async function rewriteSettings(
  ctx: ClientContext,
  path: string,
  rewrite: (text: string) => string,
): Promise<WrittenSettings> {
  const { world } = ctx;
  const keepIn = await keepingIn(ctx);
  const edit = (bytes: Uint8Array): Uint8Array => {
    const before = settingsTextOf(path, bytes);
    const after = rewrite(before);
    return after === before ? bytes : new TextEncoder().encode(after);
  };
  const result = await asUnwritable(path, () =>
    rewriteListFile(world, path, edit, { keepIn, listBytesMax: SETTINGS_BYTES_MAX }),
  );
  switch (result.kind) {
    case 'written':
      return { changed: true, backup: await newestKept(ctx, path) };
    case 'unchanged':
      return { changed: false, backup: null };
    case 'read-only':
      throw new PawlError('client_file_unwritable', result.reason);
    case 'contended':
      throw new PawlError(
        'client_file_changed',
        `${path} was saved ${result.tries} times meanwhile`,
      );
    case 'no-file':
    case 'refused':
      return null;
  }
}

/** A file that only Pawl had written, if it still is as it was read. */
export async function removeSettings(
  ctx: ClientContext,
  path: string,
  text: string,
): Promise<WrittenSettings> {
  const { world } = ctx;
  const keepIn = await keepingIn(ctx);
  return await asUnwritable(path, async () => {
    const bytes = new TextEncoder().encode(text);
    const kept = await keepFile(world, keepIn, {
      realPath: await world.files.realPath(path),
      bytes,
    });
    await kept?.held?.release();
    const now = await unlessGone(world.files.read(path));
    if (kept === null || now === null || settingsTextOf(path, now) !== text) return null;
    await world.files.remove(path);
    return { changed: true, backup: kept.file.path };
  });
}

/** Of each file so many earlier states are kept. */
const KEPT_MAX = 10;

async function newestKept(ctx: ClientContext, path: string): Promise<string | null> {
  const { files } = ctx.world;
  const kept = await replacedFiles(ctx.world, await keepingIn(ctx), await files.realPath(path));
  for (const old of kept.slice(0, -KEPT_MAX)) await unlessGone(files.remove(old.path));
  return kept.at(-1)?.path ?? null;
}

async function keepingIn({ world, keepIn }: ClientContext): Promise<string> {
  const folder = `${keepIn}/replaced`;
  return await asUnwritable(folder, async () => {
    await world.files.makeDirectory(folder, OWNER_ONLY);
    return folder;
  });
}

async function asUnwritable<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (cause instanceof PawlError) throw cause;
    const { code, message } = cause as { readonly code?: unknown; readonly message: string };
    if (typeof code !== 'string') throw cause;
    const details = { systemCode: code };
    throw new PawlError('client_file_unwritable', `cannot write ${path}: ${message}`, {
      cause,
      details,
    });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return (error as { readonly code?: unknown } | null)?.code === code;
}
