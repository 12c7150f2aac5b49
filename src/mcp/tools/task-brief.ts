import { parentOfList } from '../../domain/breakdown/list-path.ts';
import type { TaskView } from '../../operations/task-view.ts';
import { shortText } from '../concise.ts';

const TEXT_CHARS_MAX = 160;

/** What is told of a task where many are told of. */
export function taskBrief(
  task: TaskView & { readonly resultSummary?: string | null; readonly source?: 'legacy' },
) {
  const parent = parentOfList(task.list);
  return {
    task_id: task.taskId,
    ...(parent === null ? { list: task.list } : { parent_task_id: parent }),
    title: shortText(titleOf(task), TEXT_CHARS_MAX),
    state: task.state,
    ...(task.source === undefined ? {} : { source: task.source }),
    specialist_type: task.specialistType,
    ...(task.state === 'blocked' ? { waits_for: task.waitsFor } : {}),
    ...(task.state === 'failed' ? { error: shortText(task.lastError ?? '', TEXT_CHARS_MAX) } : {}),
    ...(task.resultSummary == null
      ? {}
      : { result: shortText(task.resultSummary, TEXT_CHARS_MAX) }),
  };
}

export function titleOf({ title, description }: Pick<TaskView, 'title' | 'description'>): string {
  return title ?? description.trim().split('\n')[0] ?? '';
}
