import { PawlError } from '../../domain/errors.ts';
import { ExistingIds, readDependencies } from '../../domain/tasklist/dependency-text.ts';
import type { ListTask } from '../../domain/tasklist/model.ts';
import { type ParsedList, parseList } from '../grammar/parse-list.ts';
import { encodeText } from '../grammar/source-text.ts';
import { wishedText } from './add-task.ts';
import { settingEdits } from './change-setting.ts';
import { textEdits } from './change-text.ts';
import { CLAUSE_KEYS } from './clause-style.ts';
import { anchorFor, siteOf, taskCalled, type WishedPlace } from './edit-anchor.ts';
import { insertBeside, lastLineOf, removeLines } from './insert-lines.ts';
import { type ListLayout, layoutOf, type TaskSite } from './list-layout.ts';
import {
  type EditedList,
  type ExpectedEdit,
  editRefused,
  type ListEditOptions,
  proveEdit,
  readBack,
} from './prove-edit.ts';
import { type WishedSettings, wishedFields } from './task-wish.ts';
import { applyEdits, type TextEdit } from './text-edit.ts';

export interface TaskWish {
  /** The task's id, in whatever case. */
  readonly taskId: string;
  readonly text?: string;
  readonly settings: WishedSettings;
  /** Dependencies besides those it has, and those it is to lose; not with `settings.depends`. */
  readonly addDepends?: string;
  readonly removeDepends?: string;
  /** Where its line is to go; nothing named means that it stays. */
  readonly place: WishedPlace;
  readonly ignoreMissing: boolean;
}

/**
 * Change one task of a list; every byte that has no part in it stays. What comes back was read
 * again: the task is exactly as wished, every other task is what it was.
 *
 * @throws PawlError `usage`, `task_not_found`, `dependency_unknown`, `list_cycle`,
 *   `list_edit_refused`; those of `parseList`.
 */
export function editTask(
  bytes: Uint8Array,
  wish: TaskWish,
  options: ListEditOptions = {},
): EditedList {
  const before = parseList(bytes, options);
  const { tasks } = before.document;
  const old = taskCalled(tasks, wish.taskId);
  const existing = new ExistingIds(tasks.map((task) => task.taskId));
  const { ignoreMissing } = wish;
  const context = { taskId: old.taskId, existing, ignoreMissing };
  siteOf(layoutOf(before), old);
  const editing = new Editing(bytes, before, { old, ignoreMissing, options });
  if (wish.text !== undefined) {
    const description = wishedText(wish.text);
    editing.change({ description }, (layout, task) => textEdits(layout, task, description));
  }
  for (const key of CLAUSE_KEYS) {
    const value = key === 'depends' ? wishedDepends(wish, old, existing) : wish.settings[key];
    if (value === undefined) continue;
    const fields = wishedFields({ [key]: value }, context);
    const ids = fields.dependencies;
    const written = ids === undefined ? value : ids.join(', ');
    editing.change(fields, (layout, task) =>
      settingEdits(layout, task, key, written === '' ? null : written),
    );
  }
  if (Object.keys(wish.place).length > 0) editing.move(wish.place);
  return editing.result();
}

/** What it is to wait for, all in all; undefined when that stays. */
function wishedDepends(
  { settings, addDepends, removeDepends }: TaskWish,
  { dependencies }: ListTask,
  existing: ExistingIds,
): string | null | undefined {
  if (addDepends === undefined && removeDepends === undefined) return settings.depends;
  if (settings.depends !== undefined) {
    throw new PawlError('usage', 'say either what it depends on, or what to add and to remove');
  }
  const gone = removeDepends === undefined ? [] : readDependencies(removeDepends, existing).ids;
  const unknown = gone.find((id) => !dependencies.includes(id));
  if (unknown !== undefined) {
    throw new PawlError('usage', `it does not depend on ${unknown}`);
  }
  const kept = dependencies.filter((id) => !gone.includes(id));
  const all = addDepends === undefined ? kept : [...kept, addDepends];
  return all.length === 0 ? null : all.join(', ');
}

