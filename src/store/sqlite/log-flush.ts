import { PawlError } from '../../domain/errors.ts';
import type { HeldFile } from '../../world/files.ts';
import { pause } from '../../world/timers.ts';
import type { World } from '../../world/world.ts';
import type { Connection } from './connection.ts';

/** A checkpoint that others were in the way of is tried again this often. */
const CHECKPOINT_TRIES_MAX = 20;
const CHECKPOINT_PAUSE_MAX_MS = 20;

/**
 * Makes commits durable after COMMIT has given the lock back: of this connection, `synchronous` is
 * NORMAL from now on, so that COMMIT writes into the log and does not wait for the disk.
 *
 * The log is one file to which is only added until all of it is in the database: one flush makes
 * all commits before it durable, those of other processes, too. Whatever is answered after it can
 * rest on nothing that a power cut takes away. When SQLite itself begins the log anew, it has
 * flushed everything before.
 *
 * After a flush that failed the system takes what it could not write for written, and the next
 * flush would say so. What is in the log is then brought into the database instead, and that is
 * flushed.
 */
export class LogFlush {
  readonly #world: World;
  readonly #connection: Connection;
  readonly #path: string;
  #log: HeldFile | null = null;
  #inode: number | undefined;
  /** A flush failed, and no checkpoint has made up for it. */
  #failed = false;

  constructor(world: World, connection: Connection) {
    this.#world = world;
    this.#connection = connection;
    this.#path = `${connection.file}-wal`;
    connection.run('PRAGMA synchronous = NORMAL');
  }

  /** What is flushed is not what lies at its path: somebody deleted or exchanged the log. */
  get isReplaced(): boolean {
    return this.#log !== null && this.#world.files.factsNow(this.#path)?.inode !== this.#inode;
  }

  /** @throws what the system says; what was committed may then be lost with the power. */
  async flush(): Promise<void> {
    if (!this.#failed) {
      try {
        await (await this.#held()).sync();
        return;
      } catch {
        this.#failed = true;
      }
    }
    await this.#checkpoint();
    this.#failed = false;
  }

  async close(): Promise<void> {
    await this.#log?.release();
  }

  async #held(): Promise<HeldFile> {
    if (this.#log === null) {
      this.#log = await this.#world.files.hold(this.#path);
      this.#inode = this.#world.files.factsNow(this.#path)?.inode;
    }
    return this.#log;
  }

  /** The system may tell its fault once more, to the database: that is why it has several tries. */
  async #checkpoint(): Promise<void> {
    const { timers, random } = this.#world;
    let cause: unknown;
    for (let tries = 0; tries < CHECKPOINT_TRIES_MAX; tries += 1) {
      try {
        const [done] = this.#connection.all<{ busy: 0 | 1 }>('PRAGMA wal_checkpoint(FULL)');
        if (done?.busy === 0) return;
      } catch (fault) {
        cause = fault;
      }
      await pause(timers, random.next() * CHECKPOINT_PAUSE_MAX_MS);
    }
    throw new PawlError('store_io', 'the log of the database could not be flushed', { cause });
  }
}
