import type { Client, ClientPlace, FileNames, Scope } from '../clients/client.ts';
import { filesOf } from '../clients/client-table.ts';
import type { Launch } from '../clients/launch.ts';
import { PawlError } from '../domain/errors.ts';
import { unlessGone } from '../listfile/file/file-facts.ts';
import type { World } from '../world/world.ts';
import type { OperationContext } from './operation.ts';

/** What is needed to set up clients of this machine. */
export interface ClientContext extends Pick<OperationContext, 'world' | 'log'> {
  readonly place: ClientPlace;
  /** Where replaced files are kept, and what is known of them: only its owner may read it. */
  readonly keepIn: string;
  /** Where a program lies that a shell would find by this name; null when there is none. */
  program(name: string): Promise<string | null>;
  /** How a client is to start Pawl. */
  launch(scope: Scope): Promise<Launch>;
}

/** One settings file of a client. */
export interface ClientFile {
  readonly client: Client;
  readonly scope: Scope;
  readonly file: string;
}

/** Settings are small; what is larger is something else. */
export const SETTINGS_BYTES_MAX = 64 * 1024 * 1024;

/**
 * The files that a client reads: all whose folder is there, or else the most usual one.
 *
 * @throws PawlError `usage` where the client has no settings of that scope.
 */
export async function clientFiles(
  { world, place }: ClientContext,
  client: Client,
  scope: Scope,
): Promise<readonly ClientFile[]> {
  const all = await Promise.all(
    filesOf(client, scope, place).map(async (names) => {
      const file = await firstThere(world, names);
      const folder = await world.files.facts(file.slice(0, file.lastIndexOf('/')));
      return { client, scope, file, isUsed: folder?.kind === 'directory' };
    }),
  );
  const used = all.filter(({ isUsed }) => isUsed);
  const files = used.length > 0 ? used : all.slice(0, 1);
  return files.map(({ file }) => ({ client, scope, file }));
}

/** By what a client shows that it is installed; null when nothing does. */
export async function installedBy(ctx: ClientContext, client: Client): Promise<string | null> {
  for (const sign of client.signs(ctx.place)) {
    if ((await ctx.world.files.facts(sign)) !== null) return sign;
  }
  for (const name of client.programs) {
    const path = await ctx.program(name);
    if (path !== null) return path;
  }
  return null;
}

/**
 * What a settings file says; null when there is none.
 *
 * @throws PawlError `client_file_unreadable`, `client_file_invalid` (no UTF-8).
 */
export async function readSettings({ files }: World, path: string): Promise<string | null> {
  try {
    const facts = await files.facts(path);
    if (facts === null) return null;
    if (facts.kind !== 'file') {
      throw new PawlError('client_file_unreadable', `${path} is no regular file`);
    }
    if (facts.size > SETTINGS_BYTES_MAX) {
      throw new PawlError('client_file_unreadable', `${path} is too large for settings`);
    }
    const bytes = await unlessGone(files.read(path));
    return bytes === null ? null : settingsTextOf(path, bytes);
  } catch (cause) {
    if (cause instanceof PawlError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PawlError('client_file_unreadable', `cannot read ${path}: ${reason}`, { cause });
  }
}

/** @throws PawlError `client_file_invalid` for bytes that are no UTF-8: they could not be kept. */
export function settingsTextOf(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new PawlError('client_file_invalid', `${path} is no UTF-8 text`, { cause });
  }
}

async function firstThere({ files }: World, names: FileNames): Promise<string> {
  for (const name of names) {
    if ((await files.facts(name)) !== null) return name;
  }
  return names[0];
}
