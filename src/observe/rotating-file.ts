import { pino } from 'pino';
import type { World } from '../world/world.ts';

export interface RotatingFileOptions {
  readonly world: World;
  /** Absolute. Its folder is made when the first line is written. */
  readonly path: string;
  /** A file that has reached this is set aside, and a new one begun. */
  readonly bytesMax: number;
  /** Files kept, the one being written included. */
  readonly filesMax: number;
}

/**
 * A file of lines that several processes append to and that never grows without bound.
 *
 * A line is in the file when `write` returns: one append at the operating system, no buffer of
 * ours that a kill could lose. A full file is renamed to `<path>.<id>`, ids being ordered by time;
 * whoever finds that the path names another file than the one it has open opens it anew. So no
 * lock is needed: two processes that set aside at once leave a file that is smaller than it could
 * be, and no line is ever lost or cut.
 *
 * Being unable to write never throws: a log must not end the work. `linesLost` counts instead.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #file: ReturnType<typeof pino.destination> | null = null;
  #inode = 0;
  #failed = false;
  #rotating: Promise<void> | null = null;
  #linesLost = 0;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
  }

  get linesLost(): number {
    return this.#linesLost;
  }

  write(line: string): void {
    const { world, path, bytesMax } = this.#options;
    try {
      const facts = world.files.factsNow(path);
      if (facts === null || facts.inode !== this.#inode) this.#open();
      this.#failed = false;
      this.#file?.write(line);
      if (this.#failed) this.#lose();
      if (facts !== null && facts.size >= bytesMax) this.#rotate(facts.inode);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#lose();
    }
  }

  /** Resolves when nothing is being renamed or removed any more. */
  async close(): Promise<void> {
    await this.#rotating;
    this.#release();
  }

  #open(): void {
    this.#release();
    const { world, path } = this.#options;
    const file = pino.destination({ dest: path, sync: true, append: true, mkdir: true });
    file.on('error', () => {
      this.#failed = true;
    });
    this.#file = file;
    this.#inode = world.files.factsNow(path)?.inode ?? 0;
  }

  #release(): void {
    const file = this.#file;
    this.#file = null;
    this.#inode = 0;
    if (file === null) return;
    // A file with a line that could not be written would try again while ending, for ever.
    if (this.#failed) file.destroy();
    else file.end();
  }

  #lose(): void {
    this.#linesLost += 1;
    this.#release();
  }

  #rotate(inode: number): void {
    if (this.#rotating !== null) return;
    this.#rotating = this.#setAside(inode)
      .catch((error: unknown) => {
        // Another process was faster, or the folder is not writable: the next line tries again.
        if (!(error instanceof Error)) throw error;
      })
      .finally(() => {
        this.#rotating = null;
      });
  }

  async #setAside(inode: number): Promise<void> {
    const { world, path, filesMax } = this.#options;
    const { files, ids } = world;
    if (files.factsNow(path)?.inode !== inode) return;
    await files.rename(path, `${path}.${ids.uuid()}`);
    const slash = path.lastIndexOf('/');
    const folder = path.slice(0, slash);
    const prefix = `${path.slice(slash + 1)}.`;
    const old = (await files.names(folder)).filter((name) => name.startsWith(prefix)).sort();
    for (const name of old.slice(0, Math.max(0, old.length - (filesMax - 1)))) {
      await files.remove(`${folder}/${name}`);
    }
  }
}
