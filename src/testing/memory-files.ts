import type { Clock } from '../world/clock.ts';
import type { FileFacts, Files, HeldFile, OpenFile } from '../world/files.ts';

interface Entry {
  readonly kind: 'file' | 'directory';
  bytes: Uint8Array;
  readonly inode: number;
  mtimeMs: number;
  mode: number;
}

const FREE_BYTES = 1024 ** 4;

/**
 * A file system in memory, without symbolic links, owners and rights. Calls fail as the real ones
 * do, with the `code` of the system. For faults see `refuse`.
 */
export class MemoryFiles implements Files {
  readonly #clock: Clock;
  readonly #soon: (task: () => void) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #refused = new Map<string, string>();
  #inodes = 0;

  /** Watchers are told through `soon`, as the real ones are told later. */
  constructor(clock: Clock, soon: (task: () => void) => void) {
    this.#clock = clock;
    this.#soon = soon;
    this.#add('/', 'directory');
  }

  /**
   * From now on every change at `path` or below it fails with `code` (`ENOSPC`, `EACCES` ...);
   * null ends that.
   */
  refuse(path: string, code: string | null): void {
    if (code === null) this.#refused.delete(path);
    else this.#refused.set(path, code);
  }

  /** Put an executable program where a lookup on the PATH finds it. */
  addProgram(path: string): void {
    this.#makeDirectory(folderOf(path));
    this.#put(path, '').mode = 0o755;
  }

  /** What a file holds, at once; null when there is none. */
  text(path: string): string | null {
    const entry = this.#entries.get(path);
    return entry?.kind === 'file' ? new TextDecoder().decode(entry.bytes) : null;
  }

  /** Write at once, with the folders above. */
  writeNow(path: string, content: string | Uint8Array): void {
    this.#makeDirectory(folderOf(path));
    this.#put(path, content);
  }

  async read(path: string): Promise<Uint8Array> {
    return this.#file(path).bytes.slice();
  }

