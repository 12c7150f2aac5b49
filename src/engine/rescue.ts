import { isPawlError } from '../domain/errors.ts';
import { sessionOf } from '../domain/holder.ts';
import type { ClaimedTask, HeldTask, LiveInstance, Store } from '../store/store.ts';
import type { Clock } from '../world/clock.ts';
import type { Processes } from '../world/processes.ts';

/**
 * Is the process that held a lease surely gone? On this host that is a fact, found out by its pid,
 * start and boot; on another one only its lease can tell.
 */
export function holderIsGone(holder: LiveInstance | null, processes: Processes): boolean {
  if (holder === null) return true;
  return holder.host === processes.host && !processes.isAlive(holder.process);
}

/**
 * What a sweeper does about a task that it does not watch over itself. What a client holds has no
 * process to look at: it is left alone while its lease lasts, and never adopted. `expired`: of that
 * kind of holder, and may be believed (see `LeaseGuard`).
 */
export function rescueOf(
  held: HeldTask,
  sweeper: { readonly holderId: string; readonly processes: Processes; readonly expired: boolean },
): 'leave' | 'adopt' | 'expire' {
  const { holderId, processes, expired } = sweeper;
  if (sessionOf(held.holderId) !== null) return expired ? 'expire' : 'leave';
  // Ours and not under way: a claim was committed, and its answer lost. Its lease tells.
  const gone = held.holderId !== holderId && holderIsGone(held.holder, processes);
  return gone || expired ? 'adopt' : 'leave';
}

/** Take a held task over; null when somebody was faster, or it was over: not ours to rescue. */
export async function takeOver(
  store: Store,
  { id, fence, term }: HeldTask,
  heir: { readonly holderId: string; readonly leaseMs: number },
): Promise<ClaimedTask | null> {
  try {
    return await store.adoptAttempt({ id, fence, term, ...heir });
  } catch (cause) {
    const raced = isPawlError(cause, 'stale_term') || isPawlError(cause, 'illegal_transition');
    if (!raced) throw cause;
    return null;
  }
}

/**
 * Keeps a sweeper from rescuing after it was late itself. A laptop that slept, or a process that
 * was stopped, wakes to find every lease expired, while their holders only slept as well; they get
 * one lease's time to renew first.
 */
export class LeaseGuard {
  readonly #clock: Clock;
  readonly #sweepMs: number;
  readonly #leaseMs: number;
  #lastWall: number;
  #lastMonotonic: number;
  #trustAfter = 0;

  constructor(clock: Clock, sweepMs: number, leaseMs: number) {
    this.#clock = clock;
    this.#sweepMs = sweepMs;
    this.#leaseMs = leaseMs;
    this.#lastWall = clock.now();
    this.#lastMonotonic = clock.monotonic();
  }

  /** May an expired lease be believed in this sweep? */
  check(): boolean {
    const wall = this.#clock.now();
    const monotonic = this.#clock.monotonic();
    const wallStep = wall - this.#lastWall;
    const monotonicStep = monotonic - this.#lastMonotonic;
    this.#lastWall = wall;
    this.#lastMonotonic = monotonic;
    const late = monotonicStep > this.#sweepMs + this.#leaseMs / 2;
    const jumped = Math.abs(wallStep - monotonicStep) > this.#leaseMs / 2;
    if (late || jumped) this.#trustAfter = monotonic + this.#leaseMs;
    return monotonic >= this.#trustAfter;
  }
}
