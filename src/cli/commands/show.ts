import { resolveList } from '../../operations/resolve-list.ts';
import { resolveTask } from '../../operations/resolve-task.ts';
import { showTask } from '../../operations/show-task.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { shownTaskLines } from '../render/shown-task.ts';

/** `pawl show ID`: everything that is known of a task. */
export async function showCommand(invocation: Invocation, ref: string): Promise<number> {
  const { listPath, terminal } = invocation;
  return await inProject(invocation, { listPath }, async (workspace) => {
    const list = listPath === null ? null : await resolveList(workspace, listPath);
    const task = await resolveTask(workspace, ref, list?.listId ?? null);
    const shown = await showTask(workspace, task);
    answer(invocation, 'show', shown, () =>
      shownTaskLines(shown, { width: terminal.columns, paint: terminal.paint }),
    );
    return 0;
  });
}
