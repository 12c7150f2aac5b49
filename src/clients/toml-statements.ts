import { parse } from '@decimalturn/toml-patch';
import { BYTE_ORDER_MARK } from './text-piece.ts';

/** A stretch of whole lines of a TOML file that says one thing, or nothing. */
export interface TomlStatement {
  /** `blank`: comments and empty lines. */
  readonly kind: 'header' | 'value' | 'blank';
  readonly text: string;
  /** The table that it stands in or begins; null in one of a list of tables. */
  readonly table: readonly string[] | null;
  /** What it says, seen from that table. */
  readonly says: Readonly<Record<string, unknown>>;
}

/** The statements of a sound file, in order: joined they are the file. */
export function tomlStatements(text: string): readonly TomlStatement[] {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const statements: TomlStatement[] = [];
  let table: readonly string[] | null = [];
  for (let at = 0; at < lines.length; ) {
    const header = headerOf(lines[at] ?? '');
    if (header !== null) {
      table = header.table;
      statements.push({ kind: 'header', text: lines[at] ?? '', table, says: {} });
      at += 1;
      continue;
    }
    const { text: piece, says, lines: taken } = statementAt(lines, at);
    const kind = Object.keys(says).length === 0 ? 'blank' : 'value';
    statements.push({ kind, text: piece, table, says });
    at += taken;
  }
  return statements;
}

/** The fewest lines that the parser takes by themselves. */
function statementAt(
  lines: readonly string[],
  start: number,
): { readonly text: string; readonly says: TomlStatement['says']; readonly lines: number } {
  let text = '';
  for (let at = start; at < lines.length; at += 1) {
    text += lines[at];
    const says = parsed(text);
    if (says !== null) return { text, says, lines: at + 1 - start };
  }
  return { text, says: {}, lines: lines.length - start };
}

function headerOf(line: string): { readonly table: readonly string[] | null } | null {
  const bare = line.replace(BYTE_ORDER_MARK, '').trim();
  if (!bare.startsWith('[')) return null;
  const says = parsed(bare);
  if (says === null) return null; // a line of a list that goes over several
  return { table: bare.startsWith('[[') ? null : keysOf(says) };
}

/** The keys down the first branch of what is said: those of a dotted key. */
export function keysOf(says: unknown): readonly string[] {
  const [first] = Object.entries(says ?? {});
  return first === undefined ? [] : [first[0], ...keysOf(first[1])];
}

function parsed(text: string): TomlStatement['says'] | null {
  try {
    return parse(text) as TomlStatement['says'];
  } catch {
    return null; // not yet a whole statement
  }
}
