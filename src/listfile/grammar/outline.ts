import createMarkdownIt, { type MarkdownIt, type StateBlock, type Token } from 'markdown-it';
import { lineStarts } from './source-text.ts';
import { splitRow, type TableCell } from './table-row.ts';

/**
 * The blocks of a markdown text with the places where they stand. The parser alone decides what is
 * a table, a list, code or a comment; block quotes are dissolved into their content.
 */
export function outlineOf(markdown: string): readonly Block[] {
  const env: Env = { contentStarts: [] };
  const tokens: Token[] = [];
  const parser = createParser();
  parser.block.parse(markdown, parser, env, tokens);
  const reader = { tokens, markdown, lines: lineStarts(markdown), starts: env.contentStarts };
  return new BlockReader(reader).blocks(null, 0);
}

/** Lines are 1-based; offsets are UTF-16 units in the text. */
export type Block =
  | HeadingBlock
  | TableBlock
  | ListBlock
  | TextBlock
  | FenceBlock
  | { readonly kind: 'code' | 'html'; readonly line: number; readonly content: string };

export interface HeadingBlock extends TextPlace {
  readonly kind: 'heading';
  readonly level: number;
  /** Directly in the document, so that it begins a section. */
  readonly top: boolean;
}

export interface TextBlock extends TextPlace {
  readonly kind: 'text';
}

export interface TextPlace {
  readonly text: string;
  readonly line: number;
  /** Of the text's first character. */
  readonly start: number;
  /** Of its line. */
  readonly lineStart: number;
  /** For each line of the text: the offset at which its first character stands. */
  readonly starts: readonly number[];
}

export interface TableBlock {
  readonly kind: 'table';
  readonly header: TableRow;
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  readonly line: number;
  readonly lineStart: number;
  readonly start: number;
  /** As many as written: GFM ignores those beyond the header's. */
  readonly cells: readonly TableCell[];
}

export interface FenceBlock {
  readonly kind: 'fence';
  readonly line: number;
  readonly info: string;
  /** Raw, without the markup of the quotes and lists around it. */
  readonly content: string;
  /** For each line of the content: where it, and the line it stands in, begin. */
  readonly lines: readonly Pick<TextPlace, 'line' | 'start' | 'lineStart'>[];
}

export interface ListBlock {
  readonly kind: 'list';
  readonly items: readonly ListItem[];
}

export interface ListItem {
  readonly line: number;
  /** Of its last line; blank lines behind it may be counted in. */
  readonly endLine: number;
  /** The item's own first text; null for an item that begins with another block. */
  readonly lead: TextPlace | null;
  readonly blocks: readonly Block[];
}

interface Env extends Record<PropertyKey, unknown> {
  /** For each 0-based line on which a block begins: where the innermost block's text begins. */
  readonly contentStarts: number[];
}

/**
 * Link reference definitions are off: `- [x]: text` is a ticked box here. Markup of indented code
 * and HTML stays on, because what stands in them is no task.
 */
function createParser(): MarkdownIt {
  const parser = createMarkdownIt({ html: true });
  parser.block.ruler.disable('reference');
  parser.block.ruler.before('table', 'content_starts', noteContentStart);
  parser.block.State = class extends parser.block.State {
    private readonly cell = new BlockToken('', '', 0) as Token;
    private inCell = false;

    /** Rows are split here again: the three tokens of each cell, and a row's end, are not kept. */
    override push(type: string, tag: string, nesting: -1 | 0 | 1): Token {
      if (type === 'td_open' || type === 'th_open') this.inCell = true;
      else if (type === 'td_close' || type === 'th_close') this.inCell = false;
      else if (type === 'tr_close') this.level -= 1;
      else if (!this.inCell) return this.keep(new BlockToken(type, tag, nesting) as Token);
      return this.cell;
    }

    private keep(token: Token): Token {
      if (token.nesting < 0) this.level -= 1;
      token.level = this.level;
      if (token.nesting > 0) this.level += 1;
      this.tokens.push(token);
      return token;
    }
  };
  return parser;
}

/** The data of a token: the parser's own class takes longer to make than a line to read. */
class BlockToken implements Omit<Token, `attr${string}`> {
  readonly type: string;
  readonly tag: string;
  readonly nesting: -1 | 0 | 1;
  readonly block = true;
  level = 0;
  map: [number, number] | null = null;
  children: Token[] | null = null;
  content = '';
  markup = '';
  info = '';
  meta = null;
  hidden = false;

  constructor(type: string, tag: string, nesting: -1 | 0 | 1) {
    this.type = type;
    this.tag = tag;
    this.nesting = nesting;
  }
}

/**
 * Tried before every other rule, first in the outer container and last in the innermost; it never
 * matches. This is how exact columns are had from a parser that reports only lines.
 */
function noteContentStart(state: StateBlock, line: number, _end: number, silent: boolean): boolean {
  if (!silent) {
    const start = (state.bMarks[line] as number) + (state.tShift[line] as number);
    (state.env as Env).contentStarts[line] = start;
  }
  return false;
}

interface TokenSource {
  readonly tokens: readonly Token[];
  readonly markdown: string;
  readonly lines: readonly number[];
  readonly starts: readonly (number | undefined)[];
}

/** Reads the flat tokens once. The parser limits how deep they are nested (100 levels). */
class BlockReader {
  private at = 0;
  private readonly source: TokenSource;

  constructor(source: TokenSource) {
    this.source = source;
  }

