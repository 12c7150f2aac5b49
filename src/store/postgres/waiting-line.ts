import { PawlError } from '../../domain/errors.ts';
import type { Timer } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import type { Shared } from '../sql/driver.ts';
import type { Verb, VerbContext } from '../sql/verb.ts';
import { type Call, DEFAULT_DEADLINE_MS } from '../store.ts';
import { portionOf, type Waiting } from './portion.ts';

export interface Operation extends Waiting {
  readonly deadlineAt: number;
  readonly settle: (result: Result) => void;
  /** Answered, be it because its caller does not wait any more. */
  done: boolean;
  /** It is about to be committed: a cancel comes too late. */
  sealed: boolean;
  /** It was tried at once, with others, and takes more than one look. */
  isSlow: boolean;
}

export type Result =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: PawlError };

/** Calls that wait for their transaction, until their deadlines, or until they are cancelled. */
export class WaitingLine {
  readonly #world: World;
  #waiting: Operation[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Wait for the result of `verb`. Whoever calls `joined` has it taken out of the line. */
  join<T>(
    verb: (ctx: VerbContext) => Verb<T>,
    { call, shared }: { readonly call: Call | undefined; readonly shared: Shared | undefined },
    joined: () => void,
  ): Promise<T> {
    const { clock, timers } = this.#world;
    return new Promise<T>((resolve, reject) => {
      const signal = call?.signal;
      let timer: Timer | null = null;
      const settle = (result: Result): void => {
        if (operation.done) return;
        operation.done = true;
        timer?.clear();
        signal?.removeEventListener('abort', abort);
        if (result.ok) resolve(result.value as T);
        else reject(result.error);
      };
      const abort = (): void => {
        if (operation.sealed) return;
        settle({ ok: false, error: new PawlError('aborted', 'the call was cancelled') });
      };
      const deadlineMs = call?.deadlineMs ?? DEFAULT_DEADLINE_MS;
      const deadlineAt = clock.monotonic() + deadlineMs;
      const operation: Operation = {
        ...{ verb, shared, deadlineAt, settle },
        ...{ done: false, sealed: false, isSlow: false },
      };
      const overdue = (): void => settle({ ok: false, error: tooLate(operation) });
      timer = timers.after(Math.max(0, deadlineMs), overdue, { unref: true });
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(operation);
      joined();
    });
  }

  /** Take out what waits longest, with all that can be done together with it. */
  takePortion(most: number): readonly Operation[] {
    const portion = portionOf(this.#waiting, most);
    this.take(portion);
    return portion;
  }

  /** Those that wait, the longest first. */
  get waiting(): readonly Operation[] {
    return this.#waiting;
  }

  take(operations: readonly Operation[]): void {
    const taken = new Set(operations);
    this.#waiting = this.#waiting.filter((operation) => !taken.has(operation));
  }

  takeAll(): readonly Operation[] {
    return this.#waiting.splice(0);
  }

  /** To the front: they are to be done anew. */
  putBack(operations: readonly Operation[]): void {
    for (const operation of operations) operation.sealed = false;
    this.#waiting.unshift(...operations);
  }

  dropOverdue(): void {
    const now = this.#world.clock.monotonic();
    this.#waiting = this.#waiting.filter((operation) => {
      if (operation.done) return false;
      if (operation.deadlineAt > now) return true;
      operation.settle({ ok: false, error: tooLate(operation) });
      return false;
    });
  }
}

function tooLate({ sealed }: Operation): PawlError {
  const message = sealed
    ? 'the database did not say in time whether it was done'
    : 'the database was busy or away for too long';
  return new PawlError('deadline_exceeded', message);
}
