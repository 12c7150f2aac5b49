import type { World } from '../../src/world/world.ts';

/** On which host a process believes it is, and how far that host's clock is ahead. */
export interface Elsewhere {
  readonly host: string;
  readonly skewMs: number;
}

export const HOST_VARIABLE = 'PAWL_TEST_HOST';

/** The world of `real` as it is on another host. */
export function elsewhere(real: World, text: string | undefined): World {
  if (text === undefined) return real;
  const { host, skewMs } = JSON.parse(text) as Elsewhere;
  const { clock, processes } = real;
  return {
    ...real,
    clock: { now: () => clock.now() + skewMs, monotonic: () => clock.monotonic() },
    processes: { ...processes, host },
  };
}
