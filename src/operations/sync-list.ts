import { assertNever } from '../domain/errors.ts';
import { markOf } from '../domain/tasklist/mark.ts';
import type { Finding, ListMark } from '../domain/tasklist/model.ts';
import { isReadOnly } from '../listfile/file/rewrite-list-file.ts';
import type { ListSummary, LoadPreview, Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import {
  asItIs,
  type LoadTaskList,
  loadTaskList,
  type ReadyToLoad,
  readyToLoad,
} from './load-task-list.ts';
import { type OperationContext, operation, type ProjectContext } from './operation.ts';
import { type MarksResult, writeListMarks } from './write-list-marks.ts';

export interface SyncedList {
  readonly list: string;
  readonly added: number;
  readonly updated: number;
  readonly moved: number;
  readonly archived: number;
  /** Written into the file. */
  readonly marks: number;
  /** Null when the file carries every mark; otherwise why some are still owed. */
  readonly marksOwed: string | null;
  readonly findings: readonly Finding[];
}

/** Bring the queue to what the list's file says, then the file's marks to what the queue says. */
export async function syncList(ctx: ProjectContext, input: LoadTaskList): Promise<SyncedList> {
  const { list, added, updated, moved, archived, findings } = await loadTaskList(ctx, input);
  const result = await writeListMarks(ctx, list.path);
  const marks = result.kind === 'written' ? result.marks : 0;
  const counts = { added, updated, moved, archived };
  return { list: list.path, ...counts, marks, marksOwed: whyOwed(result), findings };
}

export interface SyncPreview extends Omit<LoadPreview, 'list' | 'statuses'> {
  readonly list: string;
  /** No list is known by this file. */
  readonly isNew: boolean;
  readonly renamedFrom: string | null;
  /** Marks that the file lacks. */
  readonly marks: readonly MarkDifference[];
  readonly inSync: boolean;
}

export interface MarkDifference {
  readonly taskId: string;
  /** 1-based. */
  readonly line: number;
  readonly from: ListMark;
  readonly to: ListMark;
}

/** What `syncList` would do: the same reading and comparison, and nothing after it. */
export async function previewSync(
  ctx: Omit<OperationContext, 'store'> & { readonly store: Store },
  input: LoadTaskList,
): Promise<SyncPreview> {
  return await operation(ctx, { operation: 'preview-sync', list: input.path }, async () => {
    const { ready, preview } = await asItIs(async () => {
      const now = await readyToLoad(ctx, input);
      return { ready: now, preview: await ctx.store.previewLoad(now.load) };
    });
    const { list, statuses, ...rest } = preview;
    const { load } = ready;
    const isMarked = load.writeBack && !(await standBeside(ctx, ready, list));
    const marks = isMarked ? missingMarks(ready, statuses) : [];
    const renamedFrom = load.renames?.from ?? null;
    const isNew = list === null;
    const inSync =
      !isNew && renamedFrom === null && rest.differences.length === 0 && marks.length === 0;
    return { list: load.path, isNew, renamedFrom, ...rest, marks, inSync };
  });
}

/** The marks of a list that is read-only are in the file beside it. */
async function standBeside(
  { store, world }: { readonly store: Store; readonly world: World },
  { file }: ReadyToLoad,
  list: ListSummary | null,
): Promise<boolean> {
  if (list === null || !(await isReadOnly(world, file))) return false;
  return (await store.marksOwed(list.listId)).tasks.length === 0;
}

function missingMarks(
  { file }: ReadyToLoad,
  statuses: LoadPreview['statuses'],
): readonly MarkDifference[] {
  return file.document.tasks.flatMap(({ taskId, line, mark }) => {
    const status = statuses.get(taskId);
    const to = status === undefined ? mark : markOf(status);
    return to === mark || !file.places.has(taskId) ? [] : [{ taskId, line, from: mark, to }];
  });
}

function whyOwed(result: MarksResult): string | null {
  switch (result.kind) {
    case 'written':
    case 'nothing-owed':
    case 'not-ours':
    case 'beside':
      return null;
    case 'held':
      return 'another process is writing the marks';
    case 'no-file':
    case 'contended':
      return result.reason;
    default:
      return assertNever(result);
  }
}
