import { PawlError } from '../domain/errors.ts';
import type { Obstacle } from './migration-report.ts';

/** @throws PawlError `migration_refused`, with all the reasons in its details. */
export function requireNoObstacle(obstacles: readonly Obstacle[]): void {
  const [first, ...others] = obstacles;
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const message = `${first.message}${more}. ${first.remedy}`;
  throw new PawlError('migration_refused', message, { details: { obstacles } });
}
