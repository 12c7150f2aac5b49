/** Time as the rest of Pawl sees it. Both values are milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. May jump when the host's clock is set. */
  now(): number;
  /** Milliseconds since an arbitrary moment. Never goes back; may stand still while suspended. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
