import type { Logger } from '../observe/logger.ts';
import type { Check } from '../operations/diagnose.ts';
import type { Timer } from '../world/timers.ts';
import type { ServerLimits } from './server-remarks.ts';
import { type AddressPlace, storeAddress } from './store-address.ts';

export interface WatchServer extends AddressPlace {
  readonly log: Logger;
  /** Told of what a person should know although the work goes on. */
  readonly warn: (message: string) => void;
  readonly everyMs?: number;
  readonly limits?: ServerLimits;
}

/** Six figures of the server's own views, by every process that lives for so long. */
const EVERY_MS = 5 * 60_000;

/**
 * Look now and then at the server of a store, and say once of each thing that is amiss, as `pawl
 * doctor` would: a snapshot that somebody holds makes every claim slower, and no error tells it.
 * A store in a file has no server to look at.
 */
export function watchServer(watch: WatchServer): { stop(): void } {
  const { world, log, warn, everyMs = EVERY_MS, limits } = watch;
  let said: readonly string[] = [];
  let timer: Timer | null = null;
  let isOver = false;
  const tell = (amiss: readonly Check[]): void => {
    for (const { name, message, remedy } of amiss) {
      if (said.includes(message.replaceAll(/\d+/g, ''))) continue;
      log.warn('server.remark', { name, message, remedy });
      warn(`the database server, ${name}: ${message}. ${remedy}`);
    }
    // Figures grow; it is the same thing all the same.
    said = amiss.map(({ message }) => message.replaceAll(/\d+/g, ''));
  };
  const look = async (): Promise<void> => {
    if ((await storeAddress(watch)) === null) return;
    // Most projects need no server: nothing of it is read for them.
    const { serverRemarks } = await import('./server-remarks.ts');
    const remarks = await serverRemarks(watch, limits);
    if (isOver) return;
    tell(remarks.filter(({ ok }) => !ok));
    later();
  };
  const later = (): void => {
    timer = world.timers.after(everyMs, () => void look(), { unref: true });
  };
  later();
  return {
    stop: () => {
      isOver = true;
      timer?.clear();
    },
  };
}
