import { PawlError } from '../domain/errors.ts';
import type { Finding } from '../domain/tasklist/model.ts';
import { listHash } from '../listfile/discharge-marks.ts';
import { type LoadedList as ListFile, readList } from '../listfile/read-list.ts';
import type { LoadedList } from '../store/store.ts';
import { type OperationContext, operation } from './operation.ts';

export interface LoadTaskList {
  /** Absolute. */
  readonly path: string;
  /** Start tasks although a dependency of theirs does not exist. */
  readonly ignoreMissing?: boolean;
  /** The list may come from another host: both mean the same file. */
  readonly join?: boolean;
  /** Marks go into the file; default true. */
  readonly writeBack?: boolean;
  readonly listBytesMax?: number;
  readonly signal?: AbortSignal;
}

/**
 * Read a list file and bring the store to what it says, in one transaction; a list with a finding
 * of severity `error` changes nothing. Loading the same file again changes nothing.
 *
 * @throws PawlError those of `readListFile`; `list_foreign_host`.
 */
export async function loadTaskList(
  ctx: OperationContext,
  input: LoadTaskList,
): Promise<LoadedList> {
  return await operation(ctx, { operation: 'load-task-list', list: input.path }, async () => {
    const file = await readListFile(ctx, input);
    const loaded = await ctx.store.loadList({
      path: input.path,
      realPath: file.realPath,
      host: ctx.world.processes.host,
      document: file.document,
      seenHash: listHash(file.bytes),
      seenText: file.source.text,
      ignoreMissing: input.ignoreMissing ?? false,
      joinHost: input.join ?? false,
      writeBack: input.writeBack ?? true,
    });
    const { added, updated, archived } = loaded;
    ctx.log.info('list.loaded', { list: input.path, added, updated, archived });
    return loaded;
  });
}

/**
 * Read a list file that Pawl could take.
 *
 * @throws PawlError `list_unreadable`, `list_not_a_file`, `list_not_text`, `list_too_large`,
 *   `list_empty`, `list_cycle` (the path in its message), `list_invalid`; `details.findings` has
 *   everything that was found.
 */
export async function readListFile(
  { world }: Pick<OperationContext, 'world'>,
  input: Pick<LoadTaskList, 'path' | 'listBytesMax' | 'signal'>,
): Promise<ListFile> {
  const { path, listBytesMax, signal } = input;
  const file = await readList(world, path, {
    ...(listBytesMax === undefined ? {} : { listBytesMax }),
    ...(signal === undefined ? {} : { signal }),
  });
  const { findings } = file.document;
  const errors = findings.filter((finding) => finding.severity === 'error');
  const cycle = errors.find((finding) => finding.code === 'dependency_cycle');
  if (cycle !== undefined) throw refused('list_cycle', cycle.message, { path, findings });
  if (errors.length > 0) {
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    throw refused('list_invalid', `${errors[0]?.message}${more}`, { path, findings });
  }
  return file;
}

function refused(
  code: 'list_cycle' | 'list_invalid',
  message: string,
  details: { readonly path: string; readonly findings: readonly Finding[] },
): PawlError {
  return new PawlError(code, `${details.path}: ${message}`, { details: { ...details } });
}
