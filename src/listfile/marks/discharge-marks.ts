import { createHash } from 'node:crypto';
import type { TaskStatus } from '../../domain/status.ts';
import type { KnownBox } from '../../domain/tasklist/box-names.ts';
import type { ListMark } from '../../domain/tasklist/model.ts';
import type { FileFacts } from '../../world/files.ts';
import type { World } from '../../world/world.ts';
import { mayBeInSaving } from '../file/file-facts.ts';
import { parseList } from '../grammar/parse-list.ts';
import { decodeText } from '../grammar/source-text.ts';
import type { MarkedList } from './mark-list.ts';
import { renderSidecar, type SidecarEntry, sidecarPath } from './sidecar.ts';
import { markText, writeMarks } from './write-back.ts';

/** The marks that a file is owed, and whom to tell that it has them. */
export interface MarkDuty {
  owed(): Promise<OwedMarks>;
  /** Every task of the list, in its order: for a list that has no place for marks. */
  all(): Promise<readonly SidecarEntry[]>;
  /** The made ids of lines that carry none, which the file is read with; default: none. */
  boxes?(): Promise<readonly KnownBox[]>;
  written(marks: DischargedMarks): Promise<void>;
}

export interface OwedMarks {
  readonly upToSeq: number;
  readonly seenHash: string | null;
  readonly tasks: readonly {
    readonly taskId: string;
    readonly status: TaskStatus;
    /** Marks that were not made by hand; see `MarkListOptions.knownMarks`. */
    readonly knownMarks?: readonly ListMark[];
  }[];
}

export interface DischargedMarks {
  readonly upToSeq: number;
  /** Null when the file holds edits that were not loaded: it was not seen as it is. */
  readonly seenHash: string | null;
  readonly seenText: string | null;
  readonly marks: readonly { readonly taskId: string; readonly mark: ListMark }[];
}

export type Discharge =
  | { readonly kind: 'nothing-owed' }
  | { readonly kind: 'written'; readonly marks: number }
  /** The list itself is read-only: they stand in the file beside it. */
  | { readonly kind: 'beside'; readonly reason: string }
  /** They stay owed. */
  | { readonly kind: 'no-file' | 'contended'; readonly reason: string };

/**
 * Bring the marks in a list's file up to what is stored, once. Whoever calls this holds the lock
 * `marks:<list>`, or two processes could write at once. What is replaced is kept in `keepIn`.
 *
 * @throws the Node error when the file cannot be written.
 */
export async function dischargeMarks(
  world: World,
  path: string,
  duty: MarkDuty,
  keepIn: string,
): Promise<Discharge> {
  const owed = await duty.owed();
  if (owed.tasks.length === 0 && !(await hasOldMarks(world, path, owed, duty))) {
    return { kind: 'nothing-owed' };
  }
  const found = await lookAt(world, path);
  const seen = found !== null && listHash(found.bytes) === owed.seenHash ? found.facts : null;
  const all = await duty.all();
  const knownBoxes = await boxesOf(duty);
  if (found !== null && seen === null && isHalfSaved(world, found, all, knownBoxes)) {
    return contended(path);
  }
  const wanted = wantedMarks(owed, all);
  // What is saved between that look and the writing may be half a file, too.
  const mayLackTasks = (bytes: Uint8Array): boolean =>
    found !== null && listHash(bytes) === listHash(found.bytes);
  const options = { ...wanted, knownBoxes, keepIn, mayLackTasks };
  const result = await writeMarks(world, path, wanted.marks, seen, options);
  if (result.kind === 'read-only') return await markBeside(world, path, { owed, duty, result });
  if (result.kind === 'no-file') return result;
  if (result.kind === 'contended') return contended(path);
  if (result.marked.noPlace.length > 0) {
    await writeSidecar(world, path, { marked: result.marked, knownBoxes }, duty);
  }
  const { bytes, marks, handEdited } = result.marked;
  const isAsSeen = seen !== null && !result.edited;
  await duty.written({
    upToSeq: owed.upToSeq,
    seenHash: isAsSeen ? listHash(bytes) : null,
    seenText: isAsSeen ? decodeText(bytes).text : null,
    marks: owed.tasks.flatMap(({ taskId }) => {
      const mark = handEdited.includes(taskId) ? undefined : marks.get(taskId);
      return mark === undefined ? [] : [{ taskId, mark }];
    }),
  });
  return { kind: 'written', marks: result.marked.changed.length };
}

/**
 * Whether an editor saved what it had read before the last marks were written: nothing is owed, and
 * the file says otherwise. The next load is not waited for, or file and queue would disagree in
 * silence until then.
 */
