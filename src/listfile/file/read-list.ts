import { PawlError } from '../../domain/errors.ts';
import type { FileFacts } from '../../world/files.ts';
import type { World } from '../../world/world.ts';
import {
  LIST_BYTES_MAX,
  type ParsedList,
  type ParseListOptions,
  parseList,
  tooLarge,
} from '../grammar/parse-list.ts';
import { sameFacts } from './file-facts.ts';

/**
 * Load a list from the file system.
 *
 * @throws PawlError those of `readAnyList`; `list_empty` (its findings in `details.findings`).
 */
export async function readList(
  world: World,
  path: string,
  options: ReadListOptions = {},
): Promise<LoadedList> {
  const list = await readAnyList(world, path, options);
  if (list.document.tasks.length === 0) {
    throw new PawlError('list_empty', `${path} holds no task that Pawl takes`, {
      details: { path, findings: list.document.findings },
    });
  }
  return list;
}

/**
 * The same, of a file that may hold no task at all: what is amiss is in its findings.
 *
 * @throws PawlError `list_unreadable` (missing, forbidden), `list_not_a_file`, `list_not_text`,
 *   `list_too_large`, `deadline_exceeded`, `aborted`.
 */
export async function readAnyList(
  world: World,
  path: string,
  options: ReadListOptions = {},
): Promise<LoadedList> {
  const file = await inTime(world, path, options, readFile(world, path, options));
  return { ...parseList(file.bytes, options), ...file };
}

export interface ReadListOptions extends ParseListOptions {
  /** Milliseconds; default 10,000. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

export interface ListFile {
  readonly bytes: Uint8Array;
  /** Symbolic links resolved. */
  readonly realPath: string;
  /** Of the very bytes read. */
  readonly facts: FileFacts;
}

export interface LoadedList extends ParsedList, ListFile {}

const READ_DEADLINE_MS = 10_000;
/** How often to read again when somebody saves the file while it is read. */
const READS_MAX = 5;

/** Only a regular file is opened: opening a FIFO would wait for its other end. */
async function readFile(
  world: World,
  path: string,
  { listBytesMax = LIST_BYTES_MAX }: ParseListOptions,
): Promise<ListFile> {
  const { files } = world;
  for (let reads = 1; ; reads += 1) {
    try {
      const facts = await files.facts(path);
      if (facts === null) throw new PawlError('list_unreadable', `there is no file ${path}`);
      if (facts.kind !== 'file') throw notAFile(path, facts);
      if (facts.size > listBytesMax) throw tooLarge(facts.size, listBytesMax);
      const realPath = await files.realPath(path);
      const bytes = await files.readRange(realPath, 0, facts.size + 1);
      const after = await files.facts(path);
      if (after !== null && sameFacts(facts, after)) return { bytes, realPath, facts };
      if (reads >= READS_MAX) {
        throw new PawlError('list_unreadable', `${path} changes faster than it can be read`);
      }
    } catch (cause) {
      if (cause instanceof PawlError) throw cause;
      throw new PawlError('list_unreadable', `cannot read ${path}`, { details: { path }, cause });
    }
  }
}

function notAFile(path: string, facts: FileFacts): PawlError {
  const what = facts.kind === 'directory' ? 'a directory' : 'no regular file';
  return new PawlError('list_not_a_file', `${path} is ${what}`, { details: { path } });
}

/** A file system that never answers must not hold its caller. */
function inTime<T>(
  world: World,
  path: string,
  { deadlineMs = READ_DEADLINE_MS, signal }: ReadListOptions,
  work: Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const finish = (end: () => void): void => {
      timer.clear();
      signal?.removeEventListener('abort', abort);
      end();
    };
    const timer = world.timers.after(deadlineMs, () => {
      const message = `reading ${path} took over ${deadlineMs} ms`;
      finish(() => reject(new PawlError('deadline_exceeded', message, { details: { path } })));
    });
    const abort = (): void => {
      finish(() => reject(new PawlError('aborted', `reading ${path} was cancelled`)));
    };
    signal?.addEventListener('abort', abort, { once: true });
    work.then(
      (value) => finish(() => resolve(value)),
      (error: unknown) => finish(() => reject(error)),
    );
    if (signal?.aborted === true) abort();
  });
}
