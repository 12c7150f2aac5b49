import type { TaskEventKind } from '../domain/event.ts';
import type { AttemptOutcomeKind } from '../domain/outcome.ts';
import type { Priority } from '../domain/priority.ts';
import type { OnDepFailure, TaskStatus } from '../domain/status.ts';

export interface TaskQuery {
  readonly listId?: string;
  readonly statuses?: readonly TaskStatus[];
  readonly limit?: number;
  readonly afterPosition?: number;
  readonly archived?: boolean;
}

/** A task as lists show it. */
export interface TaskLine {
  readonly id: string;
  readonly list: string;
  readonly listId: string;
  readonly taskId: string;
  readonly status: TaskStatus;
  readonly priority: Priority;
  readonly section: string | null;
  readonly description: string;
  /** Of subtasks: short, where the description may be long. */
  readonly title: string | null;
  /** The role that it is written for. */
  readonly specialistType: string | null;
  readonly estimatedEffort: string | null;
  readonly dependencies: readonly string[];
  /** The labels that its host must offer. */
  readonly needs: readonly string[];
  readonly position: number;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly pendingDeps: number;
  readonly dueAtMs: number;
  readonly held: 0 | 1;
  readonly agent: string | null;
  readonly assignedAgent: string | null;
  readonly statusReason: string | null;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly archivedAtMs: number | null;
}

export interface TaskDetail extends TaskLine {
  readonly claims: number;
  readonly fence: number;
  readonly crashCount: number;
  readonly revisions: number;
  readonly holderId: string | null;
  readonly holderTerm: number;
  readonly leaseUntilMs: number | null;
  readonly causeTaskId: string | null;
  readonly onDepFailure: OnDepFailure | null;
  readonly line: number;
  readonly verify: readonly string[] | null;
  readonly timeoutMs: number | null;
  readonly steps: readonly string[];
  readonly criteria: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
  readonly resultSummary: string | null;
  /** What its holder last said of how far it is: JSON. */
  readonly progressJson: string | null;
  /** As the promised columns hold them. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Attempt {
  readonly fence: number;
  readonly attempt: number;
  readonly agent: string | null;
  /** Who claimed it. */
  readonly holderId: string;
  /** Whose programs ran for it, and wrote its files; null of a client's that was not verified. */
  readonly watcherId: string | null;
  /** Where its files lie; null where there are none, or their writer is not known any more. */
  readonly host: string | null;
  /** A folder on that host; null of older releases, too. */
  readonly attemptsDir: string | null;
  readonly claimedAtMs: number;
  readonly endedAtMs: number | null;
  readonly outcome: AttemptOutcomeKind | null;
  readonly exitCode: number | null;
  readonly error: string | null;
  readonly resultJson: string | null;
}

export interface EventQuery {
  readonly task?: string;
  readonly listId?: string;
  readonly afterSeq?: number;
  readonly kinds?: readonly TaskEventKind[];
  readonly limit?: number;
}

export interface Dependency {
  /** As written in the list. */
  readonly taskId: string;
  /** Null when the list has no such task. */
  readonly id: string | null;
  readonly description: string | null;
  readonly status: TaskStatus | null;
  readonly archived: boolean;
  readonly satisfied: boolean;
  readonly resultSummary: string | null;
}

export interface OutlookQuery {
  readonly listId: string;
  readonly minPriority: Priority;
  readonly limit: number;
}

export interface Outlook {
  readonly ready: number;
  readonly delayed: number;
  readonly blocked: number;
  /** Queued, but less urgent than `minPriority`, whatever else they wait for. */
  readonly excluded: number;
  readonly nextDueAtMs: number | null;
  readonly next: readonly TaskLine[];
}

export interface AuditFault {
  readonly code:
    | 'integrity'
    | 'fold'
    | 'pending_deps'
    | 'no_event'
    | 'dependencies_column'
    | 'unresolved'
    | 'holder';
  readonly id: string | null;
  readonly taskId: string | null;
  readonly message: string;
}
