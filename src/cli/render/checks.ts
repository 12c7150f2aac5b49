import type { Check } from '../../operations/diagnose.ts';
import type { LineStyle } from './task-lines.ts';
import { oneLine } from './text-width.ts';

/** One line a check, with the remedy below where there is something to do. */
export function checkLines(checks: readonly Check[], { paint }: LineStyle): readonly string[] {
  const lines = checks.flatMap(({ name, severity, message, remedy }) => {
    const sign =
      severity === 'none'
        ? paint('good', 'ok     ')
        : severity === 'warning'
          ? paint('warn', 'warning')
          : paint('bad', 'FAULT  ');
    const line = `${sign} ${paint('strong', name)}: ${oneLine(message)}`;
    return remedy === '' ? [line] : [line, paint('dim', `        ${remedy}`)];
  });
  const faults = checks.filter((check) => check.severity === 'fault').length;
  const warnings = checks.filter((check) => check.severity === 'warning').length;
  const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
  return [...lines, '', `${count(faults, 'fault')}, ${count(warnings, 'warning')}`];
}
