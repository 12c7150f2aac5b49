import { finding } from '../domain/tasklist/findings.ts';
import type { Finding } from '../domain/tasklist/model.ts';
import { hasIdShape, withoutMarkup } from '../domain/tasklist/task-id.ts';
import { resemblesBox } from './box.ts';
import type { Block, ListItem, TextPlace } from './outline.ts';
import { boxOf } from './task-body.ts';

/**
 * Findings for lines that somebody may have meant as tasks but that the parser gave to no list and
 * no table: a box without a list marker, one indented so far that it is code or goes on with the
 * text above, a row whose header or line of dashes is missing. Fences, comments and the `taken`
 * lines are left alone.
 */
export function noteStrayLines(
  blocks: readonly Block[],
  taken: ReadonlySet<number>,
  findings: Finding[],
  depth = 0,
): void {
  for (const block of blocks) {
    switch (block.kind) {
      case 'text':
      case 'heading':
        if (!taken.has(block.line)) noteLines(block, 0, findings);
        break;
      case 'code':
        noteLines({ text: block.content, line: block.line, start: 4, lineStart: 0 }, 0, findings);
        break;
      case 'html':
        if (block.content.startsWith('<!--')) break;
        noteLines({ text: block.content, line: block.line, start: 0, lineStart: 0 }, 0, findings);
        break;
      case 'list':
        for (const item of block.items) noteItem(item, taken, findings, depth + 1);
        break;
      case 'fence':
      case 'table':
        break;
    }
  }
}

/** Lists inside each other; the parser reads nothing of what is deeper. */
export const LIST_DEPTH_MAX = 49;

function noteItem(
  item: ListItem,
  taken: ReadonlySet<number>,
  findings: Finding[],
  depth: number,
): void {
  if (depth > LIST_DEPTH_MAX && item.lead === null) {
    const message = `lists are over ${LIST_DEPTH_MAX} levels deep here; the rest is not read`;
    const remedy = 'Take it out of the lists around it.';
    findings.push(finding('row_not_taken', { line: item.line }, message, remedy));
  }
  if (item.lead !== null) noteLines(item.lead, boxOf(item) === null ? 0 : 1, findings);
  noteStrayLines(item.blocks, taken, findings, depth);
}

function noteLines(
  place: Pick<TextPlace, 'text' | 'line' | 'start' | 'lineStart'>,
  skip: number,
  findings: Finding[],
): void {
  const { text, line, start, lineStart } = place;
  if (skip > 0 && !text.includes('\n')) return;
  for (const [index, content] of text.split('\n').entries()) {
    if (index < skip) continue;
    const column = index === 0 ? start - lineStart + 1 : 1;
    const indent = content.length - content.trimStart().length;
    const at = { line: line + index, column: column + indent, length: content.trim().length };
    if (resemblesBox(content)) {
      const message = 'this looks like a check box, but it is no item of a list';
      const remedy = 'Begin it with `- [ ] `, indented like its neighbours, behind a blank line.';
      findings.push(finding('row_not_taken', at, message, remedy));
    } else if (resemblesRow(content)) {
      const message = 'this row belongs to no table';
      const remedy = 'Put a header and a line of dashes above it, and no blank line in between.';
      findings.push(finding('row_not_taken', at, message, remedy));
    }
  }
}

function resemblesRow(line: string): boolean {
  if (!/^\s*\|/.test(line)) return false;
  const cells = line.split('|').map((cell) => cell.trim());
  return cells.some((cell) => resemblesBox(cell)) || hasIdShape(withoutMarkup(cells[1] ?? ''));
}
