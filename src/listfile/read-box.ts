import { finding } from '../domain/tasklist/findings.ts';
import type { Finding } from '../domain/tasklist/model.ts';
import { leadingId } from '../domain/tasklist/task-id.ts';
import { type Box, readBox } from './box.ts';
import { type Clause, splitClauses } from './clauses.ts';
import type { Block, ListItem, TextPlace } from './outline.ts';
import type { RawStep, RawTask, Setting } from './raw-task.ts';
import { doubtfulClause } from './read-table.ts';
import { isCriteriaLabel, type Section } from './section.ts';
import { withoutComments } from './source-text.ts';

/** A top-level check box as a task: its nested boxes are steps, other nested lines notes. */
export function readBoxTask(
  item: ListItem,
  box: Box,
  section: Section,
  findings: Finding[],
): RawTask {
  const lead = item.lead as TextPlace;
  const span = { line: item.line, ...spanOf(lead) };
  const text = readBoxText(box.rest);
  const place = { ...span, taskId: text.taskId };
  const inside: Inside = { steps: [], criteria: [], notes: [], settings: [] };
  for (const clause of text.clauses) inside.settings.push({ ...clause, ...span });
  for (const clause of text.doubtful) findings.push(doubtfulClause(clause, place));
  readInside(item.blocks, inside);
  if (box.mark === null) {
    const message = `\`${lead.text.slice(0, 3)}\` is no mark; the task is queued`;
    findings.push(finding('status_unknown', { ...place, length: 3 }, message));
  }
  return {
    taskId: text.taskId,
    from: 'box',
    description: text.description,
    section,
    ...span,
    mark: box.mark ?? 'queued',
    place: { kind: 'box', start: box.start, end: box.end },
    settings: inside.settings,
    steps: inside.steps,
    criteria: inside.criteria,
    fields: inside.notes.length === 0 ? {} : { Notes: inside.notes.join('\n') },
  };
}

/** The first line of a text. */
function spanOf(place: TextPlace): { readonly column: number; readonly length: number } {
  const end = place.text.indexOf('\n');
  const length = (end < 0 ? place.text : place.text.slice(0, end)).trimEnd().length;
  return { column: place.start - place.lineStart + 1, length };
}

/** The box an item begins with, if it does. */
export function boxOf(item: ListItem): Box | null {
  return item.lead === null ? null : readBox(item.lead.text, item.lead.start);
}

/** The text of a box that is no task of its own: a step, or a criterion. */
export function plainBoxText(box: Box): string {
  return withoutComments(box.rest).replace(/\s+/g, ' ').trim();
}

interface BoxText {
  readonly taskId: string | null;
  readonly description: string;
  readonly clauses: readonly Clause[];
  readonly doubtful: readonly Clause[];
}

/** A priority in brackets may stand in front of the id or behind it: `[P1] A-1: text`. */
function readBoxText(rest: string): BoxText {
  const { description, clauses, doubtful } = splitClauses(withoutComments(rest));
  const id = leadingId(description);
  if (id === null) return { taskId: null, description, clauses, doubtful };
  const behind = splitClauses(id.rest);
  return {
    taskId: id.taskId,
    description: behind.description,
    clauses: [...clauses, ...behind.clauses],
    doubtful,
  };
}

interface Inside {
  readonly steps: RawStep[];
  readonly criteria: string[];
  readonly notes: string[];
  readonly settings: Setting[];
}

function readInside(blocks: readonly Block[], inside: Inside): void {
  for (const block of blocks) {
    if (block.kind === 'list') {
      for (const item of block.items) readNested(item, inside);
    } else if (block.kind === 'text' || block.kind === 'heading') {
      readNote(block, inside);
    } else if (block.kind === 'fence' || block.kind === 'code') {
      inside.notes.push(block.content.trimEnd());
    }
  }
}

function readNested(item: ListItem, inside: Inside): void {
  const box = boxOf(item);
  if (box !== null) inside.steps.push({ text: plainBoxText(box), done: box.mark === 'completed' });
  else if (item.lead !== null) readNote(item.lead, inside);
  readInside(item.blocks, inside);
}

/** A line of nothing but clauses sets them; one that begins `Acceptance:` is a criterion. */
function readNote(place: TextPlace, inside: Inside): void {
  const text = withoutComments(place.text).trim();
  const { description, clauses } = splitClauses(text);
  if (description === '' && clauses.length > 0) {
    const span = { line: place.line, ...spanOf(place) };
    for (const clause of clauses) inside.settings.push({ ...clause, ...span });
    return;
  }
  const colon = text.indexOf(':');
  if (colon > 0 && isCriteriaLabel(text.slice(0, colon))) {
    const criterion = text.slice(colon + 1).replace(/^[*_\s]+/, '');
    if (criterion !== '') inside.criteria.push(criterion);
  } else if (text !== '') {
    inside.notes.push(text);
  }
}
