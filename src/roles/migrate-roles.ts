import { basename } from 'node:path';
import type { Files } from '../world/files.ts';
import { ROLE_FILE_BYTES_MAX } from './read-roles.ts';

export interface MigratedRoles {
  /** Files that are in the project's folder now, by their names. */
  readonly copied: readonly string[];
  /** Files that were there before, and were left as they are. */
  readonly kept: readonly string[];
  /** Files that are no role files: too large, no regular file. */
  readonly leftOut: readonly string[];
}

const YAML = /^[^.].*\.ya?ml$/i;

/**
 * Copy role files from a folder (of the older orchestrator's configuration) into the project's.
 * A file that is already there is never replaced, so it may be repeated; the source stays.
 *
 * @throws the errors of the file system: ENOENT when there is no such folder.
 */
export async function migrateRoles(
  files: Files,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<MigratedRoles> {
  const [copied, kept, leftOut]: [string[], string[], string[]] = [[], [], []];
  const names = (await files.names(from)).filter((name) => YAML.test(name)).toSorted();
  if (names.length > 0) await files.makeDirectory(to);
  for (const name of names) {
    const facts = await files.facts(`${from}/${name}`);
    if (facts?.kind !== 'file' || facts.size > ROLE_FILE_BYTES_MAX) {
      leftOut.push(name);
      continue;
    }
    const content = await files.read(`${from}/${name}`);
    const isNew = await files.createExclusive(`${to}/${basename(name)}`, content).then(
      () => true,
      (error: unknown) => {
        if ((error as { readonly code?: unknown }).code === 'EEXIST') return false;
        throw error;
      },
    );
    (isNew ? copied : kept).push(name);
  }
  return { copied, kept, leftOut };
}
