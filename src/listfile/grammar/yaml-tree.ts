import {
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  Parser,
  Scalar,
} from 'yaml';
import { assertNever, isPawlError, PawlError } from '../../domain/errors.ts';
import type { FenceBlock } from './outline.ts';

/** Where something stands in the list's text: offsets in UTF-16 units, line and column 1-based. */
export interface Spot {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

/** YAML as its author wrote it: every scalar is text (null is empty), aliases are resolved. */
export type YamlNode = YamlText | YamlList | YamlMap;

export interface YamlText {
  readonly kind: 'text';
  readonly text: string;
  readonly spot: Spot;
  /** Where its content stands: inside the quotes. Null for text over several lines. */
  readonly inner: Spot | null;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly spot: Spot;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly spot: Spot;
}

export interface YamlEntry {
  readonly name: string;
  readonly spot: Spot;
  readonly value: YamlNode;
}

export type YamlReading =
  | { readonly ok: true; readonly documents: readonly YamlNode[] }
  | { readonly ok: false; readonly message: string; readonly spot: Spot };

/** Characters of one block; that of 2,000 tasks has less. */
export const YAML_CHARS_MAX = 500_000;
/** Levels of lists and maps inside each other. */
export const YAML_DEPTH_MAX = 50;
/** How much longer than its block its content may become by aliases. */
export const YAML_GROWTH_MAX = 4;

/**
 * Read the YAML in a fence: all of its documents, or the first thing that is wrong with it. Near
 * linear in its length, whatever it holds: too deep nesting is found before the parser sees it, and
 * aliases that multiply are refused.
 */
export function readYaml(fence: FenceBlock): YamlReading {
  const block = new YamlBlock(fence);
  try {
    return { ok: true, documents: block.documents() };
  } catch (error) {
    if (!isPawlError(error, 'list_invalid')) throw error;
    const { start, end } = error.details as { readonly start: number; readonly end: number };
    return { ok: false, message: error.message, spot: block.spot(start, end) };
  }
}

/** Thrown and caught in this file, so that it leaves the walk from wherever it is. */
function fault(message: string, [start, end]: readonly [number, number]): PawlError {
  return new PawlError('list_invalid', message, { details: { start, end } });
}

/** `status: [-]` is broken YAML, and a box for whoever wrote it: it is read as text, as long. */
const BOX_STATUS = /((?:^|[\s{,"'])(?:status|state|done)["']?[ \t]*:[ \t]+)\[([ xX~!-])\]/gim;

class YamlBlock {
  private readonly fence: FenceBlock;
  private readonly text: string;
  /** For each line: where it begins in `text`. */
  private readonly starts: readonly number[];
  private readonly anchors = new Map<string, Node>();
  private budget: number;

  constructor(fence: FenceBlock) {
    this.fence = fence;
    // Carriage returns are spaces here, and would end up in every text of several lines.
    const lines = fence.content.split('\n').map((line) => line.trimEnd());
    this.text = lines.join('\n').replace(BOX_STATUS, '$1"$2"');
    let start = 0;
    this.starts = lines.map((line) => {
      const here = start;
      start += line.length + 1;
      return here;
    });
    this.budget = YAML_GROWTH_MAX * this.text.length + 1_000;
  }

  documents(): readonly YamlNode[] {
    if (this.text.length > YAML_CHARS_MAX) {
      throw fault(`the block has over ${YAML_CHARS_MAX} characters`, [0, 1]);
    }
    const composer = new Composer({
      schema: 'failsafe',
      strict: true,
      uniqueKeys: false, // quadratic there; checked here
      logLevel: 'silent',
    });
    composer['onError'] = throwFirst();
    const documents = composer.compose(untilFault(shallowTokens(this.text)));
    return [...documents].flatMap(({ contents }) => {
      this.anchors.clear();
      return contents === null ? [] : [this.node(contents, 1)];
    });
  }

  /** The place of a part of `text`; as much of it as stands in its first line. */
  spot(start: number, end: number): Spot {
    // What is missing at the end is missing behind the last line.
    const index = Math.min(this.lineOf(start), Math.max(0, this.fence.lines.length - 1));
    const known = this.fence.lines[index];
    const lineStart = known?.lineStart ?? 0;
    const lineEnd = (this.starts[index + 1] ?? this.text.length + 1) - 1;
    const first = Math.min(start, lineEnd);
    const from = (known?.start ?? 0) + first - (this.starts[index] as number);
    const to = from + Math.max(0, Math.min(end, lineEnd) - first);
    const line = known?.line ?? this.fence.line;
    return { start: from, end: to, line, column: from - lineStart + 1 };
  }

  private lineOf(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private node(node: Node, depth: number): YamlNode {
    const [start, end] = rangeOf(node);
    if (depth > YAML_DEPTH_MAX) throw tooDeep(start);
    this.budget -= 1 + (isScalar(node) ? String(node.value ?? '').length : 0);
    if (this.budget < 0) {
      throw fault('aliases make this block many times longer than it is', [start, end]);
    }
    if (isAlias(node)) {
      const meant = this.anchors.get(node.source);
      if (meant === undefined) {
        throw fault(`there is no anchor \`${node.source}\` above this`, [start, end]);
      }
      return this.node(meant, depth + 1);
    }
    if (isScalar(node)) return this.scalar(node);
    if (isMap<Node, Node | null>(node)) {
      if (node.anchor !== undefined) this.anchors.set(node.anchor, node);
      const names = new Set<string>();
      const entries = node.items.map(({ key, value }) => {
        const entry = this.entry(key, value, depth);
        if (names.has(entry.name)) {
          throw fault(`the key \`${entry.name}\` stands here twice`, rangeOf(key));
        }
        names.add(entry.name);
        return entry;
      });
      return { kind: 'map', entries: withMerged(entries), spot: this.spot(start, end) };
    }
    if (isSeq<Node>(node)) {
      if (node.anchor !== undefined) this.anchors.set(node.anchor, node);
      const items = node.items.map((item) => this.node(item, depth + 1));
      return { kind: 'list', items, spot: this.spot(start, end) };
    }
    return assertNever(node as never);
  }

  private scalar(node: Scalar): YamlText {
    const [start, end] = rangeOf(node);
    if (node.anchor !== undefined) this.anchors.set(node.anchor, node);
    const plain = node.type === Scalar.PLAIN || node.type === undefined;
    const written = String(node.value ?? '');
    const text = plain && /^(?:~|null)$/i.test(written) ? '' : written.trimEnd();
    const spot = this.spot(start, end);
    const quote = plain ? 0 : 1;
    const block = node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED;
    const inLine = !block && !this.text.slice(start, end).includes('\n');
    return {
      kind: 'text',
      text,
      spot,
      inner: inLine ? this.spot(start + quote, end - quote) : null,
    };
  }

  private entry(key: Node, value: Node | null, depth: number): YamlEntry {
    const range = rangeOf(key);
    if (!isScalar(key)) throw fault('this key is no text', range);
    const end = range[1];
    const empty: YamlText = {
      ...{ kind: 'text', text: '' },
      ...{ spot: this.spot(end, end), inner: null },
    };
    const name = this.scalar(key).text;
    return {
      name,
      spot: this.spot(...range),
      value: value === null ? empty : this.node(value, depth + 1),
    };
  }
}

function rangeOf(node: Node): [number, number] {
  const [start, end] = node.range ?? [0, 0];
  return [start, end];
}

/**
 * What the composer calls for each fault, and keeps private: of its own it makes an error with its
 * stack of each, which for thousands of them takes longer than everything else. It catches what is
 * thrown and calls again, for the collection around, so that the first fault is kept.
 */
function throwFirst(): (at: FaultPlace, code: string, message: string, warns?: boolean) => void {
  let first: PawlError | null = null;
  return (at, _code, message, warns) => {
    if (warns) return;
    first ??= fault(message, rangeAt(at));
    throw first;
  };
}

function rangeAt(at: FaultPlace): readonly [number, number] {
  if (typeof at === 'number') return [at, at + 1];
  return 'offset' in at ? [at.offset, at.offset + (at.source?.length ?? 1)] : [at[0], at[1]];
}

type FaultPlace =
  | number
  | readonly [number, number, number?]
  | { readonly offset: number; readonly source?: string };

/** The parser's own faults, which the composer would go on behind. */
function* untilFault(tokens: Iterable<CST.Token>): Iterable<CST.Token> {
  for (const token of tokens) {
    if (token.type === 'error') {
      const { message, offset, source } = token;
      const written = source === '' ? '' : `: ${JSON.stringify(source)}`;
      throw fault(message + written, [offset, offset + source.length]);
    }
    yield token;
  }
}

function tooDeep(start: number): PawlError {
  return fault(`this is nested deeper than ${YAML_DEPTH_MAX} levels`, [start, start + 1]);
}

/** What `Parser.parse` does, but time and stack grow with these depths, time with the square. */
function* shallowTokens(text: string): Iterable<CST.Token> {
  const parser = new Parser();
  let brackets = 0;
  let inLine = 0;
  let colons = 0;
  let at = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') brackets += 1;
    else if (token === ']' || token === '}') brackets -= 1;
    else if (token === '-' || token === '?') inLine += 1;
    else if (token === ':' && brackets <= 0) colons += 1;
    else if (token === '\n') inLine = colons = 0;
    if (Math.max(brackets + inLine, colons) > YAML_DEPTH_MAX) throw tooDeep(at);
    // What the lexer says of its own state stands in no text.
    if (!LEXER_STATES.has(token)) at += token.length;
    yield* parser.next(token);
  }
  yield* parser.end();
}

/** Byte order mark, document, flow error end and scalar: control characters of the lexer. */
const LEXER_STATES: ReadonlySet<string> = new Set(['\x02', '\x18', '\x1f']);

/** `<<: *defaults` gives what the map does not say itself. */
function withMerged(entries: readonly YamlEntry[]): readonly YamlEntry[] {
  const merged = entries.find(({ name, value }) => name === '<<' && value.kind === 'map');
  if (merged === undefined) return entries;
  const own = new Set(entries.map(({ name }) => name));
  const others = (merged.value as YamlMap).entries.filter(({ name }) => !own.has(name));
  return [...entries.filter((entry) => entry !== merged), ...others];
}
