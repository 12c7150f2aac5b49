const MINUTE_MS = 60_000;

/** How long a client may be silent: longer than a model thinks, and than a person waits. */
export const CLAIM_LEASE_MS = 30 * MINUTE_MS;
/** The bounds of what a client may ask for instead. */
export const CLAIM_LEASE_MS_MIN = MINUTE_MS;
export const CLAIM_LEASE_MS_MAX = 24 * 60 * MINUTE_MS;
