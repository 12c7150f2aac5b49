import type { TaskStatus } from '../../domain/status.ts';

type Counts = Readonly<Record<TaskStatus, number>>;

const NAMED: readonly TaskStatus[] = ['failed', 'skipped', 'cancelled', 'waiting', 'running'];

/** `12/20 completed, 1 failed, 2 running`. */
export function countsText(counts: Counts, total: number): string {
  const named = NAMED.filter((status) => counts[status] > 0).map(
    (status) => `${counts[status]} ${status}`,
  );
  return [`${counts.completed}/${total} completed`, ...named].join(', ');
}
