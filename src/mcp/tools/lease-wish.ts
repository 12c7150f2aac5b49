import { z } from 'zod';

const MINUTE_MS = 60_000;

/** In claims and heartbeats: how long the caller may be silent. */
export const LEASE_MINUTES = z
  .number()
  .min(1)
  .max(1440)
  .optional()
  .describe('How long you may be silent; default 30');

export function leaseMsOf(minutes: number | undefined): { readonly leaseMs?: number } {
  return minutes === undefined ? {} : { leaseMs: minutes * MINUTE_MS };
}
