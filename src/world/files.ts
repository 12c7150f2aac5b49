/** What `stat` tells us, with times in milliseconds (fractions kept). */
export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'other';
  readonly size: number;
  readonly mtimeMs: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly device: number;
  readonly inode: number;
}

/** A file that stays the same one while it is read, whatever becomes of its name. */
export interface OpenFile {
  readonly facts: FileFacts;
  /** Where it really lies: the path without any symbolic link, as of its opening. */
  readonly realPath: string;
  /** At most `length` bytes from `offset`. */
  readRange(offset: number, length: number): Promise<Uint8Array>;
  /**
   * The same into `target`, which is filled unless the file ends; gives how many bytes it was. For
   * whoever reads on and on: buffers that are thrown away pile up before they are collected.
   */
  readInto(target: Uint8Array, offset: number): Promise<number>;
  close(): Promise<void>;
}

export interface HeldFile {
  /** What it holds now. */
  read(): Promise<Uint8Array>;
  /** Make durable what was written into it, by anybody. */
  sync(): Promise<void>;
  release(): Promise<void>;
}

/**
 * The file system, as far as Pawl needs it. Paths are absolute. Every asynchronous call rejects
 * with the Node error (`code` ENOENT, EACCES, ENOSPC ...); translation is the caller's.
 */
export interface Files {
  read(path: string): Promise<Uint8Array>;
  /** At most `length` bytes from `offset`. */
  readRange(path: string, offset: number, length: number): Promise<Uint8Array>;
  /**
   * Open for reading, never waiting for the other end of a pipe. What `realPath` says is true of
   * the file that is open, even when somebody exchanges a folder for a link meanwhile.
   */
  open(path: string): Promise<OpenFile>;
  /**
   * Null when there is nothing at `path`. Follows symbolic links. Asks the system without leaving
   * this thread: where a network mount hangs, the process does.
   */
  facts(path: string): Promise<FileFacts | null>;
  /** The same, at once: for the check before a commit is acknowledged. */
  factsNow(path: string): FileFacts | null;
  realPath(path: string): Promise<string>;
  /** Whether its mode and owner let this process write into it. */
  isWritable(path: string): Promise<boolean>;
  names(directory: string): Promise<readonly string[]>;
  /** With the folders above; `mode` counts for those that are made. */
  makeDirectory(path: string, mode?: number): Promise<void>;
  /** Write a new file; fails with EEXIST when there is one. Durable when it resolves. */
  createExclusive(path: string, content: string | Uint8Array): Promise<void>;
  write(path: string, content: string | Uint8Array): Promise<void>;
  append(path: string, content: string | Uint8Array): Promise<void>;
  /**
   * Replace the content of `path` so that a reader, and a reader after power loss, sees the old or
   * the new content and never a mix: temporary file beside it, fsync, rename, fsync of the folder.
   * Mode and (where permitted) owner are taken from `like` when given. A symbolic link at `path`
   * would itself be replaced: give the real path.
   */
  replace(path: string, content: string | Uint8Array, like?: FileFacts): Promise<void>;
  /**
   * A second name for the same file, durable when it resolves; EEXIST when `to` is taken, EXDEV,
   * EPERM ... where that cannot be.
   */
  link(from: string, to: string): Promise<void>;
  /** Durable when it resolves, as far as what was renamed is. */
  rename(from: string, to: string): Promise<void>;
  /**
   * Write a file that `renameNow` is to put in place: durable, with mode and (where permitted)
   * owner and group of `like` when given, instead of whatever a crash left at `path`.
   */
  stage(path: string, content: string | Uint8Array, like?: FileFacts): Promise<void>;
  /** Rename at once, with nobody of this process in between; `syncFolder` makes it durable. */
  renameNow(from: string, to: string): void;
  syncFolder(path: string): Promise<void>;
  /** Make durable what was written into a file. */
  syncFile(path: string): Promise<void>;
  /** Keep a file's content in reach, whatever becomes of its name, until it is released. */
  hold(path: string): Promise<HeldFile>;
  remove(path: string): Promise<void>;
  removeTree(path: string): Promise<void>;
  /** Free bytes of the file system that holds `path`. */
  freeBytes(path: string): Promise<number>;
  /** Whether `path` lies on a file system of another machine, where locks cannot be trusted. */
  isNetwork(path: string): Promise<boolean>;
  /** Call `changed` whenever an entry of `directory` changed; `stop` ends it. May also miss. */
  watch(directory: string, changed: () => void): { stop(): void };
}
