import { finding } from '../../domain/tasklist/findings.ts';
import type { WrittenMark } from '../../domain/tasklist/mark.ts';
import type { Finding } from '../../domain/tasklist/model.ts';
import { isCellId, withoutMarkup } from '../../domain/tasklist/task-id.ts';
import { readBox } from './box.ts';
import { splitClauses } from './clauses.ts';
import type { MarkPlace } from './mark-place.ts';
import type { Block, HeadingBlock, ListBlock, TextPlace } from './outline.ts';
import type { RawTask } from './raw-task.ts';
import { doubtfulClause, holdsTasks } from './read-table.ts';
import { headingLead, type Section } from './section.ts';
import { readLeadingStatus, readStatusWord } from './status-cell.ts';
import { boxOf, spanOf, TaskBody } from './task-body.ts';

/** A heading that is a task, and whether it has an id that says so. */
export interface HeadingTask {
  readonly task: RawTask;
  readonly hasId: boolean;
}

/**
 * A heading with a line such as `Status: done` below it, with a check box in it, or with the number
 * or id of a task (`Task 3: ...`, `ABC-001: ...`) and boxes below it, is a task; what stands below
 * is what it is about. A heading that divides tasks into groups is none, whatever its own status:
 * `body` then holds a table, boxes with ids or another such heading.
 */
export function readHeadingTask(
  heading: HeadingBlock,
  body: readonly Block[],
  parent: Section,
  findings: Finding[],
): HeadingTask | null {
  const box = readBox(heading.text, heading.start);
  const status = box === null ? statusIn(body) : null;
  const written = box?.rest ?? heading.text;
  const isNamed = namesTask(written) && body.some(hasBox);
  if ((box === null && status === null && !isNamed) || heading.level === 1) return null;
  const lead = headingLead(written);
  // `## 1. Setup` numbers a chapter.
  const number = lead !== null && /^\d+$/.test(lead.taskId) && !/^\W*task/i.test(written);
  const hasId = box !== null || (lead !== null && !number);
  // A remark beside a status, without an id, is what any chapter may say of itself.
  if (!hasId && status?.place === null) return null;
  if (dividesTasks(body, hasId)) return null;
  const inside = new TaskBody();
  inside.read(body.map((block) => withoutLine(plainTable(block), status?.line ?? null)));
  if (box === null && status === null) noteUnknownStatus(body, lead?.taskId ?? null, findings);
  const title = splitClauses(lead === null || number ? written : lead.rest);
  const span = { line: heading.line, ...spanOf(heading) };
  for (const clause of title.doubtful) findings.push(doubtfulClause(clause, span));
  const task: RawTask = {
    taskId: number ? null : (lead?.taskId ?? null),
    ...{ from: 'heading', section: parent, ...span },
    description: withoutMarkup(title.description),
    ...(status === null ? {} : { markLine: status.line }),
    mark: box === null ? (status?.mark ?? 'none') : (box.mark ?? 'queued'),
    place: box === null ? (status?.place ?? null) : { kind: 'box', start: box.start, end: box.end },
    settings: [...title.clauses.map((clause) => ({ ...clause, ...span })), ...inside.settings],
    ...{ steps: inside.steps, criteria: inside.criteria, fields: inside.fields() },
  };
  return { task, hasId };
}

/** `### Task 1.2: Title`; its boxes, such as `Step 1: ...`, make no sense by themselves. */
const TASK_NUMBER = /^\W*task ?#?\d/i;
/** `T1`, `ABC-001`. Other letters with a number count milestones, requirements and versions. */
const TASK_ID = /^(?:T\d|\p{L}.*[-_]\d)/u;
const GROUP_ID = new RegExp(
  '^(?:phase|ph|milestone|ms|sprint|epic|week|stage|day|part|chapter|section|iteration|release|' +
    'version|wave|batch|group|track|level|tier|quarter|adr|rfc|option|[mpsewvqd])[-_]?\\d',
  'i',
);

