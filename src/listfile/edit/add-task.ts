import { PawlError } from '../../domain/errors.ts';
import { ExistingIds } from '../../domain/tasklist/dependency-text.ts';
import type { ListTask } from '../../domain/tasklist/model.ts';
import { isCellId } from '../../domain/tasklist/task-id.ts';
import { plainText } from '../../domain/tasklist/wording.ts';
import type { ClauseKey } from '../grammar/clauses.ts';
import { type ParsedList, parseList } from '../grammar/parse-list.ts';
import { encodeText } from '../grammar/source-text.ts';
import type { WrittenTask } from '../grammar/written-task.ts';
import { NOTHING } from './change-setting.ts';
import { type ClauseStyle, clauseStyles, plainStyle } from './clause-style.ts';
import { type Anchor, anchorFor, type WishedPlace } from './edit-anchor.ts';
import { insertBeside } from './insert-lines.ts';
import { type ListLayout, layoutOf, type TaskSite } from './list-layout.ts';
import {
  frameOf,
  type IdFrame,
  NO_ID_FRAME,
  newItem,
  PLAIN_FRAME,
  withoutFlags,
} from './new-item.ts';
import { newRow } from './new-row.ts';
import { nextId } from './next-id.ts';
import {
  type EditedList,
  editRefused,
  type ListEditOptions,
  proveEdit,
  readBack,
} from './prove-edit.ts';
import { requireVisible, type WishedSettings, wishedFields } from './task-wish.ts';
import { applyEdits, type TextEdit } from './text-edit.ts';

export interface NewTask {
  readonly text: string;
  /** Left out: the next of the section's series, or none where its boxes have none. */
  readonly taskId?: string;
  readonly place: WishedPlace;
  readonly settings: WishedSettings;
  readonly steps: readonly string[];
  readonly ignoreMissing: boolean;
}

export interface AddTaskOptions extends ListEditOptions {
  /** Ids that the list had before, and that no other task may get. */
  readonly formerIds?: readonly string[];
}

/**
 * Add a task to a list as its neighbours are written; every other byte stays. What comes back was
 * read again: the new task is exactly the wish, every other task is what it was.
 *
 * @throws PawlError `usage`, `task_id_needed`, `task_id_taken`, `task_not_found`,
 *   `dependency_unknown`, `list_cycle`, `list_edit_refused`; those of `parseList`.
 */
export function addTask(
  bytes: Uint8Array,
  wish: NewTask,
  options: AddTaskOptions = {},
): EditedList {
  const before = parseList(bytes, options);
  const { tasks } = before.document;
  const layout = layoutOf(before);
  const text = wishedText(wish.text);
  const anchor = anchorFor(layout, tasks, placeOf(wish, tasks));
  const taskId = idFor(wish, layout, anchor, options.formerIds ?? []);
  const existing = new ExistingIds(tasks.map((task) => task.taskId));
  const fields = wishedFields(wish.settings, {
    taskId,
    existing,
    ignoreMissing: wish.ignoreMissing,
  });
  const steps = wish.steps.map((step) => wishedText(step));
  if (steps.length > 0 && anchor.site.kind === 'row') {
    throw editRefused('the new task', 'a row of a table has no place for steps');
  }
  const { dependencies } = fields;
  const nothing = isOrdered(before) ? NOTHING : null;
  const settings =
    dependencies === undefined
      ? wish.settings
      : { ...wish.settings, depends: dependencies.join(', ') || nothing };
  const expected = {
    fields: {
      ...standardIn(before),
      ...fields,
      ...(taskId !== null && { taskId }),
      ...readAs(anchor),
    },
    old: null,
    moved: false,
    ignoreMissing: wish.ignoreMissing,
  };
  const wanted = { ...expected, fields: { ...expected.fields, description: text, steps } };
  const refusals: string[] = [];
  for (const edits of candidates(layout, anchor, { taskId, text, settings, steps })) {
    const edited = applyEdits(before.source.text, edits);
    const made = encodeText({ ...before.source, text: edited });
    const proof = proveEdit(before, readBack(made, before, options), wanted);
    if (proof.kind === 'proved') return { bytes: made, task: proof.task };
    refusals.push(proof.why);
  }
  throw editRefused('the new task', refusals[0] ?? 'it could not be written');
}

/** One line, its white space collapsed as a reader does it. */
export function wishedText(written: string): string {
  const text = plainText(written);
  if (text === '') throw new PawlError('usage', 'a task needs a text');
  if (/[\n\r]/.test(written.trim())) {
    throw new PawlError('usage', 'the text of a task is one line: it has a line break');
  }
  requireVisible('the text', text);
  return text;
}

const STANDARD: Partial<ListTask> = {
  priority: 'P2',
  dependencies: [],
  agent: null,
  verify: null,
  timeoutMs: null,
  needs: [],
  onDepFailure: null,
  fields: {},
};

