import { finding } from '../../domain/tasklist/findings.ts';
import type { Finding } from '../../domain/tasklist/model.ts';
import { hasIdShape, withoutMarkup } from '../../domain/tasklist/task-id.ts';
import { resemblesBox } from './box.ts';
import type { Block, ListItem } from './outline.ts';
import { boxOf } from './task-body.ts';

/**
 * Findings for lines that somebody may have meant as tasks but that the parser gave to no list and
 * no table: a box without a list marker, one indented so far that it is code or goes on with the
 * text above, a row whose header or line of dashes is missing. Fences, comments and the `taken`
 * lines are left alone.
 */
export function noteStrayLines(
  blocks: readonly Block[],
  markdown: string,
  taken: ReadonlySet<number>,
  findings: Finding[],
): void {
  new StrayLines(markdown, taken, findings).blocks(blocks, 0);
}

/** Lists inside each other; the parser reads nothing of what is deeper. */
export const LIST_DEPTH_MAX = 49;

class StrayLines {
  private readonly markdown: string;
  private readonly taken: ReadonlySet<number>;
  private readonly findings: Finding[];
  /** Of the whole text; made when the first stray line is found. */
  private written: readonly string[] | null = null;

  constructor(markdown: string, taken: ReadonlySet<number>, findings: Finding[]) {
    this.markdown = markdown;
    this.taken = taken;
    this.findings = findings;
  }

  blocks(blocks: readonly Block[], depth: number): void {
    for (const block of blocks) {
      switch (block.kind) {
        case 'text':
        case 'heading':
          if (!this.taken.has(block.line)) this.lines(block.text, block.line, 0);
          break;
        case 'code':
          this.lines(block.content, block.line, 0);
          break;
        case 'html':
          if (!block.content.startsWith('<!--')) this.lines(block.content, block.line, 0);
          break;
        case 'list':
          for (const item of block.items) this.item(item, depth + 1);
          break;
        case 'fence':
        case 'table':
          break;
      }
    }
  }

  private item(item: ListItem, depth: number): void {
    if (depth > LIST_DEPTH_MAX && item.lead === null) {
      const message = `lists are over ${LIST_DEPTH_MAX} levels deep here; the rest is not read`;
      const remedy = 'Take it out of the lists around it.';
      this.findings.push(finding('row_not_taken', { line: item.line }, message, remedy));
    }
    if (item.lead !== null) this.lines(item.lead.text, item.line, boxOf(item) === null ? 0 : 1);
    this.blocks(item.blocks, depth);
  }

  private lines(text: string, firstLine: number, skip: number): void {
    if (skip > 0 && !text.includes('\n')) return;
    for (const [index, content] of text.split('\n').entries()) {
      if (index < skip) continue;
      if (resemblesBox(content)) {
        const message = 'this looks like a check box, but it is no item of a list';
        const remedy = 'Begin it with `- [ ] `, indented like its neighbours, behind a blank line.';
        this.note(firstLine + index, content, message, remedy);
      } else if (resemblesRow(content)) {
        const message = 'this row belongs to no table';
        const remedy = 'Put a header and a line of dashes above it, and no blank line in between.';
        this.note(firstLine + index, content, message, remedy);
      }
    }
  }

  /** The parser has taken indentation and quotes off the line: it is looked up. */
  private note(line: number, content: string, message: string, remedy: string): void {
    this.written ??= this.markdown.split('\n');
    const text = content.trim();
    const column = Math.max(0, (this.written[line - 1] ?? '').indexOf(text)) + 1;
    const place = { line, column, length: text.length };
    this.findings.push(finding('row_not_taken', place, message, remedy));
  }
}

function resemblesRow(line: string): boolean {
  if (!/^\s*\|/.test(line)) return false;
  const cells = line.split('|').map((cell) => cell.trim());
  return cells.some((cell) => resemblesBox(cell)) || hasIdShape(withoutMarkup(cells[1] ?? ''));
}
