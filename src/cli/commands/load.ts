import { basename } from 'node:path';
import { readListSource } from '../../app/list-source.ts';
import { loadTaskList } from '../../operations/load-task-list.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { keepConcurrency, type LoadOptions, loadingOf } from '../load-options.ts';
import { loadedLines } from '../render/loaded-lines.ts';

/** `pawl load FILE` and `pawl rename-list OLD NEW`: bring the queue to the file, run nothing. */
export async function loadCommand(
  invocation: Invocation,
  file: { readonly path: string; readonly from?: string },
  options: LoadOptions,
): Promise<number> {
  const open = { create: file.from === undefined, listPath: file.path };
  return await inProject(invocation, open, async (workspace) => {
    const loading = await loadingOf(workspace, file, options);
    const { list, findings, ...counts } = await loadTaskList(workspace, loading);
    await keepConcurrency(workspace, list, options.concurrency);
    const data = { list: list.path, total: list.total, counts: list.counts, ...counts, findings };
    const text = await readListSource(list.path);
    const { terminal } = invocation;
    const style = { width: terminal.columns, paint: terminal.paint };
    const source = { name: basename(list.path), text };
    answer(invocation, file.from === undefined ? 'load' : 'rename-list', data, () =>
      loadedLines({ ...data, source }, style),
    );
    return 0;
  });
}
