import { assertNever } from '../../domain/errors.ts';
import type { TaskStatus } from '../../domain/status.ts';
import { MARK_CHARACTERS, markOf } from '../../domain/tasklist/mark.ts';
import type { World } from '../../world/world.ts';
import { unlessGone } from '../file/file-facts.ts';

export interface SidecarEntry {
  readonly taskId: string;
  readonly status: TaskStatus;
  readonly description: string;
}

/** Where the marks of a list go that has no place for them: `tasks.md.pawl-status` beside it. */
export function sidecarPath(listPath: string): string {
  return `${listPath}.pawl-status`;
}

/** The marks go along with a list that goes on under another path. What was there is older. */
export async function moveSidecar({ files }: World, from: string, to: string): Promise<void> {
  await unlessGone(files.rename(sidecarPath(from), sidecarPath(to)));
}

/** The content of that file: one line a task, in the order given. */
export function renderSidecar(entries: readonly SidecarEntry[]): string {
  const lines = entries.map(({ taskId, status, description }) => {
    const text = description.replace(/\s+/g, ' ');
    return `- [${MARK_CHARACTERS[markOf(status)]}] ${taskId}: ${text} (${wordFor(status)})\n`;
  });
  return `# Written by Pawl: the list itself has no place for these marks\n\n${lines.join('')}`;
}

function wordFor(status: TaskStatus): string {
  switch (status) {
    case 'waiting':
      return 'waiting for an answer';
    case 'queued':
    case 'running':
    case 'completed':
    case 'failed':
    case 'skipped':
    case 'cancelled':
      return status;
    default:
      return assertNever(status);
  }
}
