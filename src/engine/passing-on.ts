import type { ExecutionOptions } from './execution.ts';

/** What was seen of a list when it was last looked at. */
export interface SeenList {
  /** Its running tasks, whoever holds them. */
  readonly running: number;
  /** Somebody set a limit. */
  readonly isLimited: boolean;
  /** Servers of other hosts, or beside this process, may claim from it. */
  readonly isShared: boolean;
}

/**
 * Whether others may be waiting for the very place that an attempt leaves, because a limit keeps
 * them from every other one. Then it goes to whoever comes first: passed on for ever, it would keep
 * their more urgent tasks waiting for lesser ones of ours.
 */
export function mayBeAwaited(
  { running, isLimited, isShared }: SeenList,
  { maxConcurrent, agentLimits }: Pick<ExecutionOptions, 'maxConcurrent' | 'agentLimits'>,
): boolean {
  const isFull = isShared && running >= maxConcurrent;
  return isFull || isLimited || Object.keys(agentLimits).length > 0;
}
