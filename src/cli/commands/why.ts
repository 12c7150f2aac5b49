import type { Workspace } from '../../app/workspace.ts';
import { explainTask } from '../../operations/explain-task.ts';
import { resolveList } from '../../operations/resolve-list.ts';
import { lookUpTask } from '../../operations/resolve-task.ts';
import { taskView } from '../../operations/task-view.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';

/** `pawl why ID`: one sentence. */
export async function whyCommand(invocation: Invocation, ref: string): Promise<number> {
  const { listPath, terminal } = invocation;
  const open = { listPath, both: true, anywhere: true };
  return await inProject(invocation, open, async (workspace) => {
    const list = listPath === null ? null : await resolveList(workspace, listPath);
    const meant = await lookUpTask(workspace, ref, list?.listId ?? null);
    const { task, root } =
      meant.kind === 'older'
        ? { task: meant.task, root: null }
        : await explained(workspace, meant.task);
    answer(invocation, 'why', { task, why: task.why, root }, () => [
      `${terminal.paint('strong', task.taskId)}: ${task.why}.`,
    ]);
    return 0;
  });
}

async function explained(workspace: Workspace, line: Parameters<typeof explainTask>[1]) {
  const explanation = await explainTask(workspace, line);
  return { task: taskView(line, explanation), root: explanation.root };
}
