import type { Finding } from '../../domain/tasklist/model.ts';
import type { Paint, Tone } from './terminal.ts';

const TONES: Readonly<Record<Finding['severity'], Tone>> = {
  error: 'bad',
  warning: 'warn',
  info: 'dim',
};

/** Findings as a compiler prints them: `tasks.md:12:3: warning[code]: message`, then the remedy. */
export function findingLines(
  path: string,
  findings: readonly Finding[],
  paint: Paint,
): readonly string[] {
  return findings.flatMap(({ severity, code, line, column, message, remedy }) => {
    const place = line === 0 ? path : `${path}:${line}:${column}`;
    const head = `${place}: ${paint(TONES[severity], `${severity}[${code}]`)}: ${message}`;
    return remedy === '' ? [head] : [head, paint('dim', `  ${remedy}`)];
  });
}