function namesTask(heading: string): boolean {
  if (TASK_NUMBER.test(heading)) return true;
  const taskId = headingLead(heading)?.taskId;
  return taskId !== undefined && TASK_ID.test(taskId) && !GROUP_ID.test(taskId);
}

function hasBox(block: Block): boolean {
  return block.kind === 'list' && block.items.some((item) => boxOf(item) !== null);
}

interface StatusLine {
  readonly line: number;
  readonly mark: WrittenMark;
  /** Null for a status with a remark, which a mark must not replace. */
  readonly place: MarkPlace | null;
}

const STATUS = /^(?<key>[\s*_]*(?:status|state)[\s*_]*:[\s*_]*)(?<word>[^*_].*?)[\s*_.]*$/i;
const STATUS_LINE = /^[ \t*_]*status[ \t*_]*:/im;
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

/** `Status: needs a look`. */
function noteUnknownStatus(
  body: readonly Block[],
  taskId: string | null,
  findings: Finding[],
): void {
  const said = body.find((block) => block.kind === 'text' && STATUS_LINE.test(block.text));
  if (said?.kind !== 'text') return;
  const before = said.text.slice(0, said.text.search(STATUS_LINE));
  const line = said.line + before.split('\n').length - 1;
  const message = 'what stands behind `Status:` is no status; the task is queued';
  findings.push(finding('status_unknown', { line, taskId }, message));
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
    if (mark === null) {
      const leading = readLeadingStatus(word);
      if (leading !== null) return { line: line + index, mark: leading, place: null };
      continue;
    }
    const end = start + word.length;
    const cell = { cellStart: start, cellEnd: end, aligned: false };
    return { line: line + index, mark, place: { kind: 'word', mark, start, end, ...cell } };
  }
  return null;
}

function dividesTasks(body: readonly Block[], hasId: boolean): boolean {
  for (const [index, block] of body.entries()) {
    if (block.kind === 'table' && holdsTasks(block)) return true;
    if (block.kind === 'fence' && /^ya?ml\b/i.test(block.info)) return true;
    if (block.kind === 'heading' && beginsTask(block, body.slice(index + 1))) return true;
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

/** A table in a task's section is something to read. */
function plainTable(block: Block): Block {
  if (block.kind !== 'table') return block;
  const rows = [block.header, ...block.rows];
  const content = rows.map(({ cells }) => cells.map(({ text }) => text).join(' | ')).join('\n');
  return { kind: 'code', line: block.header.line, content };
}

function beginsTask(heading: HeadingBlock, behind: readonly Block[]): boolean {
  if (statusIn(behind) !== null) return true;
  const end = behind.findIndex(({ kind }) => kind === 'heading');
  return namesTask(heading.text) && behind.slice(0, end < 0 ? undefined : end).some(hasBox);
}

/** The line of the status says nothing else about the task; what stands around it does. */
function withoutLine(block: Block, line: number | null): Block {
  if (line === null) return block;
  if (block.kind === 'text') return { ...block, ...withoutLineOf(block, line) };
  if (block.kind !== 'list') return block;
  const items = block.items.flatMap((item) => {
    const lead = item.lead === null ? null : withoutLineOf(item.lead, line);
    if (lead === item.lead) return item;
    const isEmpty = lead?.text === '';
    return isEmpty && item.blocks.length === 0 ? [] : { ...item, lead: isEmpty ? null : lead };
  });
  return { ...block, items };
}

function withoutLineOf(place: TextPlace, line: number): TextPlace {
  const at = line - place.line;
  const lines = place.text.split('\n');
  if (at < 0 || at >= lines.length) return place;
  const { starts } = place;
  const text = lines.toSpliced(at, 1).join('\n');
  const rest = { ...place, text, starts: starts.toSpliced(at, 1) };
  const start = starts[1];
  if (at > 0 || start === undefined) return rest;
  return { ...rest, line: line + 1, start, lineStart: start };
}
