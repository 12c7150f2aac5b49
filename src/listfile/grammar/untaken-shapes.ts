import { finding } from '../../domain/tasklist/findings.ts';
import type { Finding } from '../../domain/tasklist/model.ts';
import { leadingId } from '../../domain/tasklist/task-id.ts';
import type { Block, ListBlock, ListItem, TextPlace } from './outline.ts';
import { enterSection, isRecord, ROOT_SECTION, type Section } from './section.ts';
import { boxOf, spanOf } from './task-body.ts';

/**
 * Findings for what other programs and people would call tasks, and what is none here: plain items
 * whose ids continue those of the list; and, in a document without any task, lists under `Tasks`,
 * lines of todo.txt and tasks in JSON.
 */
export function noteUntakenShapes(
  blocks: readonly Block[],
  taken: ReadonlySet<string>,
  findings: Finding[],
): void {
  let known: ReadonlySet<string> | null = null;
  const isOfSeries = (series: string): boolean => {
    known ??= new Set([...taken].map(seriesOf));
    return known.has(series);
  };
  let section: Section = ROOT_SECTION;
  for (const block of blocks) {
    if (block.kind === 'heading' && block.top) section = enterSection(section, block);
    if (block.kind === 'list' && !isRecord(section)) {
      for (const item of block.items) noteItem(item, taken, isOfSeries, findings);
    }
    if (taken.size > 0) continue;
    const inTasks = TASKS.test(section.title ?? '');
    if (block.kind === 'list' && (inTasks || saysTodo(block))) notePlainList(block, findings);
    else if (block.kind === 'text' || block.kind === 'heading') noteTodoLines(block, findings);
    else if (
      block.kind === 'fence' &&
      /^json/i.test(block.info) &&
      JSON_TASKS.test(block.content)
    ) {
      const message = 'this looks like tasks in JSON, which are not read';
      findings.push(finding('shape_not_supported', { line: block.line }, message));
    }
  }
}

const TASKS = /^[\d.\s]*(?:(?:open|remaining|my) )?(?:tasks?|to-?dos?|action items|backlog)\b/i;
const JSON_TASKS = /"tasks"\s*:\s*\[\s*\{/;
/** Lines of todo.txt, notes in the way of comments, and the heading of a file for one task. */
const TODO_LINE = /^(?:x \d{4}-\d{2}-\d{2} |\([A-Z]\) \S|TODO:? \S|Task ID: ?\S)/;

function saysTodo({ items }: ListBlock): boolean {
  return items.some((item) => TODO_LINE.test(item.lead?.text ?? ''));
}

/** `ABC-001` is of the series `ABC-`; a mere number is of none. */
function seriesOf(taskId: string): string {
  return taskId.replace(/[\d.]+[a-z]?$/, '');
}

function noteItem(
  item: ListItem,
  taken: ReadonlySet<string>,
  isOfSeries: (series: string) => boolean,
  findings: Finding[],
): void {
  const lead = item.lead === null || boxOf(item) !== null ? null : leadingId(item.lead.text);
  if (item.lead === null || lead === null || taken.has(lead.taskId)) return;
  // `ABC-001.2` is a part of a task that the list has.
  if (taken.has(lead.taskId.replace(/(?:\.\d+)+$/, ''))) return;
  const own = seriesOf(lead.taskId);
  if (own === '' || (taken.size > 0 && !isOfSeries(own))) return;
  const message = `\`${lead.taskId}\` looks like a task, but has no check box`;
  const remedy = 'Write `- [ ] ` in front of it if it is one.';
  findings.push(finding('row_not_taken', placeOf(item.lead), message, remedy));
}

function notePlainList({ items }: ListBlock, findings: Finding[]): void {
  const [first] = items;
  if (first?.lead == null || items.some((item) => boxOf(item) !== null)) return;
  if (leadingId(first.lead.text) !== null) return;
  const message = `this list looks like tasks (${items.length}), but its items have no check boxes`;
  const remedy = 'Begin each item that is a task with `- [ ] `.';
  findings.push(finding('row_not_taken', placeOf(first.lead), message, remedy));
}

function noteTodoLines({ text, line, starts, lineStart }: TextPlace, findings: Finding[]): void {
  for (const [index, content] of text.split('\n').entries()) {
    if (!TODO_LINE.test(content)) continue;
    const column = index === 0 ? (starts[0] as number) - lineStart + 1 : 1;
    const place = { line: line + index, column, length: content.length };
    const message = 'this looks like a task in the form of another program, which is not read';
    findings.push(finding('shape_not_supported', place, message));
  }
}

function placeOf(place: TextPlace): { line: number; column: number; length: number } {
  return { line: place.line, ...spanOf(place) };
}
