import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { backupStore } from './backup-store.ts';
import { changeTask } from './change-task.ts';
import { explainTask } from './explain-task.ts';
import { getStatus } from './get-status.ts';
import { keepOptions } from './keep-options.ts';
import { listTasks } from './list-tasks.ts';
import { loadTaskList } from './load-task-list.ts';
import { nextTasks } from './next-tasks.ts';
import { type ProjectContext, underSignal, untilAborted } from './operation.ts';
import { previewRun } from './preview-run.ts';
import { readOutput } from './read-output.ts';
import { resolveList, resolveLists } from './resolve-list.ts';
import { resolveTask } from './resolve-task.ts';
import { runOverview } from './run-overview.ts';
import { setExecutor } from './set-executor.ts';
import { showTask } from './show-task.ts';
import { summarizeRun } from './summarize-run.ts';
import { writeListMarks } from './write-list-marks.ts';

describe('an operation under a signal that aborted', () => {
  let project: ScratchProject;
  beforeEach(async () => {
    project = await openScratchProject('- [ ] A-1: one\n- [ ] A-2: two depends: A-1\n');
  });
  afterEach(() => project.close());

  it('ends with `aborted`, and changes nothing', async () => {
    const list = await project.load();
    const task = await project.task('A-2');
    const before = await project.store.events({ listId: list.listId });
    const ctx = underSignal<ProjectContext>(project, AbortSignal.abort());
    const { listId } = list;
    const nothing = (): never => {
      throw new Error('nothing is read or ended');
    };
    const ending = { endByFolder: nothing, killGraceMs: 1, version: '0' };
    const output = { task, attempt: null, follow: false, reader: nothing, onBytes: nothing };
    const options = { maxConcurrent: 1, minPriority: 'P4', onDepFailure: 'skip' } as const;
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      backupStore: () => backupStore(ctx, `${project.root}/copy.db`),
      changeTask: () => changeTask(ctx, { task, verb: 'skip', reason: 'no', ...ending }),
      explainTask: () => explainTask(ctx, task),
      getStatus: () => getStatus(ctx),
      keepOptions: () => keepOptions(ctx, { listId, configJson: '{}' }),
      listTasks: () => listTasks(ctx, list),
      loadTaskList: () => loadTaskList(ctx, { path: project.listPath }),
      nextTasks: () => nextTasks(ctx, list, 3),
      previewRun: () =>
        previewRun(ctx, { path: project.listPath, options: { ...options, ignoreMissing: false } }),
      readOutput: () => readOutput(ctx, output),
      resolveLists: () => resolveLists(ctx, null),
      resolveList: () => resolveList(ctx, null),
      resolveTask: () => resolveTask(ctx, 'A-1', null),
      runOverview: () => runOverview(ctx, listId, 'P4'),
      setExecutor: () => setExecutor(ctx, { list, verb: 'pause', ...ending }),
      showTask: () => showTask(ctx, task),
      summarizeRun: () => summarizeRun(ctx, listId),
      writeListMarks: () => writeListMarks(ctx, project.listPath),
    };
    for (const [name, call] of Object.entries(calls)) {
      await expect(call(), name).rejects.toMatchObject({ code: 'aborted' });
    }
    expect(await project.store.events({ listId: list.listId })).toEqual(before);
  });

  it('is the same operation when it did not abort', async () => {
    const list = await project.load();
    const ctx = underSignal(project, new AbortController().signal);
    expect(await listTasks(ctx, list)).toEqual(await listTasks(project, list));
    expect(await resolveTask(ctx, 'A-2', list.listId)).toEqual(await project.task('A-2'));
  });
});

describe('waiting until a signal aborts', () => {
  const never = new Promise(() => undefined);
  const isAborted = { code: 'aborted' };

  it('ends at once when it aborts, or did so before', async () => {
    const controller = new AbortController();
    const waiting = untilAborted(never, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject(isAborted);
    await expect(untilAborted(never, controller.signal)).rejects.toMatchObject(isAborted);
  });

  it('gives what was waited for, and without a signal waits for it alone', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
    expect(await untilAborted(Promise.resolve(2), undefined)).toBe(2);
  });
});
