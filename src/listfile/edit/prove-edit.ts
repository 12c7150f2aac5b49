import { PawlError } from '../../domain/errors.ts';
import type { KnownBox } from '../../domain/tasklist/box-names.ts';
import type { Finding, ListTask } from '../../domain/tasklist/model.ts';
import { withListNeeds } from '../grammar/list-needs.ts';
import { type ParsedList, type ParseListOptions, parseList } from '../grammar/parse-list.ts';

export type ListEditOptions = ParseListOptions;

/** What an edit of a list gives. */
export interface EditedList {
  /** The same object as the source when nothing had to change. */
  readonly bytes: Uint8Array;
  /** The task as it is read from `bytes`. */
  readonly task: ListTask;
}

/** What reading back the edited list must give. */
export interface ExpectedEdit {
  /** The fields that are to be so; those that are left out are as they were. */
  readonly fields: Partial<ListTask>;
  /** The edited task as it was; null for one that is added. */
  readonly old: ListTask | null;
  /** Its line went to another place: with it what its section says of it. */
  readonly moved: boolean;
  readonly ignoreMissing: boolean;
}

/** Read the edited list with the ids that its boxes have now. */
export function readBack(
  bytes: Uint8Array,
  before: ParsedList,
  options: ListEditOptions,
): ParsedList {
  return parseList(bytes, { ...options, knownBoxes: knownBoxesOf(before, options) });
}

/** The task of the edit, when the list is read back exactly as expected. */
export function proveEdit(before: ParsedList, after: ParsedList, expected: ExpectedEdit): Proof {
  const known = new Set(before.document.tasks.map((task) => task.taskId));
  const { old, ignoreMissing } = expected;
  const added = after.document.tasks.filter((task) => !known.has(task.taskId));
  if (added.length !== (old === null ? 1 : 0)) {
    const more = added.map((task) => task.taskId).join(', ');
    const what = old === null ? 'it would not be read as one task' : `${more} would be a new task`;
    return { kind: 'refuted', why: what };
  }
  const byId = new Map(after.document.tasks.map((task) => [task.taskId, task]));
  const task = old === null ? added[0] : byId.get(old.taskId);
  if (task === undefined) return { kind: 'refuted', why: `${old?.taskId} would be gone` };
  const why =
    differenceOf(task, { ...expected, fields: withListNeeds(expected.fields, before.needs) }) ??
    othersDiffer(before, byId, task.taskId) ??
    orderDiffers(before, after, task.taskId, expected.moved) ??
    findingAdded(before, after, { task, ignoreMissing });
  return why === null ? { kind: 'proved', task } : { kind: 'refuted', why };
}

export type Proof =
  | { readonly kind: 'proved'; readonly task: ListTask }
  | { readonly kind: 'refuted'; readonly why: string };

/** Nothing that was tried is read back as wished. */
export function editRefused(what: string, why: string): PawlError {
  return new PawlError('list_edit_refused', `${what}: ${why}`, { details: { why } });
}

function knownBoxesOf({ document }: ParsedList, options: ListEditOptions): readonly KnownBox[] {
  const own = document.tasks
    .filter((task) => !task.explicitId)
    .map(({ taskId, section, description }) => ({ taskId, section, description }));
  const ids = new Set(own.map((box) => box.taskId));
  return [...own, ...(options.knownBoxes ?? []).filter((box) => !ids.has(box.taskId))];
}

type Field = keyof ListTask;

/** Every field but its place in the file. */
const CONTENT: readonly Field[] = [
  'taskId',
  'explicitId',
  'description',
  'section',
  'priority',
  'mark',
  'dependencies',
  'steps',
  'criteria',
  'agent',
  'verify',
  'timeoutMs',
  'needs',
  'onDepFailure',
  'fields',
];

function differenceOf(task: ListTask, { fields, old, moved }: ExpectedEdit): string | null {
  for (const field of CONTENT) {
    // What a section says of its tasks is the section's.
    if (field === 'criteria' && (old === null || moved)) continue;
    const wanted = field in fields ? fields[field] : old?.[field];
    if (old === null && !(field in fields)) continue;
    if (same(task[field], wanted)) continue;
    return `its ${field} would be read back as ${said(task[field])}, not ${said(wanted)}`;
  }
  return null;
}

function othersDiffer(
  before: ParsedList,
  after: ReadonlyMap<string, ListTask>,
  taskId: string,
): string | null {
  for (const old of before.document.tasks) {
    if (old.taskId === taskId) continue;
    const now = after.get(old.taskId);
    if (now === undefined) return `${old.taskId} would be gone`;
    const field = CONTENT.find((name) => !unchanged(name, old, now));
    if (field !== undefined) return `the ${field} of ${old.taskId} would change, too`;
  }
  return null;
}

/** Whoever waits for a task that was missing may have spelt it in other letters. */
function unchanged(field: Field, old: ListTask, now: ListTask): boolean {
  if (field !== 'dependencies') return same(old[field], now[field]);
  return same(old.dependencies.map(inLowerCase), now.dependencies.map(inLowerCase));
}

function inLowerCase(id: string): string {
  return id.toLowerCase();
}

function orderDiffers(
  before: ParsedList,
  after: ParsedList,
  taskId: string,
  moved: boolean,
): string | null {
  const order = ({ document }: ParsedList): string =>
    document.tasks
      .map((task) => task.taskId)
      .filter((id) => id !== taskId)
      .join('\n');
  const stays = (list: ParsedList): number | undefined =>
    list.document.tasks.find((task) => task.taskId === taskId)?.position;
  if (order(before) !== order(after)) return 'the order of other tasks would change';
  const isNew = stays(before) === undefined;
  return moved || isNew || stays(before) === stays(after) ? null : 'it would change its place';
}

function findingAdded(
  before: ParsedList,
  after: ParsedList,
  { task, ignoreMissing }: { readonly task: ListTask; readonly ignoreMissing: boolean },
): string | null {
  const counts = new Map<string, number>();
  const count = (finding: Finding, more: number): number => {
    const key = `${finding.code} ${finding.taskId}`;
    counts.set(key, (counts.get(key) ?? 0) + more);
    return counts.get(key) as number;
  };
  for (const finding of before.document.findings) count(finding, 1);
  for (const finding of after.document.findings) {
    if (count(finding, -1) >= 0) continue;
    const { code } = finding;
    if (code === 'dependency_cycle') {
      throw new PawlError('list_cycle', finding.message, { details: { taskId: task.taskId } });
    }
    const wanted = code === 'dangling_dependency' && finding.taskId === task.taskId;
    if (wanted && ignoreMissing) continue;
    return `it would bring a finding: ${finding.message}`;
  }
  return null;
}

function same(a: unknown, b: unknown): boolean {
  return said(a) === said(b);
}

function said(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
