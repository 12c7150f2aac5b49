import type { PawlError } from '../../domain/errors.ts';
import type { Finding } from '../../domain/tasklist/model.ts';
import { findingLines } from './findings.ts';
import type { Paint } from './terminal.ts';

/** An error for a person: what was found, what went wrong, what to do about it. */
export function errorLines(error: PawlError, paint: Paint): readonly string[] {
  const { findings, path } = error.details as {
    readonly findings?: readonly Finding[];
    readonly path?: string;
  };
  return [
    ...findingLines(path ?? 'list', findings ?? [], paint),
    `${paint('bad', `pawl: ${error.code}`)}: ${error.message}`,
    paint('dim', `  ${error.rule.remedy}`),
  ];
}
