import { basename } from 'node:path';
import { readListSource } from '../../app/list-source.ts';
import { peekWorkspace } from '../../app/peek-workspace.ts';
import { resolveList } from '../../operations/resolve-list.ts';
import { previewSync, syncList } from '../../operations/sync-list.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { type LoadOptions, loadingOf, requireStore } from '../load-options.ts';
import { loadedLines, syncDiffLines } from '../render/loaded-lines.ts';

export interface SyncOptions extends LoadOptions {
  readonly dryRun?: boolean;
}

/** File and queue say not the same (yet). */
const DRIFT = 5;

/** `pawl sync [FILE]`: the queue to the file, then the file's marks to the queue. */
export async function syncCommand(
  invocation: Invocation,
  file: string | null,
  options: SyncOptions,
): Promise<number> {
  if (options.dryRun === true) return await previewCommand(invocation, file, options);
  return await inProject(invocation, { listPath: file }, async (workspace) => {
    const path = file ?? (await resolveList(workspace, null)).path;
    const synced = await syncList(workspace, await loadingOf(workspace, { path }, options));
    const text = await readListSource(synced.list);
    const { terminal } = invocation;
    const style = { width: terminal.columns, paint: terminal.paint };
    const source = { name: basename(synced.list), text };
    answer(invocation, 'sync', synced, () => loadedLines({ ...synced, source }, style));
    return synced.marksOwed === null ? 0 : DRIFT;
  });
}

/** `--dry-run`: what the same command would change. Exit code 5 when there is anything. */
async function previewCommand(
  invocation: Invocation,
  file: string | null,
  options: SyncOptions,
): Promise<number> {
  const { dir, terminal } = invocation;
  const project = await peekWorkspace({ dir, ...(file === null ? {} : { listPath: file }) });
  try {
    const { world, log, stateDir } = project;
    const store = requireStore(project.store, project.storeError, dir);
    const path = file ?? (await resolveList({ world, log, store }, null)).path;
    const loading = await loadingOf({ world, store, stateDir }, { path }, options);
    const preview = await previewSync({ world, log, store }, loading);
    const text = await readListSource(preview.list);
    const style = { width: terminal.columns, paint: terminal.paint };
    answer(invocation, 'sync', { ...preview, dryRun: true }, () =>
      syncDiffLines(preview, { name: basename(preview.list), text }, style),
    );
    return preview.inSync ? 0 : DRIFT;
  } finally {
    await project.close();
  }
}
