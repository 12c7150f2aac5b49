import type { OlderPlan, OlderTask } from '../../operations/older-store.ts';
import { type LineStyle, taskLines } from './task-lines.ts';
import type { Paint } from './terminal.ts';
import { oneLine } from './text-width.ts';

const TASKS_SHOWN = 10;
const HINT = 'a change of one takes its breakdown over; pawl import takes all of them';

/** Tasks that only an older store has, marked as such, in short. */
export function olderTaskLines(plans: readonly OlderPlan[], paint: Paint): readonly string[] {
  const tasks = plans.flatMap((plan) => plan.tasks);
  const open = tasks.filter(({ archived }) => !archived);
  const shown = open.slice(0, TASKS_SHOWN);
  const more = tasks.length - shown.length;
  return [
    `${paint('strong', 'legacy')}  ${tasks.length} tasks are still only in .task_orchestrator`,
    ...shown.map(
      ({ taskId, parentTaskId, status, title, description }) =>
        `  ${status.padEnd(9)}  ${taskId}  ${oneLine(title ?? description)} ` +
        paint('dim', parentTaskId),
    ),
    ...(more > 0 ? [`  ${paint('dim', `and ${more} more`)}`] : []),
    `  ${paint('dim', HINT)}`,
  ];
}

/** The same one by one, a plan at a time, as the tasks of a list are shown. */
export function olderPlanLines(tasks: readonly OlderTask[], style: LineStyle): readonly string[] {
  const plans = [...Map.groupBy(tasks, ({ list }) => list)];
  if (plans.length === 0) return [];
  const { paint } = style;
  return [
    ...plans.flatMap(([list, own]) => [
      `${paint('strong', list)}  legacy: ${own.length} tasks still only in .task_orchestrator`,
      ...taskLines(own, style),
      '',
    ]),
    paint('dim', HINT),
  ];
}
