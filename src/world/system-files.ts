import { randomUUID } from 'node:crypto';
import { constants, renameSync, type Stats, statSync, watch } from 'node:fs';
import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FileFacts, Files, HeldFile, OpenFile } from './files.ts';

/**
 * The file system of this host. What must survive power loss (`createExclusive`, `replace`) is
 * flushed to the disk together with the folder that names it.
 */
export const systemFiles: Files = {
  read: (path) => fs.readFile(path),
  readRange,
  open,
  // Another thread, and an error where nothing is, would take many times as long as the answer.
  facts: async (path) => factsNow(path),
  factsNow,
  realPath: (path) => fs.realpath(path),
  isWritable: (path) => fs.access(path, constants.W_OK).then(() => true, notPermitted),
  names: (directory) => fs.readdir(directory),
  makeDirectory: async (path, mode = 0o777) => {
    await fs.mkdir(path, { recursive: true, mode });
  },
  createExclusive: async (path, content) => {
    await writeDurably(path, content);
    await sync(dirname(path));
  },
  write: (path, content) => fs.writeFile(path, content),
  append: (path, content) => fs.appendFile(path, content),
  replace,
  link: async (from, to) => {
    await fs.link(from, to);
    await sync(dirname(to));
  },
  stage: async (path, content, like) => {
    await fs.rm(path, { force: true });
    await writeDurably(path, content, like);
  },
  renameNow: renameSync,
  syncFolder: sync,
  syncFile: sync,
  hold,
  rename: async (from, to) => {
    await fs.rename(from, to);
    await sync(dirname(to));
  },
  remove: (path) => fs.rm(path),
  removeTree: (path) => fs.rm(path, { recursive: true, force: true }),
  freeBytes: async (path) => {
    const facts = await fs.statfs(path);
    return facts.bavail * facts.bsize;
  },
  isNetwork: async (path) => NETWORK_TYPES.includes((await fs.statfs(path)).type),
  watch: watchDirectory,
};

/**
 * A link would be replaced by a file, so callers pass the real path. The temporary file lies in the
 * same folder, because a rename is atomic only within one file system.
 */
async function replace(
  path: string,
  content: string | Uint8Array,
  like?: FileFacts,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await writeDurably(temporary, content, like);
  try {
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
  await sync(dirname(path));
}

async function writeDurably(
  path: string,
  content: string | Uint8Array,
  like?: FileFacts,
): Promise<void> {
  // What few may read is never readable by more, not even while it is written.
  const file = await fs.open(path, 'wx', like === undefined ? 0o666 : like.mode & 0o777);
  try {
    await file.writeFile(content);
    if (like !== undefined) {
      // The owner first: changing it clears set-user-id bits. Only root may give files away.
      const own = (uid: number): Promise<void> => file.chown(uid, like.gid).catch(unlessForbidden);
      await own(like.uid);
      if ((await file.stat()).gid !== like.gid) await own(UNCHANGED);
      await file.chmod(like.mode & 0o7777);
    }
    await file.sync();
  } catch (error) {
    await fs.rm(path, { force: true }); // a part of the content must not pass for all of it
    throw error;
  } finally {
    await file.close();
  }
}

/** For chown(2). */
const UNCHANGED = -1;

function unlessForbidden(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPERM') throw error;
}

async function sync(path: string): Promise<void> {
  const opened = await fs.open(path, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}

async function hold(path: string): Promise<HeldFile> {
  const file = await fs.open(path, READ);
  return {
    read: async () => {
      const bytes = Buffer.alloc((await file.stat()).size);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
      return bytes.subarray(0, bytesRead);
    },
    sync: () => file.datasync(),
    release: () => file.close(),
  };
}

/** Opening a pipe that took a file's place must not wait for its other end. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;

async function readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await fs.open(path, READ);
  try {
    return await rangeOf(file, offset, length);
  } finally {
    await file.close();
  }
}

async function rangeOf(file: fs.FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, await fill(file, bytes, offset));
}

async function fill(file: fs.FileHandle, bytes: Uint8Array, offset: number): Promise<number> {
  let filled = 0;
  while (filled < bytes.length) {
    const left = bytes.length - filled;
    const { bytesRead } = await file.read(bytes, filled, left, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

async function open(path: string): Promise<OpenFile> {
  const file = await fs.open(path, READ);
  try {
    const facts = factsOf(await file.stat());
    return {
      facts,
      realPath: await whereItLies(file, path, facts),
      readRange: (offset, length) => rangeOf(file, offset, length),
      readInto: (target, offset) => fill(file, target, offset),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Linux knows it of the descriptor itself; elsewhere the path is looked at once more. */
async function whereItLies(file: fs.FileHandle, path: string, facts: FileFacts): Promise<string> {
  const known = await fs.readlink(`/proc/self/fd/${file.fd}`).catch(nothingThere);
  if (known !== null) return known;
  const real = await fs.realpath(path);
  const there = factsOf(await fs.stat(real));
  if (there.device === facts.device && there.inode === facts.inode) return real;
  throw Object.assign(new Error(`ESTALE: ${path} was exchanged`), { code: 'ESTALE', path });
}

function factsNow(path: string): FileFacts | null {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? null : factsOf(stats);
  } catch (error) {
    return nothingThere(error as NodeJS.ErrnoException);
  }
}

function factsOf(stats: Stats): FileFacts {
  return {
    kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other',
    size: stats.size,
    mtimeMs: stats.mtimeMs,
    mode: stats.mode,
    uid: stats.uid,
    gid: stats.gid,
    device: stats.dev,
    inode: stats.ino,
  };
}

function nothingThere(error: NodeJS.ErrnoException): null {
  if (NOTHING_THERE.includes(error.code ?? '')) return null;
  throw error;
}

/** No file has a name that is too long or holds a NUL, and none is where links go round. */
const NOTHING_THERE = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'ERR_INVALID_ARG_VALUE'];

function notPermitted(error: NodeJS.ErrnoException): false {
  if (error.code === 'EACCES' || error.code === 'EPERM') return false;
  throw error;
}

/** Missing is allowed, so a host that is out of watches only makes the callers' polling matter. */
function watchDirectory(directory: string, changed: () => void): { stop(): void } {
  try {
    const watcher = watch(directory, { persistent: false }, changed);
    watcher.on('error', () => watcher.close());
    return { stop: () => watcher.close() };
  } catch {
    return { stop: () => undefined };
  }
}

/** `f_type` of statfs(2) on Linux: NFS, SMB, CIFS, SMB2, AFS, Coda, Ceph, Lustre, GPFS, NCP. */
const NETWORK_TYPES: readonly number[] = [
  ...[0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0x73757245],
  ...[0x00c36400, 0x0bd00bd0, 0x47504653, 0x564c],
];
