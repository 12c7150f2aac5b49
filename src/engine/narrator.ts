import type { RecordedEvent, TaskEventKind } from '../domain/event.ts';
import type { TaskStatus } from '../domain/status.ts';
import type { Store } from '../store/store.ts';
import type { ExecutionEvent } from './execution.ts';

type Told = 'task:completed' | 'task:retry' | 'task:failed' | 'task:skipped' | 'task:requeued';

/** What each transition is called to the outside. */
const TOLD: Readonly<Partial<Record<TaskEventKind, readonly [Told, TaskStatus]>>> = {
  completed: ['task:completed', 'completed'],
  retry_scheduled: ['task:retry', 'queued'],
  lost: ['task:retry', 'queued'],
  failed: ['task:failed', 'failed'],
  skipped: ['task:skipped', 'skipped'],
  cancelled: ['task:skipped', 'cancelled'],
  released: ['task:requeued', 'queued'],
  requeued: ['task:requeued', 'queued'],
  retried: ['task:requeued', 'queued'],
  revived: ['task:requeued', 'queued'],
  waiting: ['task:requeued', 'waiting'],
};
const KINDS = Object.keys(TOLD) as readonly TaskEventKind[];
const MOST_AT_ONCE = 1_000;

/**
 * Tells what happened to a list's tasks by reading the log of events after a cursor: so nothing is
 * told that is not durable, and what other processes did is told, too.
 */
export class Narrator {
  readonly #store: Store;
  readonly #listId: string;
  readonly #tell: (event: ExecutionEvent) => void;
  #cursor = 0;
  /** One after the other: two readers of the same stretch would tell it twice. */
  #telling: Promise<void> = Promise.resolve();

  constructor(store: Store, listId: string, tell: (event: ExecutionEvent) => void) {
    this.#store = store;
    this.#listId = listId;
    this.#tell = tell;
  }

  /** From here on: what was before is not news. */
  begin(lastSeq: number): void {
    this.#cursor = lastSeq;
  }

  /** The number of the last event that was told, or passed over. */
  get toldUpTo(): number {
    return this.#cursor;
  }

  /** Tell everything up to `lastSeq` that was not told. */
  tell(lastSeq: number): Promise<void> {
    const told = this.#telling.then(() => this.#tellUpTo(lastSeq));
    // Whoever asked is told of a fault; the next one begins where this one stopped.
    this.#telling = told.catch(() => this.#cursor).then(() => undefined);
    return told;
  }

  async #tellUpTo(lastSeq: number): Promise<void> {
    while (this.#cursor < lastSeq) {
      const events = await this.#store.events({
        listId: this.#listId,
        afterSeq: this.#cursor,
        kinds: KINDS,
        limit: MOST_AT_ONCE,
      });
      for (const event of events) {
        this.#cursor = event.seq;
        this.#one(event);
      }
      if (events.length < MOST_AT_ONCE) break;
    }
    if (lastSeq !== Number.MAX_SAFE_INTEGER) this.#cursor = Math.max(this.#cursor, lastSeq);
  }

  #one({ event, task, taskId }: RecordedEvent): void {
    const told = TOLD[event.kind];
    if (told === undefined) return;
    const [kind, status] = told;
    const dueAtMs = 'dueAtMs' in event ? event.dueAtMs : 0;
    this.#tell({ kind, id: task, taskId, status, detail: detailOf(event), dueAtMs });
  }
}

/** The error, the reason or the summary, whichever the event has. */
function detailOf(event: RecordedEvent['event']): string | null {
  if ('error' in event) return event.error;
  if (event.kind === 'released') return event.note ?? event.reason;
  if ('reason' in event) return event.reason;
  return event.kind === 'completed' ? (event.summary ?? null) : null;
}
