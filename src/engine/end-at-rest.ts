import type { Control } from '../store/store.ts';
import type { ExecutionEnd } from './execution.ts';

/** How an executor ends of which nothing runs; null: it goes on, for something is still to come. */
export function endAtRest(
  { status, running, heldByClients, ready, delayed, left }: Control,
  { isDraining }: { readonly isDraining: boolean },
): ExecutionEnd | null {
  if (isDraining) return { kind: 'left', agentsLeft: 0 };
  // What clients hold goes on without an executor.
  if (running > (status === 'stopped' ? heldByClients : 0)) return null;
  if (status === 'stopped') return { kind: 'stopped' };
  const isPausedWithWork = status === 'paused' && left > 0;
  if (ready || delayed || isPausedWithWork) return null;
  return { kind: 'finished', workLeft: left > 0 };
}