  async readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
    return this.#file(path).bytes.slice(offset, offset + length);
  }

  async open(path: string): Promise<OpenFile> {
    const entry = this.#file(path);
    return {
      facts: this.factsNow(path) as FileFacts,
      realPath: path,
      readRange: async (offset, length) => entry.bytes.slice(offset, offset + length),
      readInto: async (target, offset) => {
        const bytes = entry.bytes.subarray(offset, offset + target.length);
        target.set(bytes);
        return bytes.length;
      },
      close: async () => undefined,
    };
  }

  async facts(path: string): Promise<FileFacts | null> {
    return this.factsNow(path);
  }

  factsNow(path: string): FileFacts | null {
    const entry = this.#entries.get(path);
    if (entry === undefined) return null;
    const { kind, bytes, inode, mtimeMs, mode } = entry;
    return { kind, size: bytes.length, mtimeMs, mode, uid: 0, gid: 0, device: 1, inode };
  }

  async realPath(path: string): Promise<string> {
    if (!this.#entries.has(path)) throw systemError('ENOENT', path);
    return path;
  }

  async isWritable(path: string): Promise<boolean> {
    return (this.#file(path).mode & 0o222) !== 0;
  }

  async names(directory: string): Promise<readonly string[]> {
    const entry = this.#entries.get(directory);
    if (entry === undefined) throw systemError('ENOENT', directory);
    if (entry.kind !== 'directory') throw systemError('ENOTDIR', directory);
    const prefix = directory === '/' ? '/' : `${directory}/`;
    return [...this.#entries.keys()]
      .filter((path) => path.startsWith(prefix) && path.length > prefix.length)
      .map((path) => path.slice(prefix.length))
      .filter((name) => !name.includes('/'))
      .sort();
  }

  async makeDirectory(path: string): Promise<void> {
    this.#makeDirectory(path);
  }

  async createExclusive(path: string, content: string | Uint8Array): Promise<void> {
    if (this.#entries.has(path)) throw systemError('EEXIST', path);
    this.#put(path, content);
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    this.#put(path, content);
  }

  async append(path: string, content: string | Uint8Array): Promise<void> {
    const before = this.#entries.get(path)?.bytes ?? new Uint8Array();
    const more = bytesOf(content);
    const all = new Uint8Array(before.length + more.length);
    all.set(before);
    all.set(more, before.length);
    this.#put(path, all);
  }

  async replace(path: string, content: string | Uint8Array, like?: FileFacts): Promise<void> {
    this.#check(path);
    const mode = like?.mode ?? 0o644;
    this.#requireFolder(path);
    if (this.#entries.get(path)?.kind === 'directory') throw systemError('EISDIR', path);
    this.#entries.delete(path);
    this.#put(path, content).mode = mode;
  }

  async link(from: string, to: string): Promise<void> {
    this.#check(to);
    this.#requireFolder(to);
    if (this.#entries.has(to)) throw systemError('EEXIST', to);
    this.#entries.set(to, this.#file(from));
    this.#changed(to);
  }

  async rename(from: string, to: string): Promise<void> {
    this.renameNow(from, to);
  }

  async stage(path: string, content: string | Uint8Array, like?: FileFacts): Promise<void> {
    await this.replace(path, content, like);
  }

  async syncFolder(path: string): Promise<void> {
    if (!this.#entries.has(path)) throw systemError('ENOENT', path);
  }

  async syncFile(path: string): Promise<void> {
    this.#file(path);
  }

  async hold(path: string): Promise<HeldFile> {
    const entry = this.#file(path);
    return {
      read: async () => entry.bytes.slice(),
      sync: async () => this.#check(path),
      release: async () => undefined,
    };
  }

  renameNow(from: string, to: string): void {
    this.#check(from);
    this.#check(to);
    if (!this.#entries.has(from)) throw systemError('ENOENT', from);
    this.#requireFolder(to);
    for (const [path, entry] of [...this.#entries]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.#entries.delete(path);
      this.#entries.set(`${to}${path.slice(from.length)}`, entry);
    }
    this.#changed(from);
    this.#changed(to);
  }

  async remove(path: string): Promise<void> {
    this.#check(path);
    if (!this.#entries.delete(path)) throw systemError('ENOENT', path);
    this.#changed(path);
  }

  async removeTree(path: string): Promise<void> {
    this.#check(path);
    for (const one of [...this.#entries.keys()]) {
      if (one === path || one.startsWith(`${path}/`)) this.#entries.delete(one);
    }
    this.#changed(path);
  }

  async freeBytes(): Promise<number> {
    return [...this.#refused.values()].includes('ENOSPC') ? 0 : FREE_BYTES;
  }

  async isNetwork(): Promise<boolean> {
    return false;
  }

  watch(directory: string, changed: () => void): { stop(): void } {
    const watchers = this.#watchers.get(directory) ?? new Set();
    this.#watchers.set(directory, watchers);
    watchers.add(changed);
    return { stop: () => void watchers.delete(changed) };
  }

  #file(path: string): Entry {
    const entry = this.#entries.get(path);
    if (entry === undefined) throw systemError('ENOENT', path);
    if (entry.kind === 'directory') throw systemError('EISDIR', path);
    return entry;
  }

  #put(path: string, content: string | Uint8Array): Entry {
    this.#check(path);
    this.#requireFolder(path);
    const known = this.#entries.get(path);
    if (known?.kind === 'directory') throw systemError('EISDIR', path);
    const entry = known ?? this.#add(path, 'file');
    entry.bytes = bytesOf(content);
    entry.mtimeMs = this.#clock.now();
    this.#changed(path);
    return entry;
  }

  #makeDirectory(path: string): void {
    if (this.#entries.get(path)?.kind === 'directory') return;
    this.#check(path);
    if (this.#entries.has(path)) throw systemError('EEXIST', path);
    if (path !== '/') this.#makeDirectory(folderOf(path));
    this.#add(path, 'directory');
    this.#changed(path);
  }

  #add(path: string, kind: Entry['kind']): Entry {
    this.#inodes += 1;
    const mode = kind === 'file' ? 0o644 : 0o755;
    const mtimeMs = this.#clock.now();
    const entry = { kind, bytes: new Uint8Array(), inode: this.#inodes, mtimeMs, mode };
    this.#entries.set(path, entry);
    return entry;
  }

  #requireFolder(path: string): void {
    const folder = this.#entries.get(folderOf(path));
    if (folder === undefined) throw systemError('ENOENT', path);
    if (folder.kind !== 'directory') throw systemError('ENOTDIR', path);
  }

  #check(path: string): void {
    for (const [refused, code] of this.#refused) {
      if (path === refused || path.startsWith(`${refused}/`)) throw systemError(code, path);
    }
  }

  #changed(path: string): void {
    const watchers = this.#watchers.get(folderOf(path));
    for (const tell of watchers ?? []) {
      this.#soon(() => {
        if (watchers?.has(tell) === true) tell();
      });
    }
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content.slice();
}

/** As Node has it: callers look at `code`. */
function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code, path });
}
