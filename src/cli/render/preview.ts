import type { RunPreview } from '../../operations/preview-run.ts';
import type { LineStyle } from './task-lines.ts';
import { clip, oneLine } from './text-width.ts';

const LEFT_SHOWN = 20;

/** What a run would start, in order, and what it would not, with the reasons. */
export function previewLines(
  { starts, left, total, list }: RunPreview,
  { width, paint }: LineStyle,
): readonly string[] {
  const digits = String(starts.length).length;
  const hidden = left.length - LEFT_SHOWN;
  return [
    `${paint('strong', list)}: ${starts.length} of ${total} tasks would run, in this order:`,
    ...starts.map(({ order, taskId, priority, description, dependencies }) => {
      const after = dependencies.length === 0 ? '' : `  (after ${dependencies.join(', ')})`;
      const number = String(order).padStart(digits);
      return clip(`  ${number}  ${priority}  ${taskId}  ${oneLine(description)}${after}`, width);
    }),
    ...(left.length === 0 ? [] : ['', paint('strong', 'Not started:')]),
    ...left
      .slice(0, LEFT_SHOWN)
      .map(({ taskId, why }) => paint('dim', clip(`  ${taskId}  ${why}`, width))),
    ...(hidden > 0 ? [paint('dim', `  ... and ${hidden} more`)] : []),
    '',
    paint('dim', 'Nothing was changed: this was a dry run.'),
  ];
}
