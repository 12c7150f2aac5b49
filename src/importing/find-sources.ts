import { basename, dirname } from 'node:path';
import { PawlError } from '../domain/errors.ts';
import type { SourceKind } from '../domain/importing/imported-plan.ts';
import type { Files } from '../world/files.ts';
import { isDatabaseFile, OLDER_DATABASES } from './database/older-databases.ts';
import { isRecord, type LooseRecord, parseJson } from './loose-value.ts';
import { OLDER_FOLDER } from './older/older-folder.ts';
import { namesIn, textIn } from './source-files.ts';

/** One source, and how it is to be read. */
export interface FoundSource {
  readonly kind: SourceKind;
  readonly form: 'store' | 'plan-file' | 'database' | 'file' | 'folder';
  /** The folder or file that is read. */
  readonly place: string;
}

/** What is looked for, as it is told to whoever named a place that holds nothing of it. */
export const LOOKED_FOR = [
  `.task_orchestrator/ (tasks/active, ${OLDER_DATABASES.join(', ')})`,
  '.taskmaster/tasks/tasks.json or tasks/tasks.json (Task Master)',
  'backlog/tasks/*.md (Backlog.md)',
  '.beads/issues.jsonl (beads)',
  'tasks.json with a list of tasks (mcp-shrimp-task-manager)',
] as const;

/**
 * Everything that Pawl can take over at a place: a project, the folder of a store, or one file. A
 * project may hold several.
 *
 * @throws PawlError `import_source_unknown`, with what was looked for in `details.lookedFor`;
 *   `import_source_unreadable` for a store that is there, and is no JSON.
 */
export async function findSources(files: Files, place: string): Promise<readonly FoundSource[]> {
  const facts = await files.facts(place);
  const found =
    facts?.kind === 'directory'
      ? await sourcesInFolder(files, place)
      : facts?.kind === 'file'
        ? await sourceOfFile(files, place)
        : [];
  if (found.length > 0) return found;
  await refuseSpoilt(files, facts?.kind === 'file' ? place : `${place}/${TASK_MASTER}`);
  const what = facts === null ? 'is not there' : 'holds nothing that Pawl can take over';
  const message = `${place} ${what}; looked for ${LOOKED_FOR.join('; ')}`;
  throw new PawlError('import_source_unknown', message, {
    details: { place, lookedFor: LOOKED_FOR },
  });
}

/** What is surely a store, and cannot be read, is not passed over in silence. */
async function refuseSpoilt(files: Files, place: string): Promise<void> {
  const text = place.endsWith('.json') ? await textIn(files, place) : null;
  const parsed = text === null ? null : parseJson(text);
  if (parsed === null || parsed.ok) return;
  throw new PawlError('import_source_unreadable', `${place} is no JSON: ${parsed.message}`, {
    details: { path: place },
  });
}

const TASK_MASTER = '.taskmaster/tasks/tasks.json';

async function sourcesInFolder(files: Files, folder: string): Promise<readonly FoundSource[]> {
  const older = await olderFolder(files, folder);
  const found: FoundSource[] = [];
  if (older !== null) found.push({ kind: 'older-orchestrator', form: 'store', place: older });
  for (const name of [TASK_MASTER, 'tasks/tasks.json', 'tasks.json']) {
    found.push(...(await jsonSource(files, `${folder}/${name}`)));
  }
  for (const name of ['.shrimp/tasks.json', 'shrimp/tasks.json', 'shrimp_data/tasks.json']) {
    const shrimp = await jsonSource(files, `${folder}/${name}`);
    found.push(...shrimp.filter(({ kind }) => kind === 'shrimp'));
  }
  for (const name of ['backlog', '.backlog', '.']) {
    const place = name === '.' ? folder : `${folder}/${name}`;
    if (await isBacklog(files, place)) found.push({ kind: 'backlog', form: 'folder', place });
  }
  for (const name of ['.beads/issues.jsonl', 'issues.jsonl', '.beads/beads.jsonl']) {
    const place = `${folder}/${name}`;
    if ((await files.facts(place))?.kind === 'file') {
      found.push({ kind: 'beads', form: 'file', place });
      break;
    }
  }
  return found;
}

/** The folder itself, or the one of that name in it. */
async function olderFolder(files: Files, folder: string): Promise<string | null> {
  const inside = `${folder}/${OLDER_FOLDER}`;
  if (basename(folder) !== OLDER_FOLDER && (await files.facts(inside))?.kind === 'directory') {
    return inside;
  }
  const marks = ['tasks/active', 'tasks/archive', ...OLDER_DATABASES];
  for (const mark of marks) if ((await files.facts(`${folder}/${mark}`)) !== null) return folder;
  return null;
}

async function isBacklog(files: Files, folder: string): Promise<boolean> {
  for (const config of ['config.yml', 'config.yaml']) {
    if ((await files.facts(`${folder}/${config}`))?.kind === 'file') {
      return (await files.facts(`${folder}/tasks`))?.kind === 'directory';
    }
  }
  const names = await namesIn(files, `${folder}/tasks`);
  return names.some((name) => /^[A-Za-z]+-\d[\d.]* - .*\.md$/.test(name));
}

async function jsonSource(files: Files, place: string): Promise<readonly FoundSource[]> {
  const text = await textIn(files, place);
  if (text === null) return [];
  const parsed = parseJson(text);
  if (!parsed.ok || !isRecord(parsed.value)) return [];
  const kind = kindOfJson(parsed.value);
  return kind === null ? [] : [{ kind, form: 'file', place }];
}

/** Task Master numbers its tasks and has titles; shrimp names them and has UUIDs. */
function kindOfJson(root: LooseRecord): 'task-master' | 'shrimp' | null {
  const { tasks } = root;
  if (Array.isArray(tasks)) {
    const first: unknown = tasks.find(isRecord);
    if (!isRecord(first)) return tasks.length === 0 ? 'shrimp' : null;
    if (!('id' in first)) return null;
    if ('title' in first) return 'task-master';
    return 'name' in first ? 'shrimp' : null;
  }
  const isTagged = Object.values(root).some((tag) => isRecord(tag) && Array.isArray(tag['tasks']));
  return isTagged ? 'task-master' : null;
}

async function sourceOfFile(files: Files, place: string): Promise<readonly FoundSource[]> {
  const older = { kind: 'older-orchestrator' as const, place };
  if (await isDatabaseFile(files, place)) return [{ ...older, form: 'database' }];
  if (place.endsWith('.jsonl')) return [{ kind: 'beads', form: 'file', place }];
  const text = place.endsWith('.json') ? await textIn(files, place) : null;
  const parsed = text === null ? null : parseJson(text);
  if (parsed === null || !parsed.ok || !isRecord(parsed.value)) return [];
  const root = parsed.value;
  if ('parent_task_id' in root || 'subtasks' in root) return [{ ...older, form: 'plan-file' }];
  const kind = kindOfJson(root);
  return kind === null ? [] : [{ kind, form: 'file', place }];
}

/** The folder that a plan file or database of the older orchestrator belongs to. */
export function storeFolderOf(place: string): string {
  for (let folder = dirname(place); folder !== dirname(folder); folder = dirname(folder)) {
    if (basename(folder) === OLDER_FOLDER) return folder;
  }
  return dirname(place);
}
