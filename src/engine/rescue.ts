import type { LiveInstance } from '../store/store.ts';
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
