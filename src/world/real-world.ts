import { systemClock } from './clock.ts';
import { createIds } from './ids.ts';
import { systemRandom } from './random.ts';
import { systemFiles } from './system-files.ts';
import { createSystemProcesses } from './system-processes.ts';
import { systemTimers } from './timers.ts';
import type { World } from './world.ts';

/** The world as it is. */
export function createRealWorld(): World {
  return {
    clock: systemClock,
    random: systemRandom,
    ids: createIds(systemClock, systemRandom),
    timers: systemTimers,
    processes: createSystemProcesses(),
    files: systemFiles,
    checkpoint: () => undefined,
  };
}
