import { resolveList } from '../../operations/resolve-list.ts';
import { showMeantTask } from '../../operations/show-task.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { shownTaskLines } from '../render/shown-task.ts';

/** `pawl show ID`: everything that is known of a task, wherever it is. */
export async function showCommand(invocation: Invocation, ref: string): Promise<number> {
  const { listPath, terminal } = invocation;
  const open = { listPath, both: true, anywhere: true };
  return await inProject(invocation, open, async (workspace) => {
    const list = listPath === null ? null : await resolveList(workspace, listPath);
    const shown = await showMeantTask(workspace, ref, list?.listId ?? null);
    answer(invocation, 'show', shown, () =>
      shownTaskLines(shown, { width: terminal.columns, paint: terminal.paint }),
    );
    return 0;
  });
}