/** Where the order of the lines says what waits for what, it says so of a new one, too. */
function standardIn(list: ParsedList): Partial<ListTask> {
  if (!isOrdered(list)) return STANDARD;
  const { dependencies: _, ...rest } = STANDARD;
  return rest;
}

function isOrdered({ document }: ParsedList): boolean {
  return document.findings.some(({ code }) => code === 'order_inferred');
}

function readAs({ task, site }: Anchor): Partial<ListTask> {
  const hasMark = site.kind === 'item' || site.columns.byRole.has('status');
  return { section: task.section, mark: hasMark ? 'queued' : 'none' };
}

/** Beside the tasks of its series, where nothing else is said. */
function placeOf({ taskId, place }: NewTask, tasks: readonly ListTask[]): WishedPlace {
  if (taskId === undefined || Object.keys(place).length > 0) return place;
  const letters = /^(.*?)\d+$/u.exec(taskId)?.[1];
  const alike = tasks.findLast((task) => /^(.*?)\d+$/u.exec(task.taskId)?.[1] === letters);
  return letters === undefined || alike === undefined ? place : { after: alike.taskId };
}

function idFor(
  wish: NewTask,
  layout: ListLayout,
  anchor: Anchor,
  formerIds: readonly string[],
): string | null {
  const { tasks } = layout.parsed.document;
  const { taskId } = wish;
  const ids = new Set([...tasks.map((task) => task.taskId), ...formerIds]);
  if (taskId === undefined) {
    return anchor.task.explicitId ? nextId(besideIt(layout, tasks, wish, anchor), ids) : null;
  }
  if (!isCellId(taskId)) throw new PawlError('usage', `${taskId} is no id: it is not one word`);
  const other = new ExistingIds(ids).find(taskId);
  if (other === null) return taskId;
  const isThere = tasks.some((task) => task.taskId === other);
  const message = isThere ? `${other} is a task of this list` : `${other} was a task of this list`;
  throw new PawlError('task_id_taken', message, { details: { task: other } });
}

/** Whose series the new id goes on: the named neighbour's, else its whole table's or list's. */
function besideIt(
  layout: ListLayout,
  tasks: readonly ListTask[],
  { place }: NewTask,
  { task, site }: Anchor,
): readonly ListTask[] {
  if (place.before !== undefined || place.after !== undefined) return [task];
  return tasks.filter((one) => isNeighbour(layout.site(one), site));
}

function isNeighbour(one: TaskSite | null, other: TaskSite): boolean {
  if (one?.kind === 'row' && other.kind === 'row') return one.table === other.table;
  return one?.kind === 'item' && other.kind === 'item' && one.siblings === other.siblings;
}

/** The ways to write it, the list's own first. */
function* candidates(
  layout: ListLayout,
  anchor: Anchor,
  task: WrittenTask,
): Generator<readonly TextEdit[]> {
  const near = nearestFirst(layout.parsed.document.tasks, anchor.task);
  for (const styleOf of [clauseStyles(layout, near), plainStyle]) {
    for (const lines of linesFor(layout, anchor, task, { near, styleOf })) {
      yield [insertBeside(layout, anchor, lines)];
    }
  }
}

interface Writing {
  readonly near: readonly ListTask[];
  styleOf(key: ClauseKey): ClauseStyle;
}

function* linesFor(
  layout: ListLayout,
  { task: beside, site, side }: Anchor,
  task: WrittenTask,
  { near, styleOf }: Writing,
): Generator<readonly string[]> {
  if (site.kind === 'row') {
    const { table } = site;
    const width = table.header.cells.length;
    const rows = near.flatMap((one) => {
      const own = layout.site(one);
      const fits = own?.kind === 'row' && own.table === table && own.row.cells.length === width;
      return fits ? [{ task: one, site: own }] : [];
    });
    const model = rows.find((row) => layout.parsed.places.has(row.task.taskId)) ?? rows[0];
    yield [newRow(layout, model ?? { task: beside, site }, task, styleOf)];
    return;
  }
  const behind = side === 'after' ? site.item : null;
  const model = { task: beside, site };
  const isLikeIt = beside.explicitId === (task.taskId !== null);
  const own = isLikeIt ? frameOf(layout, model) : nearestFrame(layout, near);
  const plain = task.taskId === null ? NO_ID_FRAME : PLAIN_FRAME;
  for (const idFrame of own === null ? [plain] : [own, withoutFlags(own), plain]) {
    yield newItem(layout, model, { task, behind, idFrame, styleOf });
  }
}

/** How the nearest box with an id writes it. */
function nearestFrame(layout: ListLayout, near: readonly ListTask[]): IdFrame | null {
  for (const task of near) {
    const site = task.explicitId ? layout.site(task) : null;
    if (site?.kind === 'item') return frameOf(layout, { task, site });
  }
  return null;
}

function nearestFirst(tasks: readonly ListTask[], { position }: ListTask): readonly ListTask[] {
  const distance = (task: ListTask): number => Math.abs(task.position - position);
  return tasks.toSorted((a, b) => distance(a) - distance(b));
}
