import { PawlError } from '../../domain/errors.ts';
import { timeText } from '../../domain/time-text.ts';
import type { World } from '../../world/world.ts';
import type { VerbContext } from '../sql/verb.ts';

/**
 * What the verbs of one transaction may know. They may begin before it: the time is the database's,
 * once the turn is there, and asking for it earlier fails.
 */
export class TurnContext implements VerbContext {
  readonly #world: World;
  readonly #now: (() => number) | undefined;
  #time: { readonly ms: number; readonly text: string } | null = null;

  constructor({ world, now }: { readonly world: World; readonly now: (() => number) | undefined }) {
    this.#world = world;
    this.#now = now;
  }

  begin(databaseNowMs: number): void {
    const ms = Math.trunc(this.#now?.() ?? databaseNowMs);
    this.#time = { ms, text: timeText(ms) };
  }

  get nowMs(): number {
    return this.#begun().ms;
  }

  get nowText(): string {
    return this.#begun().text;
  }

  readonly uuid = (): string => this.#world.ids.uuid();

  readonly chance = (): number => this.#world.random.next();

  #begun(): { readonly ms: number; readonly text: string } {
    if (this.#time === null) throw new PawlError('bug', 'the time is not known before the turn');
    return this.#time;
  }
}