interface EditContext {
  readonly old: ListTask;
  readonly ignoreMissing: boolean;
  readonly options: ListEditOptions;
}

type Candidates = (layout: ListLayout, task: ListTask) => Iterable<readonly TextEdit[]>;

/** One field after the other, each written in the first way that is read back as wished. */
class Editing {
  private bytes: Uint8Array;
  private readonly source: Uint8Array;
  private readonly before: ParsedList;
  private now: ParsedList;
  private readonly context: EditContext;
  private fields: Partial<ListTask> = {};
  private moved = false;

  constructor(bytes: Uint8Array, before: ParsedList, context: EditContext) {
    this.bytes = bytes;
    this.source = bytes;
    this.before = before;
    this.now = before;
    this.context = context;
  }

  change(fields: Partial<ListTask>, candidates: Candidates): void {
    const task = this.task();
    const isSo = Object.entries(fields).every(
      ([name, value]) => JSON.stringify(task[name as keyof ListTask]) === JSON.stringify(value),
    );
    if (!isSo) this.write(fields, candidates);
  }

  move(place: WishedPlace): void {
    const { tasks } = this.now.document;
    const task = this.task();
    const layout = layoutOf(this.now);
    const site = siteOf(layout, task);
    const others = tasks.filter((one) => one !== task);
    const anchor = anchorFor(layout, others, place);
    const own = anchor.task.section === task.section;
    if (own && place.before === undefined && place.after === undefined) return;
    requireSameShape(task, site, anchor.site);
    this.moved = true;
    this.write({ section: anchor.task.section }, () => [
      [removeLines(layout, site), insertBeside(layout, anchor, linesOf(layout, site))],
    ]);
  }

  /** Proved once more as a whole. */
  result(): EditedList {
    if (this.bytes === this.source) return { bytes: this.source, task: this.task() };
    const after = readBack(this.bytes, this.before, this.context.options);
    const proof = proveEdit(this.before, after, this.expected(this.fields));
    if (proof.kind === 'proved') return { bytes: this.bytes, task: proof.task };
    throw editRefused(this.context.old.taskId, proof.why);
  }

  private task(): ListTask {
    const { taskId } = this.context.old;
    return this.now.document.tasks.find((task) => task.taskId === taskId) as ListTask;
  }

  private expected(fields: Partial<ListTask>): ExpectedEdit {
    const { old, ignoreMissing } = this.context;
    return { fields, old, moved: this.moved, ignoreMissing };
  }

  private write(fields: Partial<ListTask>, candidates: Candidates): void {
    const wanted = { ...this.fields, ...fields };
    const refusals: string[] = [];
    for (const edits of candidates(layoutOf(this.now), this.task())) {
      const text = applyEdits(this.now.source.text, edits);
      const bytes = encodeText({ ...this.now.source, text });
      const after = readBack(bytes, this.before, this.context.options);
      const proof = proveEdit(this.before, after, this.expected(wanted));
      if (proof.kind === 'proved') {
        this.bytes = bytes;
        this.now = after;
        this.fields = wanted;
        return;
      }
      refusals.push(proof.why);
    }
    throw editRefused(
      this.context.old.taskId,
      refusals[0] ?? 'its words are not found in its line',
    );
  }
}

function linesOf({ text, lineStart, lineEnd }: ListLayout, site: TaskSite): readonly string[] {
  const first = site.kind === 'row' ? site.row.line : site.item.line;
  return text.slice(lineStart(first), lineEnd(lastLineOf(site))).split(/\r\n|\n|\r/);
}

/** A row goes into a table with the same columns, a box among boxes. */
function requireSameShape(task: ListTask, own: TaskSite, other: TaskSite): void {
  const columns = (site: TaskSite): string =>
    site.kind === 'row' ? site.table.header.cells.map((cell) => cell.text).join('|') : 'boxes';
  if (columns(own) === columns(other)) return;
  const why = 'its line does not fit there: one is a table, or a table with other columns';
  throw editRefused(`moving ${task.taskId}`, why);
}
