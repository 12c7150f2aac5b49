import type { Sent } from './flight.ts';
import type { NoticeOfCommit } from './notices.ts';
import type { Operation, Result } from './waiting-line.ts';

/** Most operations of one transaction: others wait for the turn meanwhile. */
export const BATCH_OPERATIONS_MAX = 128;

/** Operations of one transaction, with what they answer once it is committed. */
export interface Batch {
  readonly number: number;
  operations: Operation[];
  readonly results: Result[];
  /** Where its one statement decided: reads what that answered, and gives the results. */
  read: ((said: string) => void) | null;
  /** Its commit was sent with the last statements. */
  isOver: boolean;
  /** Others are to hear of it. */
  hasWritten: boolean;
  /** A notice went with its commit. */
  isTold: boolean;
}

export function newBatch(number: number): Batch {
  return {
    ...{ number, operations: [], results: [], read: null },
    ...{ isOver: false, hasWritten: false, isTold: false },
  };
}

export function resultsOf(values: readonly unknown[]): readonly Result[] {
  return values.map((value) => ({ ok: true, value }));
}

/** What tells others of it, right before its COMMIT. */
export function noticeOf(batch: Batch, notice: NoticeOfCommit): readonly Sent[] {
  const said = notice.within();
  batch.isTold = said !== null;
  return said === null ? [] : [said];
}
