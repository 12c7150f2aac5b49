import { explainTask } from '../../operations/explain-task.ts';
import { resolveList } from '../../operations/resolve-list.ts';
import { resolveTask } from '../../operations/resolve-task.ts';
import { taskView } from '../../operations/task-view.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';

/** `pawl why ID`: one sentence. */
export async function whyCommand(invocation: Invocation, ref: string): Promise<number> {
  const { listPath, terminal } = invocation;
  return await inProject(invocation, { listPath }, async (workspace) => {
    const list = listPath === null ? null : await resolveList(workspace, listPath);
    const line = await resolveTask(workspace, ref, list?.listId ?? null);
    const explanation = await explainTask(workspace, line);
    const task = taskView(line, explanation);
    answer(invocation, 'why', { task, why: task.why, root: explanation.root }, () => [
      `${terminal.paint('strong', task.taskId)}: ${task.why}.`,
    ]);
    return 0;
  });
}
