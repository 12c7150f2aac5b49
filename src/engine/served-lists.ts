import { isPawlError, type PawlError } from '../domain/errors.ts';
import type { WorkList } from '../store/instances.ts';
import type { EndRequest, HeldFence } from '../store/store.ts';
import type { ActiveAttempt, ExecutionEvent } from './execution.ts';
import { type ListWork, ServedList, type ServedListParts } from './served-list.ts';

type OfOneList = 'listId' | 'onEvent' | 'trouble' | 'agentMissing' | 'finishing';

export interface ServedListsParts extends Omit<ServedListParts, OfOneList> {
  /** @throws PawlError when this host cannot execute the list as it is set up. */
  readonly prepare: (list: Pick<WorkList, 'configJson'>) => Promise<ListWork>;
  readonly onEvent: (event: ExecutionEvent, listPath: string) => void;
  readonly trouble: (error: PawlError, listPath: string) => void;
  /** Tasks of a list are left to other hosts: their agent cannot be started here. */
  readonly agentMissing: (error: PawlError, listPath: string) => void;
  /** The outcome of an attempt of it is on its way to the store. */
  readonly finishing: (served: ServedList) => void;
}

type Setup = Pick<WorkList, 'listId' | 'path' | 'configJson'>;

/** A list that this host could not be set up for is tried again. */
const PREPARE_AGAIN_MS = 30_000;

/** The lists that a server has worked on, each with its attempts and its options. */
export class ServedLists {
  readonly #parts: ServedListsParts;
  readonly #lists = new Map<string, { readonly served: ServedList; configJson: string | null }>();
  readonly #unfit = new Map<string, { configJson: string | null; untilMs: number }>();

  constructor(parts: ServedListsParts) {
    this.#parts = parts;
  }

  /** Attempts under way. */
  get size(): number {
    return this.#all.reduce((sum, { attempts }) => sum + attempts.size, 0);
  }

  has(held: Pick<HeldFence, 'id' | 'fence'>): boolean {
    return this.#all.some(({ attempts }) => attempts.has(held));
  }

  held(): readonly HeldFence[] {
    return this.#all.flatMap(({ attempts }) => attempts.held());
  }

  views(): readonly ActiveAttempt[] {
    return this.#all.flatMap(({ attempts }) => attempts.views());
  }

  /** With the options in force; null while this host cannot be set up for it, which is told. */
  async open(list: Setup): Promise<ServedList | null> {
    const { listId, path, configJson } = list;
    const known = this.#lists.get(listId);
    const isSame = known !== undefined && known.configJson === configJson;
    if (isSame && !known.served.isAgentsDue) return known.served;
    const { clock } = this.#parts.world;
    const unfit = this.#unfit.get(listId);
    if (unfit?.configJson === configJson && clock.monotonic() < unfit.untilMs) return null;
    try {
      // Where the agent is missing, settings may name another one by now.
      const isFit = isSame && !known.served.isLacking;
      const served = isFit ? known.served : this.#serve(list, await this.#parts.prepare(list));
      await served.lookForAgents();
      return served;
    } catch (cause) {
      if (!isPawlError(cause)) throw cause;
      this.#unfit.set(listId, { configJson, untilMs: clock.monotonic() + PREPARE_AGAIN_MS });
      this.#parts.trouble(cause, path);
      return null;
    }
  }

  /** Of an attempt that is taken over: whatever its list's options are worth here. */
  async openFor(listId: string): Promise<ServedList> {
    const known = this.#lists.get(listId);
    if (known !== undefined) return known.served;
    const list = await this.#setupOf(listId);
    return this.#serve(list, await this.#parts.prepare(list));
  }

  async workOf(listId: string): Promise<ListWork> {
    return await this.#parts.prepare(await this.#setupOf(listId));
  }

  /** What a person wants of a list: its agents are ended, or new ones may run. */
  heed({ listId, status }: Pick<WorkList, 'listId' | 'status'>): void {
    const attempts = this.#lists.get(listId)?.served.attempts;
    if (status === 'running') attempts?.unstop();
    if (status === 'stopped') attempts?.stop();
  }

  obey(request: EndRequest): void {
    for (const { attempts } of this.#all) attempts.obey(request);
  }

  async granted(): Promise<void> {
    for (const { attempts } of this.#all) await attempts.granted();
  }

  async loseLease(id: string): Promise<void> {
    for (const { attempts } of this.#all) await attempts.loseLease(id);
  }

  /** End every agent. */
  stop(): void {
    for (const { attempts } of this.#all) attempts.stop();
  }

  /** Watch no more. */
  leave(): void {
    for (const { attempts } of this.#all) attempts.leave();
  }

  async settled(): Promise<void> {
    for (const { attempts } of this.#all) await attempts.settled();
  }

  get #all(): readonly ServedList[] {
    return [...this.#lists.values()].map(({ served }) => served);
  }

  #serve({ listId, configJson, path }: Setup, work: ListWork): ServedList {
    this.#unfit.delete(listId);
    const known = this.#lists.get(listId);
    if (known !== undefined) {
      known.configJson = configJson;
      known.served.reconsider(work);
      return known.served;
    }
    const parts = this.#parts;
    const served: ServedList = new ServedList(
      {
        ...parts,
        listId,
        trouble: (error) => parts.trouble(error, path),
        agentMissing: (error) => parts.agentMissing(error, path),
        onEvent: (event) => parts.onEvent(event, path),
        finishing: () => parts.finishing(served),
      },
      work,
    );
    this.#lists.set(listId, { served, configJson });
    return served;
  }

  async #setupOf(listId: string): Promise<Setup> {
    const { persist, store } = this.#parts;
    const list = await persist(() => store().list(listId));
    return { listId, path: list?.path ?? '', configJson: list?.executor.configJson ?? null };
  }
}
