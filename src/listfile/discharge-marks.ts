import { createHash } from 'node:crypto';
import type { TaskStatus } from '../domain/status.ts';
import type { ListMark } from '../domain/tasklist/model.ts';
import type { FileFacts } from '../world/files.ts';
import type { World } from '../world/world.ts';
import { parseList } from './parse-list.ts';
import { renderSidecar, type SidecarEntry, sidecarPath } from './sidecar.ts';
import { decodeText } from './source-text.ts';
import { type WriteMarksResult, writeMarks } from './write-back.ts';

/** The marks that a file is owed, and whom to tell that it has them. */
export interface MarkDuty {
  owed(): Promise<OwedMarks>;
  /** Every task of the list, in its order: for a list that has no place for marks. */
  all(): Promise<readonly SidecarEntry[]>;
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
  /** They stay owed. */
  | { readonly kind: 'no-file' | 'contended'; readonly reason: string };

/**
 * Bring the marks in a list's file up to what is stored, once. Whoever calls this holds the lock
 * `marks:<list>`, or two processes could write at once.
 *
 * @throws the Node error when the file cannot be written.
 */
export async function dischargeMarks(
  world: World,
  path: string,
  duty: MarkDuty,
): Promise<Discharge> {
  const owed = await duty.owed();
  if (owed.tasks.length === 0) return { kind: 'nothing-owed' };
  const seen = await lookAt(world, path, owed.seenHash);
  const wanted = new Map(owed.tasks.map(({ taskId, status }) => [taskId, status]));
  const known = owed.tasks.flatMap(({ taskId, knownMarks }) =>
    knownMarks === undefined ? [] : ([[taskId, knownMarks]] as const),
  );
  const result = await writeMarks(world, path, wanted, seen, { knownMarks: new Map(known) });
  if (result.kind === 'no-file') return result;
  if (result.kind === 'contended') {
    return { kind: 'contended', reason: `${path} was saved while it was to be marked` };
  }
  if (result.marked.noPlace.length > 0) await writeSidecar(world, path, result, duty);
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

/** How the content of a list file is named. */
export function listHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The file's facts when it is what was last seen; null when it was edited since. */
async function lookAt(
  { files }: World,
  path: string,
  seenHash: string | null,
): Promise<FileFacts | null> {
  try {
    const facts = await files.facts(path);
    if (facts === null || facts.kind !== 'file' || seenHash === null) return null;
    return listHash(await files.read(path)) === seenHash ? facts : null;
  } catch {
    return null; // writing finds the same fault, and says so
  }
}

async function writeSidecar(
  { files }: World,
  path: string,
  { marked }: Extract<WriteMarksResult, { readonly marked: unknown }>,
  duty: MarkDuty,
): Promise<void> {
  const { places } = parseList(marked.bytes);
  const entries = (await duty.all()).filter(({ taskId }) => !places.has(taskId));
  await files.replace(sidecarPath(path), renderSidecar(entries));
}
