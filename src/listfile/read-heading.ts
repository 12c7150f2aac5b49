import type { WrittenMark } from '../domain/tasklist/mark.ts';
import { isCellId, withoutMarkup } from '../domain/tasklist/task-id.ts';
import { readBox } from './box.ts';
import { splitClauses } from './clauses.ts';
import type { MarkPlace } from './mark-place.ts';
import type { Block, HeadingBlock, ListBlock, TextPlace } from './outline.ts';
import type { RawTask } from './raw-task.ts';
import { headingLead, type Section } from './section.ts';
import { readStatusWord } from './status-cell.ts';
import { boxOf, spanOf, TaskBody } from './task-body.ts';

/** A heading that is a task, and whether it has an id that says so. */
export interface HeadingTask {
  readonly task: RawTask;
  readonly hasId: boolean;
}

/**
 * A heading with a line such as `Status: done` below it, with a check box in it, or with a number
 * as in `Task 3: ...` and boxes below it, is a task; what stands below is what it is about. A
 * heading that divides tasks into groups is none, whatever its own status: `body` then holds a
 * table, boxes with ids or another such heading.
 */
export function readHeadingTask(
  heading: HeadingBlock,
  body: readonly Block[],
  parent: Section,
): HeadingTask | null {
  const box = readBox(heading.text, heading.start);
  const status = box === null ? statusIn(body) : null;
  const written = box?.rest ?? heading.text;
  const isNumbered = TASK_NUMBER.test(written) && body.some(hasBox);
  if ((box === null && status === null && !isNumbered) || heading.level === 1) return null;
  const lead = headingLead(written);
  // `## 1. Setup` numbers a chapter.
  const number = lead !== null && /^\d+$/.test(lead.taskId) && !/^\W*task/i.test(written);
  const hasId = box !== null || (lead !== null && !number);
  if (dividesTasks(body, hasId)) return null;
  const inside = new TaskBody();
  inside.read(body.map((block) => withoutLine(block, status?.line ?? null)));
  const { description, clauses } = splitClauses(lead === null || number ? written : lead.rest);
  const span = { line: heading.line, ...spanOf(heading) };
  const task: RawTask = {
    taskId: number ? null : (lead?.taskId ?? null),
    ...{ from: 'heading', section: parent, ...span },
    description: withoutMarkup(description),
    ...(status === null ? {} : { markLine: status.line }),
    mark: box === null ? (status?.mark ?? 'none') : (box.mark ?? 'queued'),
    place: box === null ? (status?.place ?? null) : { kind: 'box', start: box.start, end: box.end },
    settings: [...clauses.map((clause) => ({ ...clause, ...span })), ...inside.settings],
    ...{ steps: inside.steps, criteria: inside.criteria, fields: inside.fields() },
  };
  return { task, hasId };
}

/** `### Task 1.2: Title`; its boxes, such as `Step 1: ...`, make no sense by themselves. */
const TASK_NUMBER = /^\W*task ?#?\d/i;

function hasBox(block: Block): boolean {
  return block.kind === 'list' && block.items.some((item) => boxOf(item) !== null);
}

interface StatusLine {
  readonly line: number;
  readonly mark: WrittenMark;
  readonly place: MarkPlace;
}

const STATUS = /^(?<key>[\s*_]*(?:status|state)[\s*_]*:[\s*_]*)(?<word>[^*_].*?)[\s*_.]*$/i;
/** Characters: a longer line is prose. */
const STATUS_LENGTH_MAX = 200;

/** The first line that says a status, in a paragraph or a list, before any other heading. */
function statusIn(body: readonly Block[]): StatusLine | null {
  for (const block of body) {
    if (block.kind === 'heading') return null;
    const places = block.kind === 'text' ? [block] : block.kind === 'list' ? leadsOf(block) : [];
    for (const place of places) {
      const found = statusAt(place);
      if (found !== null) return found;
    }
  }
  return null;
}

function leadsOf(list: ListBlock): readonly TextPlace[] {
  return list.items.flatMap((item) =>
    item.lead === null || boxOf(item) !== null ? [] : [item.lead],
  );
}

function statusAt({ text, line, starts }: TextPlace): StatusLine | null {
  for (const [index, content] of text.split('\n').entries()) {
    if (content.length > STATUS_LENGTH_MAX) continue;
    const groups = STATUS.exec(content.trim())?.groups;
    if (groups === undefined) continue;
    const word = groups['word'] as string;
    const start = (starts[index] as number) + (groups['key'] as string).length;
    const box = readBox(word, start);
    if (box !== null && box.mark !== null) {
      const place = { kind: 'box', start: box.start, end: box.end } as const;
      return { line: line + index, mark: box.mark, place };
    }
    const mark = readStatusWord(word);
    if (mark === null) continue;
    const end = start + word.length;
    const cell = { cellStart: start, cellEnd: end, aligned: false };
    return { line: line + index, mark, place: { kind: 'word', mark, start, end, ...cell } };
  }
  return null;
}

function dividesTasks(body: readonly Block[], hasId: boolean): boolean {
  for (const [index, block] of body.entries()) {
    if (block.kind === 'table') return true;
    if (block.kind === 'fence' && /^ya?ml\b/i.test(block.info)) return true;
    if (block.kind === 'heading' && statusIn(body.slice(index + 1)) !== null) return true;
    if (block.kind !== 'list') continue;
    for (const item of block.items) {
      const box = boxOf(item);
      if (box === null) continue;
      const lead = headingLead(box.rest);
      if (!hasId || (lead !== null && isCellId(lead.taskId))) return true;
    }
  }
  return false;
}

/** The line of the status says nothing else about the task. */
function withoutLine(block: Block, line: number | null): Block {
  if (block.kind === 'list') {
    return { ...block, items: block.items.filter((item) => item.lead?.line !== line) };
  }
  if (block.kind !== 'text' || line === null || line < block.line) return block;
  const lines = block.text.split('\n');
  if (line - block.line >= lines.length) return block;
  return { ...block, text: lines.filter((_, at) => block.line + at !== line).join('\n') };
}
