import { basename, relative } from 'node:path';
import { peekWorkspace } from '../../app/peek-workspace.ts';
import { readProjectConfig } from '../../app/project-config.ts';
import { isPawlError, type PawlError } from '../../domain/errors.ts';
import { type CheckedList, checkTaskList } from '../../operations/check-task-list.ts';
import { answer } from '../answer.ts';
import type { Invocation } from '../invocation.ts';
import { listMeant } from '../list-meant.ts';
import { annotationLines } from '../render/annotations.ts';
import { checkedListLines, countFindings, verdictLine } from '../render/checked-list.ts';

export interface CheckOptions {
  readonly explain?: boolean;
  readonly strict?: boolean;
  readonly format?: string;
}

/**
 * `pawl check [FILES]`: what is amiss in lists, and with `--explain` how they are understood.
 * Changes and creates nothing. A file that cannot be read is told after what the others hold.
 */
export async function checkCommand(
  invocation: Invocation,
  paths: readonly string[],
  options: CheckOptions,
): Promise<number> {
  const { checked, error } = await checkAll(invocation, paths);
  if (checked.length > 0) tell(invocation, { checked, allRead: error === null }, options);
  if (error !== null) throw error;
  return isSound(checked, options) ? 0 : 1;
}

async function checkAll(
  invocation: Invocation,
  paths: readonly string[],
): Promise<{ readonly checked: readonly CheckedList[]; readonly error: PawlError | null }> {
  const project = await peekWorkspace({ dir: invocation.dir });
  try {
    const { world, stateDir } = project;
    const { config } = await readProjectConfig(world, { stateDir });
    const meant = paths.length > 0 ? paths : [await listMeant(project, invocation.listPath)];
    const { listBytesMax } = config;
    const checked: CheckedList[] = [];
    let error: PawlError | null = null;
    for (const path of new Set(meant)) {
      try {
        checked.push(await checkTaskList(project, { path, listBytesMax }));
      } catch (cause) {
        if (!isPawlError(cause)) throw cause;
        error ??= cause;
      }
    }
    return { checked, error };
  } finally {
    await project.close();
  }
}

function tell(
  invocation: Invocation,
  { checked, allRead }: { readonly checked: readonly CheckedList[]; readonly allRead: boolean },
  { explain = false, strict = false, format = 'text' }: CheckOptions,
): void {
  const { terminal, dir } = invocation;
  const named = checked.map((list) => ({ ...list, name: nameOf(list.list, dir) }));
  const data = {
    lists: checked.map(({ list, title, tasks }) => ({ list, title, total: tasks.length })),
    // A file knows a task by what people call it; `taskId` is that name in every other answer.
    tasks: checked.flatMap(({ tasks }) => tasks.map((task) => ({ id: task.taskId, ...task }))),
    findings: checked.flatMap(({ findings }) => findings),
    counts: countFindings(checked),
    sound: allRead && isSound(checked, { strict }),
  };
  answer(invocation, 'check', data, () => {
    if (format === 'github') return named.flatMap(annotationLines);
    const style = { width: terminal.columns, paint: terminal.paint };
    return [
      ...named.flatMap((list) => checkedListLines(list, { explain }, style)),
      verdictLine(checked, { strict }, style),
    ];
  });
}

function isSound(checked: readonly CheckedList[], { strict = false }: CheckOptions): boolean {
  const { error, warning } = countFindings(checked);
  return error === 0 && (!strict || warning === 0);
}

function nameOf(path: string, dir: string): string {
  const near = relative(dir, path);
  return near.startsWith('..') ? path : near || basename(path);
}
