import type { Anchor } from './edit-anchor.ts';
import type { ItemSite, ListLayout, TaskSite } from './list-layout.ts';
import type { TextEdit } from './text-edit.ts';

/** The edit that puts lines in front of a task or behind it, apart as its neighbours are. */
export function insertBeside(
  layout: ListLayout,
  { site, side }: Pick<Anchor, 'site' | 'side'>,
  lines: readonly string[],
): TextEdit {
  const first = site.kind === 'row' ? site.row.line : site.item.line;
  const gap = site.kind === 'item' && isLoose(layout, site) ? [''] : [];
  if (side === 'before') {
    const at = layout.lineStart(first);
    const lineBreak = layout.lineBreak(first);
    const text = [...lines, ...gap].map((line) => line + lineBreak).join('');
    return { start: at, end: at, text };
  }
  const last = lastLineOf(site);
  const at = layout.lineEnd(last);
  const text = [...gap, ...lines].map((line) => layout.lineBreak(last) + line).join('');
  return { start: at, end: at, text };
}

/** The edit that takes a task's lines out, with the blank line that set it apart. */
export function removeLines(layout: ListLayout, site: TaskSite): TextEdit {
  const first = site.kind === 'row' ? site.row.line : site.item.line;
  const last = lastLineOf(site);
  const loose = site.kind === 'item' && isLoose(layout, site);
  const blankBehind = loose && layout.lineEnd(last + 1) === layout.lineStart(last + 1);
  const start = layout.lineStart(first);
  const end = layout.lineStart(last + (blankBehind ? 2 : 1));
  if (end < layout.text.length || layout.text.endsWith('\n')) return { start, end, text: '' };
  // The last line has no line end: the one in front of it goes.
  return { start: layout.lineEnd(first - 1), end, text: '' };
}

export function lastLineOf(site: TaskSite): number {
  return site.kind === 'row' ? site.row.line : site.lastLine;
}

/** Blank lines stand between the items of this list. */
function isLoose(layout: ListLayout, { siblings }: ItemSite): boolean {
  const behind = siblings.slice(1);
  const blank = behind.filter(({ line }) => {
    const before = layout.text.slice(layout.lineStart(line - 1), layout.lineEnd(line - 1));
    return /^[\s>]*$/.test(before);
  });
  return behind.length > 0 && blank.length * 2 > behind.length;
}
