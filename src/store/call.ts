export interface Call {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
  /** Answered from the ledger when the same key was served before. */
  readonly request?: RequestKey;
}

export interface RequestKey {
  readonly scope: string;
  readonly key: string;
  /** Of the input: the same key with another hash is refused with `key_reused`. */
  readonly inputHash: string;
}

export const DEFAULT_DEADLINE_MS = 30_000;
