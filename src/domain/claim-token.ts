import { PawlError } from './errors.ts';

/** What a claim is known by: whoever has it may report on the attempt, and nobody else. */
export interface ClaimToken {
  /** Of the store: a restore raises it, and with that ends every claim. */
  readonly epoch: number;
  /** The task's `id`. */
  readonly id: string;
  readonly fence: number;
}

const FORM = /^(\d{1,15}):([A-Za-z0-9-]{1,64}):(\d{1,15})$/;

/** As it is handed out: `epoch:task:fence`. */
export function claimText({ epoch, id, fence }: ClaimToken): string {
  return `${epoch}:${id}:${fence}`;
}

/**
 * Read a claim that somebody hands back.
 *
 * @throws PawlError `claim_invalid` for a text that no claim has.
 */
export function readClaim(text: string): ClaimToken {
  const [, epoch, id, fence] = FORM.exec(text.trim()) ?? [];
  if (epoch === undefined || id === undefined || fence === undefined) {
    throw new PawlError('claim_invalid', 'a claim is written epoch:task:fence', {
      details: { claim: text.slice(0, 100) },
    });
  }
  return { epoch: Number(epoch), id, fence: Number(fence) };
}
