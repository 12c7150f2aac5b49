import { getStatus, type ListStatus } from '../operations/get-status.ts';
import { minPriorityOf } from '../operations/list-situation.ts';
import { underSignal } from '../operations/operation.ts';
import { resolveList, resolveListRecord } from '../operations/resolve-list.ts';
import { findTask } from '../operations/resolve-task.ts';
import { setExecutor } from '../operations/set-executor.ts';
import { showTask } from '../operations/show-task.ts';
import type { HandleKind } from './handle-desk.ts';
import { statusBrief } from './tools/get-status.ts';
import { taskBrief } from './tools/task-brief.ts';

const KILL_GRACE_MS = 10_000;

type Look = Parameters<HandleKind['look']>;

/** A list that is executed: over when nothing is left that could run. */
const run: HandleKind = {
  look: async (handle, workspace, signal) => {
    const { path } = JSON.parse(handle.inputJson ?? '{}') as { readonly path: string };
    const ctx = underSignal(workspace, signal);
    const { listId, executor } = await resolveListRecord(ctx, path);
    const minPriority = minPriorityOf(executor.configJson);
    const { holderId } = workspace.claims;
    // As of one moment, and before the counts: where nothing goes on any more they are the last.
    const control = await ctx.store.control({ listId, minPriority, holderId });
    const list = await ctx.store.list(listId);
    const [status] = list === null ? [] : await getStatus(ctx, list);
    if (status === undefined) return { kind: 'over', answer: { list: path }, isError: true };
    const goesOn = openOf(status) > 0 && control.status === 'running';
    if (goesOn && (control.running > 0 || control.ready || control.delayed)) {
      // The process that executed it may be gone: then this one goes on with it.
      if (status.executor.process === null) await workspace.runs.start({ path });
      const done = status.total - openOf(status);
      return { kind: 'working', message: `${done} of ${status.total} tasks are over` };
    }
    if (goesOn && workspace.runs.isHere(listId)) {
      return { kind: 'working', message: 'it is coming to its end' };
    }
    return { kind: 'over', answer: { list: path, status: statusBrief(status) } };
  },
  end: async (handle, workspace, signal) => {
    const { path } = JSON.parse(handle.inputJson ?? '{}') as { readonly path: string };
    const list = await resolveList(underSignal(workspace, signal), path);
    await setExecutor(workspace, {
      ...{ list, verb: 'stop', killGraceMs: KILL_GRACE_MS, version: 'mcp', signal },
      endByFolder: (folder, graceMs) => workspace.runner.endByFolder(folder, graceMs),
    });
    return true;
  },
};

/** A command that verifies what a client finished; it decides by itself, and cannot be ended. */
const verify: HandleKind = {
  look: async (...[handle, workspace, signal]: Look) => {
    const ctx = underSignal(workspace, signal);
    const { task, attempts } = await showTask(ctx, await findTask(ctx, handle.task ?? '', null));
    const attempt = attempts.find(({ fence }) => fence === handle.fence);
    if (attempt?.outcome == null) {
      // Whoever ran the command may be gone: then this process takes it over.
      await workspace.claims.sweep();
      return { kind: 'working', message: 'its verify command runs' };
    }
    const { outcome, error } = attempt;
    return { kind: 'over', answer: { result: 'ended', task: taskBrief(task), outcome, error } };
  },
  end: () => Promise.resolve(false),
};

function openOf({ counts }: ListStatus): number {
  return counts.queued + counts.running + counts.waiting;
}

/** What goes on behind handles, by the kind that stands in the store. */
export const HANDLE_KINDS: Readonly<Record<string, HandleKind>> = { run, verify };
