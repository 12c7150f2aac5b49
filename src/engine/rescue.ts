import { LAPSE_CHECKS } from '../agents/attendant.ts';
import { assertNever, isPawlError } from '../domain/errors.ts';
import { sessionOf } from '../domain/holder.ts';
import type { ClaimedTask, HeldTask, Store } from '../store/store.ts';
import { type Here, whereaboutsOf } from '../store/whereabouts.ts';
import type { Clock } from '../world/clock.ts';
import type { Launch } from './attempts.ts';
import type { ExecutionOptions } from './execution.ts';

/** Who sweeps, and what it may believe. */
export interface Sweeper extends Here {
  readonly holderId: string;
  /** Of a holder on this host, or of a client: its lease is over, and that may be believed. */
  readonly expired: boolean;
  /** The same, of a holder whose agents only their attendants can end: see `overdueMs`. */
  readonly overdue: boolean;
}

/**
 * What a sweeper does about a task that it does not watch over itself. `adopt`: what became of its
 * agent is looked up in the attempt's folder. `expire`: a client held it, and there is no process
 * to look at. `lose`: it ran where nobody can look from here.
 */
export function rescueOf(held: HeldTask, sweeper: Sweeper): 'leave' | 'adopt' | 'expire' | 'lose' {
  const { holderId, expired, overdue } = sweeper;
  if (sessionOf(held.holderId) !== null) return expired ? 'expire' : 'leave';
  // Ours and not under way: a claim was committed, and its answer lost. Its lease tells.
  if (held.holderId === holderId) return expired ? 'adopt' : 'leave';
  const where = whereaboutsOf(held.holder, sweeper);
  switch (where) {
    case 'gone':
      return 'adopt';
    case 'here':
      return expired ? 'adopt' : 'leave';
    case 'former':
      return overdue ? 'adopt' : 'leave';
    case 'elsewhere':
      return overdue ? 'lose' : 'leave';
    default:
      return assertNever(where);
  }
}

/**
 * How long the lease of another host's holder must be over before its tasks are claimable again: by
 * then the attendant has seen that nobody renews, and has ended the agent (`LAPSE_CHECKS`).
 */
export function overdueMs({
  leaseMs,
  killGraceMs,
  heartbeatMs,
}: Pick<ExecutionOptions, 'leaseMs' | 'killGraceMs' | 'heartbeatMs'>): number {
  const lookMs = Math.ceil(leaseMs / LAPSE_CHECKS);
  return lookMs + killGraceMs + heartbeatMs + Math.min(lookMs, ENDING_MS);
}

/** Of the attendant's own steps, beside the grace that it gives the agent. */
const ENDING_MS = 5_000;

/** Take a held task over; null when somebody was faster, or it was over: not ours to rescue. */
export async function takeOver(
  store: Store,
  { id, fence, term }: HeldTask,
  heir: { readonly holderId: string; readonly leaseMs: number; readonly overdueMs?: number },
): Promise<ClaimedTask | null> {
  try {
    return await store.adoptAttempt({ id, fence, term, ...heir });
  } catch (cause) {
    const races = ['stale_term', 'illegal_transition', 'lease_held'] as const;
    if (!races.some((code) => isPawlError(cause, code))) throw cause;
    return null;
  }
}

/** How an attempt that was taken over goes on. */
export function launchOf({ claimantId, holder }: HeldTask): Launch {
  const byClient = sessionOf(claimantId) !== null;
  const afterGoodbye = holder !== null && holder.endedAtMs !== null;
  return { adopted: true, byClient, afterGoodbye };
}

/** The store's clock, as it was when these were read; null when there are none. */
export function storeClock(held: readonly HeldTask[]): number | null {
  const [first] = held;
  return first === undefined ? null : first.leaseUntilMs - first.leaseLeftMs;
}

/**
 * Keeps a sweeper from rescuing after it was late itself, or could not read the store. A laptop
 * that slept, or a process that was stopped, wakes to find every lease expired, while their holders
 * only slept as well; they get one lease's time to renew first. The same when the clock that leases
 * are judged by jumped.
 */
export class LeaseGuard {
  readonly #clock: Clock;
  readonly #sweepMs: number;
  readonly #leaseMs: number;
  #last: number;
  /** The clock of the leases, and ours at that moment. */
  #reading: { readonly wall: number; readonly monotonic: number } | null;
  #trustAfter: number;

  /**
   * `shared`: by the store's own clock, and not before one lease was waited for. Others may have
   * been without the store as well, and that one may have come back just now.
   */
  constructor(
    clock: Clock,
    { sweepMs, leaseMs, shared }: { sweepMs: number; leaseMs: number; shared: boolean },
  ) {
    this.#clock = clock;
    this.#sweepMs = sweepMs;
    this.#leaseMs = leaseMs;
    this.#last = clock.monotonic();
    this.#reading = shared ? null : { wall: clock.now(), monotonic: this.#last };
    this.#trustAfter = shared ? this.#last + leaseMs : 0;
  }

  /** May an expired lease be believed in this sweep? `wall`: what the clock of the leases says. */
  check(wall: number | null): boolean {
    const monotonic = this.#clock.monotonic();
    const late = monotonic - this.#last > this.#sweepMs + this.#leaseMs / 2;
    this.#last = monotonic;
    const before = this.#reading;
    if (wall !== null) this.#reading = { wall, monotonic };
    const jumped =
      wall !== null &&
      before !== null &&
      Math.abs(wall - before.wall - (monotonic - before.monotonic)) > this.#leaseMs / 2;
    if (late || jumped) this.#trustAfter = monotonic + this.#leaseMs;
    return monotonic >= this.#trustAfter;
  }
}
