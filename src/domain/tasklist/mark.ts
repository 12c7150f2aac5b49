import { assertNever } from '../errors.ts';
import type { TaskStatus } from '../status.ts';
import type { ListMark } from './model.ts';

/** A mark that can really be written: `none` is the absence of a place for one. */
export type WrittenMark = Exclude<ListMark, 'none'>;

/** The character between the brackets of a check box, for each mark. */
export const MARK_CHARACTERS: Readonly<Record<WrittenMark, string>> = {
  queued: ' ',
  running: '~',
  completed: 'x',
  failed: '!',
  skipped: '-',
};

/** The mark that shows a stored status: waiting looks like running, cancelled like skipped. */
export function markOf(status: TaskStatus): WrittenMark {
  switch (status) {
    case 'queued':
    case 'running':
    case 'completed':
    case 'failed':
    case 'skipped':
      return status;
    case 'waiting':
      return 'running';
    case 'cancelled':
      return 'skipped';
    default:
      return assertNever(status);
  }
}
