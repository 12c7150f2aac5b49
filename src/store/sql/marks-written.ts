import type { MarksWritten } from '../store.ts';
import { change, row, type Verb, type VerbContext } from './verb.ts';

const MARKED =
  'UPDATE task_lists SET ' +
  'marked_event_seq = CASE WHEN marked_event_seq > ? THEN marked_event_seq ELSE ? END, ' +
  'seen_hash = coalesce(?, seen_hash), seen_text = coalesce(?, seen_text) WHERE list_id = ?';
const PATH = 'SELECT task_list_path AS path FROM task_lists WHERE list_id = ?';
/** One statement a mark: joined with a batch of them, every row was compared with every mark. */
const SEEN_MARK =
  'UPDATE task_queue SET seen_mark = ? WHERE task_list_path = ? AND task_id = ? ' +
  'AND seen_mark IS DISTINCT FROM ?';

/** Remember which marks the file now carries: the obligation up to `upToSeq` is discharged. */
export function* marksWritten(_ctx: VerbContext, input: MarksWritten): Verb<void> {
  const path = (yield* row<{ path: string }>(PATH, input.listId))?.path ?? null;
  for (const { taskId, mark } of input.marks) {
    yield* change(SEEN_MARK, mark, path, taskId, mark);
  }
  yield* change(MARKED, input.upToSeq, input.upToSeq, input.seenHash, input.seenText, input.listId);
}
