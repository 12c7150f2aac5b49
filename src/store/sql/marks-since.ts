import type { TaskEventKind } from '../../domain/event.ts';
import type { ListMark } from '../../domain/tasklist/model.ts';
import { rows, type Verb } from './verb.ts';

/** The mark that each event may have brought into the file before we heard that it arrived. */
const MARK_AFTER: Readonly<Partial<Record<TaskEventKind, ListMark>>> = {
  claimed: 'running',
  waiting: 'running',
  completed: 'completed',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'skipped',
  retry_scheduled: 'queued',
  released: 'queued',
  lost: 'queued',
  retried: 'queued',
  requeued: 'queued',
  revived: 'queued',
};

/** The kinds of those events, for SQL. */
export const MARKING_KINDS = Object.keys(MARK_AFTER)
  .map((kind) => `'${kind}'`)
  .join(', ');

/** The mark that shows a task's status, for SQL; see `markOf`. */
export const MARK_OF_STATUS =
  "CASE status WHEN 'waiting' THEN 'running' WHEN 'cancelled' THEN 'skipped' ELSE status END";

const SINCE = 'SELECT task, kind FROM task_events WHERE list_id = ? AND seq > ? ORDER BY seq';

/** By task: the marks that its events after `seq` may have brought into the file. */
export function* marksSince(
  listId: string,
  seq: number,
): Verb<ReadonlyMap<string, readonly ListMark[]>> {
  const possible = new Map<string, ListMark[]>();
  const events = yield* rows<{ task: string; kind: TaskEventKind }>(SINCE, listId, seq);
  for (const { task, kind } of events) {
    const mark = MARK_AFTER[kind];
    if (mark === undefined) continue;
    const known = possible.get(task);
    if (known === undefined) possible.set(task, [mark]);
    else known.push(mark);
  }
  return possible;
}