export async function hasOldMarks(
  world: World,
  path: string,
  { seenHash }: Pick<OwedMarks, 'seenHash'>,
  duty: Pick<MarkDuty, 'all' | 'boxes'>,
): Promise<boolean> {
  const found = await lookAt(world, path);
  if (found === null || listHash(found.bytes) === seenHash) return false;
  const marked = await withStoredMarks(found.bytes, duty);
  return marked !== null && marked !== found.bytes;
}

/** All marks as they are stored, in a content that an editor saved. Null when it is no list. */
export async function withStoredMarks(
  bytes: Uint8Array,
  duty: Pick<MarkDuty, 'all' | 'boxes'>,
): Promise<Uint8Array | null> {
  const { marks, knownMarks } = wantedMarks({ tasks: [] }, await duty.all());
  const knownBoxes = await boxesOf(duty);
  return markText(bytes, marks, { knownMarks, knownBoxes })?.bytes ?? null;
}

async function boxesOf({ boxes }: Pick<MarkDuty, 'boxes'>): Promise<readonly KnownBox[]> {
  return boxes === undefined ? [] : await boxes();
}

/**
 * The marks to write: those that are owed, and those of `all` others that an editor set back: it
 * may have saved what it read long before they were written. Only a tick and `[-]` can be meant by
 * who makes them; any other mark that differs is merely old.
 */
function wantedMarks(
  owed: Pick<OwedMarks, 'tasks'>,
  all: readonly SidecarEntry[],
): {
  readonly marks: ReadonlyMap<string, TaskStatus>;
  readonly knownMarks: ReadonlyMap<string, readonly ListMark[]>;
} {
  const marks = new Map(all.map(({ taskId, status }) => [taskId, status]));
  const knownMarks = new Map(all.map(({ taskId }) => [taskId, OLD_MARKS]));
  for (const { taskId, status, knownMarks: known } of owed.tasks) {
    marks.set(taskId, status);
    if (known === undefined) knownMarks.delete(taskId);
    else knownMarks.set(taskId, [...OLD_MARKS, ...known]);
  }
  return { marks, knownMarks };
}

const OLD_MARKS: readonly ListMark[] = ['queued', 'running', 'failed'];

/**
 * A file that lacks tasks may be one of which an editor has written a half so far: it is neither
 * marked, nor are those tasks taken for removed, until it is left alone for a moment.
 */
function isHalfSaved(
  { clock }: World,
  { bytes, facts }: FoundList,
  all: readonly SidecarEntry[],
  knownBoxes: readonly KnownBox[],
): boolean {
  if (!mayBeInSaving(clock, facts)) return false;
  const marks = markText(bytes, new Map(), { knownBoxes })?.marks;
  return all.some(({ taskId }) => marks?.has(taskId) !== true);
}

function contended(path: string): Discharge {
  return { kind: 'contended', reason: `${path} was saved while it was to be marked` };
}

async function markBeside(
  world: World,
  path: string,
  {
    owed,
    duty,
    result,
  }: { readonly owed: OwedMarks; readonly duty: MarkDuty; readonly result: { reason: string } },
): Promise<Discharge> {
  await putSidecar(world, path, await duty.all());
  const nothing = { seenHash: null, seenText: null, marks: [] };
  await duty.written({ upToSeq: owed.upToSeq, ...nothing });
  return { kind: 'beside', reason: result.reason };
}

/** How the content of a list file is named. */
export function listHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface FoundList {
  readonly bytes: Uint8Array;
  readonly facts: FileFacts;
}

async function lookAt({ files }: World, path: string): Promise<FoundList | null> {
  try {
    const facts = await files.facts(path);
    if (facts === null || facts.kind !== 'file') return null;
    return { facts, bytes: await files.readRange(path, 0, facts.size) };
  } catch {
    return null; // writing finds the same fault, and says so
  }
}

async function writeSidecar(
  world: World,
  path: string,
  {
    marked,
    knownBoxes,
  }: {
    readonly marked: MarkedList;
    readonly knownBoxes: readonly KnownBox[];
  },
  duty: MarkDuty,
): Promise<void> {
  const { places } = parseList(marked.bytes, { knownBoxes });
  const entries = (await duty.all()).filter(({ taskId }) => !places.has(taskId));
  await putSidecar(world, path, entries);
}

/** By way of a file of one name: what a crash leaves of it, the next one replaces. */
async function putSidecar(
  { files }: World,
  path: string,
  entries: readonly SidecarEntry[],
): Promise<void> {
  const sidecar = sidecarPath(path);
  await files.stage(`${sidecar}.new`, renderSidecar(entries));
  await files.rename(`${sidecar}.new`, sidecar);
}
