import type { ListTask } from '../../domain/tasklist/model.ts';
import type { ClauseKey } from '../grammar/clauses.ts';
import type { ListItem } from '../grammar/outline.ts';
import { boxOf } from '../grammar/task-body.ts';
import type { WrittenTask } from '../grammar/written-task.ts';
import { CLAUSE_KEYS, type ClauseStyle, textRegion, wordsPattern } from './clause-style.ts';
import type { ItemSite, ListLayout } from './list-layout.ts';
import { clauseText } from './new-row.ts';

export interface TaskItem {
  readonly task: ListTask;
  readonly site: ItemSite;
}

export interface NewItem {
  readonly task: WrittenTask;
  /** Behind which item it is to stand; null before the model. */
  readonly behind: ListItem | null;
  /** What stands between box, id and text. */
  readonly idFrame: IdFrame;
  styleOf(key: ClauseKey): ClauseStyle;
}

export interface IdFrame {
  readonly before: string;
  readonly after: string;
  /** The id around which it was found: it may stand in `after` again, as the target of a link. */
  readonly of: string | null;
}

export const PLAIN_FRAME: IdFrame = { before: ' ', after: ': ', of: null };
export const NO_ID_FRAME: IdFrame = { before: ' ', after: '', of: null };

/** The lines of a check box, written as `model` is. */
export function newItem(layout: ListLayout, model: TaskItem, item: NewItem): readonly string[] {
  const { task, styleOf } = item;
  const { site } = model;
  const { idFrame } = item;
  const framed = PRIORITY.test(idFrame.before + idFrame.after);
  const { before, after } = withPriority(idFrame, task.settings.priority ?? 'P2');
  const { taskId } = task;
  const id = taskId === null ? after : taskId + renamed(after, idFrame.of, taskId);
  const below: string[] = [];
  let text = task.text;
  for (const key of CLAUSE_KEYS) {
    const value = task.settings[key] ?? null;
    if (value === null || (key === 'priority' && framed)) continue;
    const style = styleOf(key);
    if (style.below === null) text += clauseText(style, value);
    else below.push(`${style.below}${style.open}${style.head}${value}${style.close}`);
  }
  const begin = lineBegin(layout, site, item.behind);
  const steps = task.steps.map((step) => `${stepBegin(layout, site)}[ ] ${step}`);
  return [`${begin}[ ]${before}${id}${text}`, ...below, ...steps];
}

/** What the model writes around its id, or in front of its text where it has none. */
export function frameOf(layout: ListLayout, { task, site }: TaskItem): IdFrame | null {
  const region = textRegion(layout, site);
  if (region === null) return null;
  const written = layout.text.slice(region.start, region.end);
  const idAt = task.explicitId ? written.indexOf(task.taskId) : 0;
  const idLength = task.explicitId ? task.taskId.length : 0;
  const behind = written.slice(idAt + idLength);
  const textAt = behind.search(new RegExp(wordsPattern(task.description)));
  if (idAt < 0 || textAt < 0 || task.description === '') return null;
  const before = written.slice(0, idAt).replace(/^\*(?=\s)/, '');
  const after = behind.slice(0, textAt);
  return task.explicitId
    ? { before, after, of: task.taskId }
    : { before: after, after: '', of: null };
}

/** `[P] [US1]` are the model's own: whether a new task has them is not the list's style. */
export function withoutFlags({ before, after, of }: IdFrame): IdFrame {
  return { before, after: after.replace(/\[(?:P|US\d{1,4})\]\s*/g, ''), of };
}

const PRIORITY = /(?<=[[(])P[0-4](?=[\])])/i;

function withPriority(
  { before, after }: IdFrame,
  priority: string,
): Pick<IdFrame, 'before' | 'after'> {
  return { before: before.replace(PRIORITY, priority), after: after.replace(PRIORITY, priority) };
}

function renamed(after: string, modelId: string | null, taskId: string): string {
  if (modelId === null) return after;
  return after.replaceAll(modelId, taskId).replaceAll(modelId.toLowerCase(), taskId.toLowerCase());
}

/** Indentation, quotes and bullet; a number is the next one where the list counts. */
function lineBegin(layout: ListLayout, site: ItemSite, behind: ListItem | null): string {
  const begin = layout.text.slice(site.lead.lineStart, site.lead.start);
  const own = numberOf(layout, site.item);
  if (own === null) return begin;
  const at = behind === null ? -1 : site.siblings.indexOf(behind);
  const last = numberOf(layout, site.siblings[at]) ?? own;
  const previous = numberOf(layout, site.siblings[at - 1]);
  const next = behind === null || previous === last ? last : last + 1;
  return begin.replace(/\d+(?=[.)]\s+$)/, String(next));
}

function numberOf({ text, lineStart }: ListLayout, item: ListItem | undefined): number | null {
  if (item === undefined || item.lead === null) return null;
  const match = /(\d+)[.)]\s+$/.exec(text.slice(lineStart(item.line), item.lead.start));
  return match === null ? null : Number(match[1]);
}

/** As the steps of a sibling begin, else indented to the text. */
function stepBegin({ text }: ListLayout, site: ItemSite): string {
  for (const sibling of [site.item, ...site.siblings]) {
    for (const block of sibling.blocks) {
      const step = block.kind === 'list' ? block.items.find((item) => boxOf(item)) : undefined;
      if (step?.lead != null) return text.slice(step.lead.lineStart, step.lead.start);
    }
  }
  const begin = text.slice(site.lead.lineStart, site.lead.start);
  const bullet = /[-*+]\s+$/.exec(begin)?.[0] ?? '- ';
  return begin.replace(/\S+\s+$/, (marker) => ' '.repeat(marker.length)) + bullet;
}
