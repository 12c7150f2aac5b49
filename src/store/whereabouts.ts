import type { Processes } from '../world/processes.ts';
import type { LiveInstance } from './instances.ts';

/** Whoever looks, and from where. */
export interface Here {
  readonly processes: Processes;
  /** Several hosts may share the store. */
  readonly shared: boolean;
  /** Where the folders of our attempts lie; null: that makes no difference. */
  readonly attemptsDir: string | null;
}

/**
 * What can be said of a process that holds something.
 *
 * - `gone`: surely; whatever it left lies here, and can be taken up at once.
 * - `here`: it lives on this host, or may.
 * - `former`: on this host before it was booted or got another name, or on another one of the same
 *   name. Only its lease tells; what it left may lie here.
 * - `elsewhere`: of another host, or another project's folder on this one: what it left cannot be
 *   looked at. Only its lease tells.
 */
export type Whereabouts = 'gone' | 'here' | 'former' | 'elsewhere';

/**
 * On this host it is a fact whether a process lives, found out by its pid, start and boot; of
 * another host's process only its lease can tell.
 */
export function whereaboutsOf(instance: LiveInstance | null, here: Here): Whereabouts {
  if (instance === null) return here.shared ? 'elsewhere' : 'gone';
  const isOurHost = instance.host === here.processes.host;
  if (here.shared && (!isOurHost || isOtherFolder(instance, here))) return 'elsewhere';
  if (instance.endedAtMs !== null) return 'gone';
  if (!isOurHost) return 'former';
  if (here.shared && instance.process.bootId !== here.processes.bootId) return 'former';
  return here.processes.isAlive(instance.process) ? 'here' : 'gone';
}

/** Those of older releases did not say where. */
function isOtherFolder({ attemptsDir }: LiveInstance, here: Here): boolean {
  return attemptsDir !== null && here.attemptsDir !== null && attemptsDir !== here.attemptsDir;
}
