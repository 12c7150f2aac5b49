import type { PawlError } from '../domain/errors.ts';
import type { LogEvent } from '../observe/catalogue.ts';
import type { Logger } from '../observe/logger.ts';
import type { Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import type { ExecutionEvent } from './execution.ts';
import { Outage } from './outage.ts';
import { PAUSE_MAX_MS, persist } from './persist.ts';

export interface PatienceParts {
  readonly world: World;
  readonly store: Pick<Store, 'capabilities'>;
  readonly log: Logger;
  /** The only one that this is about, for the log; null: there are many. */
  readonly list: string | null;
  /** Aborted when results may wait on disk for the next process. */
  readonly givingUp: AbortSignal;
  readonly onEvent: (event: ExecutionEvent, list: string | null) => void;
  /** How many agents run here now. */
  readonly agents: () => number;
}

/** Where something went wrong that does not stop the work. */
export interface TroubleAt {
  readonly event?: LogEvent;
  readonly list?: string | null;
}

/** How an executor asks its store until that answers, and what is told of it meanwhile. */
export class Patience {
  readonly #parts: PatienceParts;
  readonly #outage: Outage;

  constructor(parts: PatienceParts) {
    const { world, store, log, agents } = parts;
    this.#parts = parts;
    this.#outage = new Outage({
      ...{ world, agents, isShared: store.capabilities.shared, againWithinMs: PAUSE_MAX_MS },
      told: (news) => {
        parts.onEvent(news, null);
        const { kind, ...facts } = news;
        if (kind === 'store:away') log.warn('store.away', facts);
        else log.info('store.back', facts);
      },
    });
  }

  persist<T>(write: () => Promise<T>): Promise<T> {
    const { world, givingUp: signal } = this.#parts;
    const trouble = (error: PawlError): void => this.trouble(error);
    return persist(world, { signal, trouble }, () => this.#outage.during(write));
  }

  /** Tell it, unless it is told already that the store is away. */
  trouble(error: PawlError, { event = 'store.waiting', list }: TroubleAt = {}): void {
    if (this.#outage.covers(error)) return;
    this.#parts.onEvent({ kind: 'trouble', error }, list ?? null);
    const about = list ?? this.#parts.list;
    this.#parts.log.error(event, about === null ? {} : { list: about }, error);
  }

  /** Nobody asks any more. */
  stop(): void {
    this.#outage.stop();
  }
}
