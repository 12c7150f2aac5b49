import type { PawlError } from '../domain/errors.ts';
import type { LoadedList } from '../store/store.ts';
import type { Timer } from '../world/timers.ts';
import { type LoadTaskList, loadTaskList } from './load-task-list.ts';
import { asPawlError, type OperationContext } from './operation.ts';

export interface WatchListFile {
  readonly load: LoadTaskList;
  readonly onLoaded: (loaded: LoadedList) => void;
  /** The file as it is now cannot be taken; the queue stays as it was. */
  readonly onRefused: (error: PawlError) => void;
}

/** Editors save in several steps: wait for the last one. */
const SETTLE_MS = 100;
/** Changes may be missed by the system's notice. */
const LOOK_MS = 1_000;

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
  #seen = '';
  #loading = false;
  #stopped = false;

  constructor(ctx: OperationContext, input: WatchListFile) {
    this.#ctx = ctx;
    this.#input = input;
  }

  start(): void {
    const { path } = this.#input.load;
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    this.#seen = this.#facts();
    this.#watch = this.#ctx.world.files.watch(folder, () => this.#lookIn(SETTLE_MS));
    this.#lookIn(LOOK_MS);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.clear();
    this.#watch?.stop();
  }

  #lookIn(delayMs: number): void {
    if (this.#stopped || this.#loading) return;
    this.#timer?.clear();
    const { timers } = this.#ctx.world;
    this.#timer = timers.after(delayMs, () => void this.#look(), { unref: true });
  }

  async #look(): Promise<void> {
    const facts = this.#facts();
    if (facts !== this.#seen && facts !== '') {
      this.#seen = facts;
      this.#loading = true;
      try {
        // Marks that Pawl wrote itself load as no change at all.
        this.#input.onLoaded(await loadTaskList(this.#ctx, this.#input.load));
      } catch (cause) {
        this.#input.onRefused(asPawlError(cause));
      }
      this.#loading = false;
    }
    this.#lookIn(LOOK_MS);
  }

  #facts(): string {
    const facts = this.#ctx.world.files.factsNow(this.#input.load.path);
    return facts === null ? '' : `${facts.inode}:${facts.mtimeMs}:${facts.size}`;
  }
}
