import type { Priority } from '../domain/priority.ts';
import type { OnDepFailure } from '../domain/status.ts';

/**
 * How a list is executed: the promised options and ours, every one with a value. Stored with the
 * list's executor as `config_json`, so that a run which was killed goes on with its options.
 * Milliseconds and bytes.
 */
export interface ExecutionConfig {
  /** Tasks of the list that run at once. */
  readonly maxConcurrent: number;
  /** Tries after the first: 2 is at most three attempts. */
  readonly retryAttempts: number;
  /** The first window of the backoff; it doubles with each further try. */
  readonly retryDelayMs: number;
  /** Of one attempt, unless its task says otherwise. */
  readonly executionTimeoutMs: number;
  /** Tasks that are less urgent stay where they are. */
  readonly minPriority: Priority;
  /** Start as soon as a list is loaded. */
  readonly autoStart: boolean;
  /** Say what would run, and change nothing. Never stored as true. */
  readonly dryRun: boolean;
  /** For tasks that name none. */
  readonly agent: string;
  /** Takes the place of `agent`: an argument vector with placeholders. */
  readonly agentCommand: readonly string[] | null;
  /** Most running tasks of an agent, over all lists. */
  readonly agentLimits: Readonly<Record<string, number>>;
  /** What an agent may do beyond reading. */
  readonly allow: 'nothing' | 'edits';
  /** A file, absolute or relative to the project's root; null for Pawl's own prompt. */
  readonly promptTemplate: string | null;
  /** What becomes of the dependants of a task that did not complete. */
  readonly onDepFailure: OnDepFailure;
  /** Write the marks into the list file. */
  readonly writeBack: boolean;
  /** Start tasks although a dependency of theirs does not exist. */
  readonly ignoreMissing: boolean;
  /** Load the list again whenever its file changes. */
  readonly watch: boolean;
  /** What this host offers to tasks that need something; null: it was not said. */
  readonly labels: readonly string[] | null;
  readonly outputBytesMax: number;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly sweepMs: number;
  /** Between SIGTERM and SIGKILL. */
  readonly killGraceMs: number;
}

/** Everything that can be set. */
export interface Config extends ExecutionConfig {
  /** After the first Ctrl-C: how long to wait for results before leaving the agents behind. */
  readonly interruptGraceMs: number;
  readonly listBytesMax: number;
  /** Most tasks that a server (`pawl work`) runs at once, over all lists. */
  readonly capacity: number;
}

export type ConfigKey = keyof Config;
