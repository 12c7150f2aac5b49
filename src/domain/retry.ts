import type { RetryPolicy } from './task.ts';

/**
 * How long to wait before try number `tries + 1`: full jitter over a doubling, capped window, so
 * that tasks which failed together do not come back together. `chance` is in [0, 1).
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function retryDelay(policy: RetryPolicy, tries: number, chance: number): number {
  const doublings = Math.min(Math.max(tries - 1, 0), 30);
  const window = Math.min(policy.retryDelayMaxMs, policy.retryDelayMs * 2 ** doublings);
  return Math.round(chance * window);
}
