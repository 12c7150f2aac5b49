import { asPawlError } from '../domain/as-pawl-error.ts';
import type { PawlError } from '../domain/errors.ts';
import type { LoadedList } from '../store/store.ts';
import type { Timer } from '../world/timers.ts';
import { type LoadTaskList, loadTaskList } from './load-task-list.ts';
import type { OperationContext } from './operation.ts';

export interface WatchListFile {
  readonly load: LoadTaskList;
  readonly onLoaded: (loaded: LoadedList) => void;
  /** The file as it is now cannot be taken; the queue stays as it was. */
  readonly onRefused: (error: PawlError) => void;
  /** The file went away, and did not come back soon: the queue goes on with what it has. */
  readonly onGone: (message: string) => void;
}

/** Editors save in several steps: wait for the last one. */
const SETTLE_MS = 100;
/** Changes may be missed by the system's notice. */
const LOOK_MS = 1_000;
/** Many editors rename the old file away before they write the new one. */
const GONE_MS = 1_000;

/** Load a list again whenever its content was changed by somebody else, until stopped. */
export function watchListFile(ctx: OperationContext, input: WatchListFile): { stop(): void } {
  const watcher = new ListFileWatcher(ctx, input);
  watcher.start();
  return watcher;
}

class ListFileWatcher {
  readonly #ctx: OperationContext;
  readonly #input: WatchListFile;
  #watch: { stop(): void } | null = null;
  #timer: Timer | null = null;
  /** Other than any file's: an edit since the last load must not be missed. */
  #seen = '';
  #goneSince: number | null = null;
  #loading = false;
  readonly #stopping = new AbortController();

  constructor(ctx: OperationContext, input: WatchListFile) {
    this.#ctx = ctx;
    this.#input = input;
  }

  start(): void {
    const { path } = this.#input.load;
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    this.#watch = this.#ctx.world.files.watch(folder, () => this.#lookIn(SETTLE_MS));
    this.#lookIn(SETTLE_MS);
  }

  stop(): void {
    this.#stopping.abort();
    this.#timer?.clear();
    this.#watch?.stop();
  }

  #lookIn(delayMs: number): void {
    if (this.#stopping.signal.aborted || this.#loading) return;
    this.#timer?.clear();
    const { timers } = this.#ctx.world;
    this.#timer = timers.after(delayMs, () => void this.#look(), { unref: true });
  }

  async #look(): Promise<void> {
    const facts = this.#facts();
    this.#missing(facts === '');
    if (facts !== this.#seen && facts !== '') {
      this.#seen = facts;
      this.#loading = true;
      const { signal } = this.#stopping;
      try {
        // Marks that Pawl wrote itself load as no change at all.
        const loaded = await loadTaskList(this.#ctx, { ...this.#input.load, signal });
        if (!signal.aborted) this.#input.onLoaded(loaded);
      } catch (cause) {
        if (!signal.aborted) this.#input.onRefused(asPawlError(cause));
      }
      this.#loading = false;
    }
    const isSame = facts === '' || this.#facts() === this.#seen;
    this.#lookIn(isSame ? LOOK_MS : SETTLE_MS);
  }

  /** Said once each time that it goes away. */
  #missing(isMissing: boolean): void {
    const now = this.#ctx.world.clock.monotonic();
    if (!isMissing) this.#goneSince = null;
    else if (this.#goneSince === null) this.#goneSince = now;
    else if (now - this.#goneSince >= GONE_MS) {
      this.#goneSince = Number.POSITIVE_INFINITY;
      const { path } = this.#input.load;
      this.#input.onGone(
        `${path} is gone: the list goes on as it was loaded. Put the file back, ` +
          'or load it under its new name when the run is over.',
      );
    }
  }

  #facts(): string {
    const facts = this.#ctx.world.files.factsNow(this.#input.load.path);
    return facts === null ? '' : `${facts.inode}:${facts.mtimeMs}:${facts.size}`;
  }
}
