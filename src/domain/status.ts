/** Stored words, for ever. Derived states (ready, blocked, delayed) are never stored. */
export const TASK_STATUSES = [
  'queued',
  'running',
  'waiting',
  'completed',
  'failed',
  'skipped',
  'cancelled',
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export const TERMINAL_STATUSES = ['completed', 'failed', 'skipped', 'cancelled'] as const;
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];

export function isTerminal(status: TaskStatus): status is TerminalStatus {
  return (TERMINAL_STATUSES as readonly TaskStatus[]).includes(status);
}

/** What a person asked of a list's executor. Who really executes stands in `instances`. */
export const EXECUTOR_STATUSES = ['stopped', 'running', 'paused'] as const;
export type ExecutorStatus = (typeof EXECUTOR_STATUSES)[number];

/** What becomes of a task when one it depends on ends without completing. */
export const ON_DEP_FAILURE = ['skip', 'fail', 'run'] as const;
export type OnDepFailure = (typeof ON_DEP_FAILURE)[number];

/** Words of other tools, read as ours. Output always uses ours. */
const ALIASES: Readonly<Record<string, TaskStatus>> = {
  todo: 'queued',
  'to do': 'queued',
  pending: 'queued',
  open: 'queued',
  ready: 'queued',
  'not started': 'queued',
  in_progress: 'running',
  'in progress': 'running',
  'in-progress': 'running',
  active: 'running',
  partial: 'running',
  wip: 'running',
  started: 'running',
  done: 'completed',
  complete: 'completed',
  closed: 'completed',
  finished: 'completed',
  blocked: 'waiting',
  error: 'failed',
  canceled: 'cancelled',
  'n/a': 'skipped',
  wontfix: 'skipped',
  "won't fix": 'skipped',
};

/** Read a status word of ours or of another tool; null when it is neither. */
export function readStatus(word: string): TaskStatus | null {
  const lower = word.trim().toLowerCase();
  if ((TASK_STATUSES as readonly string[]).includes(lower)) return lower as TaskStatus;
  return Object.hasOwn(ALIASES, lower) ? (ALIASES[lower] ?? null) : null;
}
