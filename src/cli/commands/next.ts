import { nextTasks } from '../../operations/next-tasks.ts';
import { resolveLists } from '../../operations/resolve-list.ts';
import type { TaskView } from '../../operations/task-view.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { taskLines } from '../render/task-lines.ts';

const SHOWN = 5;
/** Nothing could be started now. */
const WORK_LEFT = 4;

/** `pawl next`: what would be started next, in that order. */
export async function nextCommand(invocation: Invocation): Promise<number> {
  const { listPath, terminal } = invocation;
  return await inProject(invocation, { listPath, anywhere: true }, async (workspace) => {
    const lists = await resolveLists(workspace, listPath);
    const tasks: TaskView[] = [];
    for (const list of lists) tasks.push(...(await nextTasks(workspace, list, SHOWN)));
    answer(invocation, 'next', { tasks }, () =>
      tasks.length === 0
        ? ['Nothing is ready. `pawl list` says what each task waits for.']
        : taskLines(tasks, { width: terminal.columns, paint: terminal.paint }),
    );
    const isLeft = lists.some((list) => list.counts.queued + list.counts.waiting > 0);
    return tasks.length === 0 && isLeft ? WORK_LEFT : 0;
  });
}
