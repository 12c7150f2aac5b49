import fc from 'fast-check';
import createMarkdownIt from 'markdown-it';
import { describe, expect, test } from 'vitest';
import { type Block, outlineOf, type TableBlock, type TextPlace } from './outline.ts';

/** Pieces from which fast-check builds lines that are nearly tables, lists, quotes and code. */
const anyMarkdown = fc
  .array(
    fc.oneof(
      fc.constantFrom('| ID | B |', '|--|--|', '| a \\| b | c |', '|x|', 'a | b', '| `a|b` | c |'),
      fc.constantFrom(
        '- [ ] A-1: x',
        '  - y',
        '1. z',
        '+ | a | b |',
        '  |--|--|',
        '> q',
        '>> | a |',
      ),
      fc.constantFrom('```', '    code', '<!--', '-->', '', '# h', '===', '\tt', '> |--|'),
    ),
    { maxLength: 14 },
  )
  .map((lines) => lines.join('\n'));

function tablesIn(blocks: readonly Block[]): TableBlock[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'table') return [block];
    if (block.kind === 'list') return block.items.flatMap((item) => tablesIn(item.blocks));
    return [];
  });
}

function placesIn(blocks: readonly Block[]): TextPlace[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'text') return [block];
    if (block.kind !== 'list') return [];
    return block.items.flatMap((item) => [
      ...(item.lead === null ? [] : [item.lead]),
      ...placesIn(item.blocks),
    ]);
  });
}

describe('outlineOf', () => {
  test('splits rows exactly as the parser does', () => {
    fc.assert(
      fc.property(anyMarkdown, (markdown) => {
        const parser = createMarkdownIt({ html: true });
        parser.block.ruler.disable('reference');
        const cells = parser
          .parse(markdown, {})
          .filter((_, index, all) => /^t[hd]_open$/.test(all[index - 1]?.type ?? ''))
          .map((token) => token.content);
        const ours = tablesIn(outlineOf(markdown)).flatMap(({ header, rows }) =>
          [header, ...rows].flatMap((row) =>
            header.cells.map((_, index) => row.cells[index]?.text ?? ''),
          ),
        );
        expect(ours).toEqual(cells);
      }),
      { numRuns: 1_000 },
    );
  });

  test('every cell and every text stands where it says', () => {
    fc.assert(
      fc.property(anyMarkdown, (markdown) => {
        for (const { text, start } of placesIn(outlineOf(markdown))) {
          const firstLine = text.split('\n')[0]?.trimEnd() ?? '';
          expect(markdown.slice(start, start + firstLine.length)).toBe(firstLine);
        }
        for (const table of tablesIn(outlineOf(markdown))) {
          for (const cell of [table.header, ...table.rows].flatMap((row) => row.cells)) {
            expect(markdown.slice(cell.start, cell.end).replaceAll('\\|', '|')).toBe(cell.text);
            expect(markdown.slice(cell.cellStart, cell.cellEnd).trim()).toBe(
              markdown.slice(cell.start, cell.end),
            );
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('dissolves quotes and keeps nesting of lists', () => {
    const [list] = outlineOf('> - a\n>   - b\n>\n>   c\n');
    expect(list).toMatchObject({
      kind: 'list',
      items: [{ lead: { text: 'a', start: 4 }, blocks: [{ kind: 'list' }, { text: 'c' }] }],
    });
  });
});
