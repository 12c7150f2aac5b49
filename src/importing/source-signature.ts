import type { Files } from '../world/files.ts';
import { DATABASE_COMPANIONS, OLDER_DATABASES } from './database/older-databases.ts';
import type { FoundSource } from './find-sources.ts';
import { namesIn } from './source-files.ts';

/** Changes within this of each other may leave one and the same time in a file. */
export const SAME_MOMENT_MS = 100;

/** What can be told of a source without reading it. */
export interface SourceSignature {
  /** Another text: something changed. */
  readonly text: string;
  /** The latest change; what comes soon after it may leave the text as it is. */
  readonly newestMs: number;
}

/**
 * Names, sizes and times of everything that a source is read from. A database in WAL mode changes
 * its `-wal` long before itself, so both are looked at.
 */
export async function sourceSignature(files: Files, source: FoundSource): Promise<SourceSignature> {
  const lines: string[] = [];
  let newestMs = 0;
  for (const path of await pathsOf(files, source)) {
    const facts = await files.facts(path);
    if (facts === null) continue;
    newestMs = Math.max(newestMs, facts.mtimeMs);
    lines.push(`${path} ${facts.inode} ${facts.size} ${facts.mtimeMs}`);
  }
  return { text: lines.join('\n'), newestMs };
}

/** The folders in which a change of the source shows. */
export function watchedFolders({ form, kind, place }: FoundSource): readonly string[] {
  if (form === 'store') {
    return [place, `${place}/tasks/active`, `${place}/tasks/archive`];
  }
  if (kind === 'backlog') return ['tasks', 'completed'].map((name) => `${place}/${name}`);
  return [place.slice(0, place.lastIndexOf('/')) || '/'];
}

async function pathsOf(files: Files, source: FoundSource): Promise<readonly string[]> {
  const { form, kind, place } = source;
  if (form === 'store') {
    const folders = [`${place}/tasks/active`, `${place}/tasks/archive`];
    const plans = await Promise.all(folders.map((folder) => filesIn(files, folder)));
    return [
      ...folders,
      ...plans.flat(),
      ...OLDER_DATABASES.flatMap((name) => whole(`${place}/${name}`)),
    ];
  }
  if (kind === 'backlog') {
    const folders = ['tasks', 'completed', 'archive/tasks'].map((name) => `${place}/${name}`);
    return [...folders, ...(await Promise.all(folders.map((name) => filesIn(files, name)))).flat()];
  }
  return form === 'database' ? whole(place) : [place];
}

function whole(database: string): readonly string[] {
  return DATABASE_COMPANIONS.map((suffix) => `${database}${suffix}`);
}

async function filesIn(files: Files, folder: string): Promise<readonly string[]> {
  return (await namesIn(files, folder)).toSorted().map((name) => `${folder}/${name}`);
}
