import { parse } from 'yaml';
import type { ImportFinding } from '../../domain/importing/imported-plan.ts';
import { importFinding } from '../../domain/importing/imported-plan.ts';
import type { Files } from '../../world/files.ts';
import { isRecord, textOf } from '../loose-value.ts';
import type { DraftReading } from '../plan-draft.ts';
import { namesIn, textIn } from '../source-files.ts';
import { backlogPlan } from './backlog-plan.ts';
import { type BacklogTask, readBacklogTask } from './read-backlog-task.ts';

const FOLDERS = [
  { name: 'tasks', completed: false, archived: false },
  { name: 'completed', completed: true, archived: false },
  { name: 'archive/tasks', completed: false, archived: true },
] as const;

/** A Backlog.md project: its open, completed and archived tasks. Drafts and documents stay. */
export async function readBacklog(files: Files, folder: string): Promise<DraftReading> {
  const tasks: BacklogTask[] = [];
  const findings: ImportFinding[] = [];
  for (const { name, completed, archived } of FOLDERS) {
    for (const file of (await namesIn(files, `${folder}/${name}`)).toSorted(byNumber)) {
      if (!/-\d.*\.md$/i.test(file)) continue;
      const place = `${folder}/${name}/${file}`;
      const text = await textIn(files, place);
      if (text === null) continue;
      const read = readBacklogTask(text, { place, completed, archived });
      if ('task' in read) tasks.push(read.task);
      else findings.push(read.finding);
    }
  }
  const drafts = await namesIn(files, `${folder}/drafts`);
  const count = drafts.filter((name) => /-\d.*\.md$/i.test(name)).length;
  if (count > 0) {
    const place = `${folder}/drafts`;
    findings.push(importFinding('record_not_taken', { place }, `${count} drafts are no tasks yet`));
  }
  const name = await projectName(files, folder);
  return { plans: [backlogPlan(tasks, { place: folder, name })], findings };
}

async function projectName(files: Files, folder: string): Promise<string | null> {
  for (const name of ['config.yml', 'config.yaml']) {
    const text = await textIn(files, `${folder}/${name}`);
    if (text === null) continue;
    try {
      const config: unknown = parse(text, { schema: 'core', maxAliasCount: 0 });
      return isRecord(config) ? textOf(config['project_name']) : null;
    } catch {
      return null; // what cannot be read has no name in it
    }
  }
  return null;
}

function byNumber(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
