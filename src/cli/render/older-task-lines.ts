import type { OlderTask } from '../../operations/older-tasks.ts';
import type { Paint } from './terminal.ts';
import { oneLine } from './text-width.ts';

const TASKS_SHOWN = 10;

/** Tasks that only an older store has, marked as such. */
export function olderTaskLines(tasks: readonly OlderTask[], paint: Paint): readonly string[] {
  const open = tasks.filter(({ archived }) => !archived);
  const shown = open.slice(0, TASKS_SHOWN);
  const more = tasks.length - shown.length;
  return [
    `${paint('strong', 'legacy')}  ${tasks.length} tasks are still only in .task_orchestrator`,
    ...shown.map(
      ({ taskId, parentTaskId, status, title }) =>
        `  ${status.padEnd(9)}  ${taskId}  ${oneLine(title)} ${paint('dim', parentTaskId)}`,
    ),
    ...(more > 0 ? [`  ${paint('dim', `and ${more} more`)}`] : []),
    `  ${paint('dim', 'each is taken over when it is named; pawl import takes all of them')}`,
  ];
}
