import type { ExecutorStatus, OnDepFailure, TaskStatus } from '../domain/status.ts';
import type { KnownBox } from '../domain/tasklist/box-names.ts';
import type { ListDifference } from '../domain/tasklist/list-difference.ts';
import type { Finding, ListDocument, ListMark } from '../domain/tasklist/model.ts';

export interface LoadList {
  readonly path: string;
  readonly realPath: string | null;
  readonly host: string;
  readonly document: ListDocument;
  readonly seenHash: string;
  readonly seenText: string;
  readonly ignoreMissing: boolean;
  readonly joinHost: boolean;
  readonly writeBack: boolean;
  /**
   * What `knownBoxes` gave before the document was read with it. Refused with `list_changed` when
   * other ids were made by now: read again. Default: none.
   */
  readonly knownBoxes?: readonly KnownBox[];
  /**
   * The lists that were known when it was found out which one this file is. Where another list
   * leads to the same `realPath` by now, the load is refused with `list_changed`: find out again.
   * Default: that is not looked at.
   */
  readonly knownLists?: readonly string[];
  /** The list is known under another path, and goes on under this one. */
  readonly renames?: RenamedList;
}

export interface RenamedList {
  readonly listId: string;
  readonly from: string;
  /** Of its executors those that are surely gone. While another one is there: `list_in_use`. */
  readonly deadExecutors: readonly string[];
  /** A list at the new path of which nothing ever ran: it is forgotten. */
  readonly replaces?: string;
}

export interface LoadedList {
  readonly list: ListSummary;
  readonly added: number;
  /** Tasks whose line says something else than before. */
  readonly updated: number;
  /** Tasks that stand elsewhere in the order of the others. */
  readonly moved: number;
  readonly archived: number;
  readonly findings: readonly Finding[];
}

export interface LoadPreview extends Omit<LoadedList, 'list'> {
  /** As it is; null when it would be a new one. */
  readonly list: ListSummary | null;
  readonly differences: readonly ListDifference[];
  /** The status of each task of the file afterwards. */
  readonly statuses: ReadonlyMap<string, TaskStatus>;
}

/** A list as it is stored: what is known without a look at its tasks. */
export interface ListRecord {
  readonly listId: string;
  readonly path: string;
  readonly title: string | null;
  readonly executor: {
    readonly id: string;
    readonly status: ExecutorStatus;
    readonly configJson: string | null;
    readonly onDepFailure: OnDepFailure;
    readonly startedAt: string | null;
    readonly pausedAt: string | null;
    readonly stoppedAt: string | null;
  };
  readonly homeHost: string | null;
  readonly realPath: string | null;
  readonly seenHash: string | null;
  readonly writeBack: boolean;
  readonly findings: readonly Finding[];
}

/** A list with its counters: reading it takes the longer, the more tasks there are. */
export interface ListSummary extends ListRecord {
  readonly counts: Readonly<Record<TaskStatus, number>>;
  readonly total: number;
  readonly currentTaskId: string | null;
}

export interface MarksOwed {
  /** Of the list: its last event. */
  readonly upToSeq: number;
  /** The file carries the marks of all events up to here. */
  readonly markedSeq: number;
  readonly seenHash: string | null;
  readonly tasks: readonly {
    readonly taskId: string;
    readonly status: TaskStatus;
    /** Marks that nobody made by hand; left out when it is not known what the file carries. */
    readonly knownMarks?: readonly ListMark[];
  }[];
}

export interface MarksWritten {
  readonly listId: string;
  readonly upToSeq: number;
  readonly seenHash: string | null;
  readonly seenText: string | null;
  readonly marks: readonly { readonly taskId: string; readonly mark: ListMark }[];
}
