import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from '../../chaos/seeded-random.ts';

/** Realistic lists in every shape, to be spoilt. */
export function listFixtures(): readonly string[] {
  const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'lists');
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** Whole numbers from 0 to below `count`. */
type Draw = (count: number) => number;

/** The input of this number, which the seed alone decides. */
export function spoiltListAt(seed: number, at: number, fixtures: readonly string[]): Uint8Array {
  const random = new SeededRandom(Math.imul(seed, 1_000_003) + at);
  return spoiltList(fixtures, (count) => random.between(0, count - 1));
}

/** One of the lists, spoilt a few times; now and then very long, or bytes that are no text. */
function spoiltList(fixtures: readonly string[], draw: Draw): Uint8Array {
  let text = oneOf(fixtures, draw);
  const times = 1 + draw(8);
  for (let time = 0; time < times; time += 1) text = oneOf(SPOIL, draw)(text, draw, fixtures);
  if (draw(50) === 0) text = text.repeat(1 + draw(20));
  text = text.slice(0, LENGTH_MAX);
  if (draw(4) === 0) text = text.replaceAll('\n', oneOf(['\r\n', '\r'], draw));
  if (draw(8) === 0) text = `\uFEFF${text}`;
  const bytes = new TextEncoder().encode(text);
  if (draw(20) === 0) bytes[draw(bytes.length)] = draw(256);
  return bytes;
}

/** Characters of one input. */
const LENGTH_MAX = 300_000;

type Spoil = (text: string, draw: Draw, fixtures: readonly string[]) => string;

/** Pieces of the grammar, and what is known to be hard for readers of text. */
const PIECES = (
  '- [ ] ¦- [x] A-1: ¦  - [ ] ¦[~]¦[!]¦[-]¦[?]¦| ¦|\n¦|---|---|\n¦' +
  '| ID | Task | Status |\n|-|-|-|\n¦\\|¦```yaml\n¦```\n¦---\n¦<!--¦-->¦\n# ¦\n### A-1: ¦' +
  ' depends: A-1¦ after: A-1..A-9¦ verify: a | b¦ (depends on A-1)¦ [P] ¦🆔 a¦⛔ b¦⬜ ¦✅¦' +
  'status: pending\n¦id: A-1\n¦&a ¦*a¦[¦]¦{¦}¦"¦: ¦\t¦\u00a0¦> ¦`¦**¦_¦~~¦\\¦10. ¦* ¦+ ¦' +
  '\n\n¦Acceptance:\n¦**Exit criteria:**\n\n¦😀¦e\u0301¦日本¦\u2028¦A-001 to A-999999'
).split('¦');

const SPOIL: readonly Spoil[] = [
  // Lines: taken out, doubled, moved, indented, of another list.
  (text, draw) => onLines(text, (lines) => lines.toSpliced(draw(lines.length), 1 + draw(3))),
  (text, draw) =>
    onLines(text, (lines) => {
      const from = draw(lines.length);
      return lines.toSpliced(draw(lines.length), 0, ...lines.slice(from, from + 1 + draw(20)));
    }),
  (text, draw) =>
    onLines(text, (lines) => {
      const at = draw(lines.length);
      return lines.with(at, `${oneOf(['  ', '    ', '\t', '> ', '- '], draw)}${lines[at]}`);
    }),
  (text, draw, fixtures) =>
    onLines(text, (lines) => {
      const others = oneOf(fixtures, draw).split('\n');
      const from = draw(others.length);
      return lines.toSpliced(draw(lines.length), 0, ...others.slice(from, from + 1 + draw(30)));
    }),
  // Cells: put somewhere else, emptied.
  (text, draw) =>
    onLines(text, (lines) => {
      const at = draw(lines.length);
      const cells = (lines[at] as string).split('|');
      const moved = cells.toSpliced(draw(cells.length), 1);
      return lines.with(
        at,
        moved.toSpliced(draw(moved.length + 1), 0, oneOf(cells, draw)).join('|'),
      );
    }),
  // Marks.
  (text, draw) =>
    text.replace(/\[[ x~!-]\]/g, (mark) => (draw(3) > 0 ? mark : `[${oneOf(' xX~!-?', draw)}]`)),
  // Pieces, also many at once, and characters.
  (text, draw) => inserted(text, oneOf(PIECES, draw), draw),
  (text, draw) => inserted(text, oneOf(PIECES, draw) + oneOf(PIECES, draw), draw),
  (text, draw) =>
    inserted(text, oneOf(PIECES, draw).repeat(draw(draw(10) === 0 ? 5_000 : 50)), draw),
  (text, draw) => inserted(text, String.fromCharCode(draw(0x3000)), draw),
  (text, draw) => {
    const at = draw(text.length + 1);
    return text.slice(0, at) + text.slice(at + draw(40));
  },
];

function inserted(text: string, piece: string, draw: Draw): string {
  const at = draw(text.length + 1);
  return text.slice(0, at) + piece + text.slice(at);
}

function onLines(text: string, change: (lines: readonly string[]) => readonly string[]): string {
  return change(text.split('\n')).join('\n');
}

function oneOf<T>(all: ArrayLike<T>, draw: Draw): T {
  return all[draw(all.length)] as T;
}
