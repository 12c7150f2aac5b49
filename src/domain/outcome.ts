/** How an attempt ended, as evidence: what the process did and what was found afterwards. */
export type AttemptOutcome =
  | { readonly kind: 'succeeded'; readonly summary?: string }
  | {
      readonly kind: 'errored';
      readonly cause: 'exit' | 'timeout' | 'verify' | 'spawn' | 'reported';
      readonly error: string;
    }
  | {
      readonly kind: 'released';
      readonly reason: 'stop' | 'drain' | 'never_started' | 'requeue' | 'returned';
    }
  | { readonly kind: 'rate_limited'; readonly retryAfterMs: number; readonly note: string }
  | { readonly kind: 'revise'; readonly note: string }
  | { readonly kind: 'blocked'; readonly reason: string }
  | { readonly kind: 'cancelled'; readonly reason: string }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'lost'; readonly reason: string };

export type AttemptOutcomeKind = AttemptOutcome['kind'];
