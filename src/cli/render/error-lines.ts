import type { PawlError } from '../../domain/errors.ts';
import type { Finding } from '../../domain/tasklist/model.ts';
import type { Obstacle } from '../../operations/migration-context.ts';
import { findingLines } from './findings.ts';
import { obstacleLines } from './migration-lines.ts';
import type { LineStyle } from './task-lines.ts';

/** The list file whose findings an error brings; null when it brings none. */
export function findingsPath(error: PawlError): string | null {
  const { findings, path } = error.details as ListDetails;
  return findings === undefined || findings.length === 0 ? null : (path ?? null);
}

/** An error for a person: what was found in `source`, what went wrong, what to do about it. */
export function errorLines(
  error: PawlError,
  source: string | null,
  style: LineStyle,
): readonly string[] {
  const { findings, path } = error.details as ListDetails;
  const { obstacles } = error.details as SchemaDetails;
  const { paint } = style;
  return [
    ...obstacleLines(obstacles ?? [], style),
    ...findingLines(findings ?? [], { name: path ?? 'list', text: source }, style),
    `${paint('bad', `pawl: ${error.code}`)}: ${error.message}`,
    paint('dim', `  ${error.rule.remedy}`),
  ];
}

/** Why a migration was refused, at the start of any command. */
interface SchemaDetails {
  readonly obstacles?: readonly Obstacle[];
}

interface ListDetails {
  readonly findings?: readonly Finding[];
  readonly path?: string;
}