  /** Blocks up to the closing token (or the end), which is consumed. */
  blocks(closing: string | null, quotes: number): Block[] {
    const blocks: Block[] = [];
    for (;;) {
      const token = this.source.tokens[this.at];
      if (token === undefined) return blocks;
      this.at += 1;
      if (token.type === closing) return blocks;
      if (token.type === 'blockquote_open') {
        for (const block of this.blocks('blockquote_close', quotes + 1)) blocks.push(block);
      } else {
        const block = this.block(token, quotes);
        if (block !== null) blocks.push(block);
      }
    }
  }

  private block(token: Token, quotes: number): Block | null {
    const line = (token.map?.[0] ?? 0) + 1;
    switch (token.type) {
      case 'heading_open': {
        const place = this.headingText(line);
        return { kind: 'heading', level: Number(token.tag[1]), top: token.level === 0, ...place };
      }
      case 'paragraph_open':
        return { kind: 'text', ...this.text(line, 'paragraph_close') };
      case 'bullet_list_open':
        return this.list('bullet_list_close', quotes);
      case 'ordered_list_open':
        return this.list('ordered_list_close', quotes);
      case 'table_open':
        return this.table(quotes);
      case 'fence':
        return this.fence(token, line);
      case 'code_block':
        return { kind: 'code', line, content: token.content };
      case 'html_block':
        return { kind: 'html', line, content: token.content };
      default:
        return null;
    }
  }

  private text(line: number, closing: string): TextPlace {
    const inline = this.source.tokens[this.at];
    this.skipPast(closing);
    const lineStart = this.source.lines[line - 1] ?? 0;
    const start = this.source.starts[line - 1] ?? lineStart;
    const text = inline?.content ?? '';
    return { text, line, start, lineStart, starts: this.textStarts(text, line, start) };
  }

  /** Its text begins behind the signs that make it a heading. */
  private headingText(line: number): TextPlace {
    const place = this.text(line, 'heading_close');
    const signs = /^#{1,6}[ \t]+/.exec(this.source.markdown.slice(place.start, place.start + 99));
    const start = place.start + (signs?.[0].length ?? 0);
    return { ...place, start, starts: [start, ...place.starts.slice(1)] };
  }

  private textStarts(text: string, line: number, first: number): readonly number[] {
    if (!text.includes('\n')) return [first];
    return text.split('\n').map((content, index) => {
      if (index === 0) return first;
      const lineStart = this.source.lines[line - 1 + index] ?? 0;
      const written = this.source.markdown.slice(lineStart, this.lineEnd(line - 1 + index));
      return lineStart + Math.max(0, written.indexOf(content.trim()));
    });
  }

  private fence({ info, content }: Token, line: number): FenceBlock {
    const written = content === '' ? [] : content.replace(/\n$/, '').split('\n');
    const lines = written.map((text, index) => {
      const lineStart = this.source.lines[line + index] ?? 0;
      // Indentation and quotes are taken off the left, so that lines agree at their ends.
      return { line: line + index + 1, lineStart, start: this.lineEnd(line + index) - text.length };
    });
    return { kind: 'fence', line, info: info.trim(), content, lines };
  }

  private list(closing: string, quotes: number): ListBlock {
    const items: ListItem[] = [];
    for (;;) {
      const token = this.source.tokens[this.at];
      this.at += 1;
      if (token === undefined || token.type === closing) return { kind: 'list', items };
      const line = (token.map?.[0] ?? 0) + 1;
      const endLine = token.map?.[1] ?? line;
      const blocks = this.blocks('list_item_close', quotes);
      const first = blocks[0];
      // A line of dashes below an item's text makes a heading of it: still the item's text.
      const leads = first?.kind === 'text' || first?.kind === 'heading';
      items.push({
        line,
        endLine,
        lead: leads ? first : null,
        blocks: leads ? blocks.slice(1) : blocks,
      });
    }
  }

  private table(quotes: number): TableBlock {
    const rows: TableRow[] = [];
    for (;;) {
      const token = this.source.tokens[this.at];
      this.at += 1;
      if (token === undefined || token.type === 'table_close') break;
      if (token.type !== 'tr_open') continue;
      const line = token.map?.[0] ?? 0;
      const start = rows.length === 0 ? this.source.starts[line] : undefined;
      rows.push(this.row(line, start ?? this.rowStart(line, quotes)));
    }
    const [header, ...body] = rows;
    return { kind: 'table', header: header as TableRow, rows: body };
  }

  private row(line: number, start: number): TableRow {
    const end = this.lineEnd(line);
    const lineStart = this.source.lines[line] ?? 0;
    return { line: line + 1, lineStart, start, cells: splitRow(this.source.markdown, start, end) };
  }

  private lineEnd(line: number): number {
    return (this.source.lines[line + 1] ?? this.source.markdown.length + 1) - 1;
  }

  /** Rows below the header repeat the quotes around the table and are otherwise only indented. */
  private rowStart(line: number, quotes: number): number {
    let at = this.source.lines[line] as number;
    const skipSpace = (): void => {
      while (this.source.markdown[at] === ' ' || this.source.markdown[at] === '\t') at += 1;
    };
    skipSpace();
    for (let quote = 0; quote < quotes && this.source.markdown[at] === '>'; quote += 1) {
      at += 1;
      skipSpace();
    }
    return at;
  }

  private skipPast(closing: string): void {
    while (this.at < this.source.tokens.length) {
      this.at += 1;
      if (this.source.tokens[this.at - 1]?.type === closing) return;
    }
  }
}
