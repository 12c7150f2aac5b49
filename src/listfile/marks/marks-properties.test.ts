import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPawlError } from '../../domain/errors.ts';
import type { TaskStatus } from '../../domain/status.ts';
import { markOf } from '../../domain/tasklist/mark.ts';
import { parseList } from '../grammar/parse-list.ts';
import { decodeText, encodeText } from '../grammar/source-text.ts';
import { markList } from './mark-list.ts';

const STATUSES: readonly TaskStatus[] = ['queued', 'running', 'completed', 'failed', 'skipped'];
const MARKS = [' ', '~', 'x', '!', '-'];
const WORDS = ['Pending', 'In Progress', 'Done', 'Failed', 'Skipped'];

const prose = fc
  .string({ unit: fc.constantFrom(...'abc äß€😀`*_()[]!#~-\\"\'.,:;'), maxLength: 24 })
  .map((words) => words.trim());
const status = fc.integer({ min: 0, max: STATUSES.length - 1 });
const task = fc.record({ text: prose, status });

/** Lists as people write them: boxes, tables with boxes, tables with words; prose in between. */
const list = fc
  .record({
    tasks: fc.array(task, { minLength: 1, maxLength: 8 }),
    style: fc.constantFrom('boxes', 'table', 'words', 'aligned'),
    end: fc.constantFrom('\n', '\r\n'),
    between: prose,
    mark: fc.boolean(),
    closed: fc.boolean(),
  })
  .map(({ tasks, style, end, between, mark, closed }) => {
    const lines = tasks.map((one, index) => lineOf(style, index, one));
    const table = ['| ID | Task | Status      |', '|---|---|-------------|'];
    const head = style === 'boxes' ? [] : table;
    const all = ['# List', '', `Some ${between}`, '', ...head, ...lines, '', 'The end  '];
    return `${mark ? '\uFEFF' : ''}${all.join(end)}${closed ? end : ''}`;
  });

function lineOf(
  style: string,
  index: number,
  { text, status: at }: { text: string; status: number },
) {
  const what = `do ${text.replaceAll('|', '')} ${index}`;
  const word = WORDS[at] as string;
  if (style === 'boxes') return `- [${MARKS[at]}] **T-${index}**: ${what}`;
  if (style === 'table') return `| T-${index} | ${what} | [${MARKS[at]}] |`;
  return `| T-${index} | ${what} | ${style === 'aligned' ? word.padEnd(11) : word} |`;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const withoutPadding = (bytes: Uint8Array): string => decodeText(bytes).text.replace(/ +\|/g, ' |');

describe('a list that is marked', () => {
  test('comes back byte for byte from being read, whatever text it is', () => {
    const anyText = fc.string({ unit: 'binary' }).map(bytesOf);
    const anyBytes = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(fc.oneof(anyText, anyBytes, list.map(bytesOf)), (bytes) => {
        try {
          expect(encodeText(decodeText(bytes))).toEqual(new Uint8Array(bytes));
        } catch (error) {
          if (!isPawlError(error, 'list_not_text')) throw error;
        }
      }),
    );
  });

  test('changes in the place of that one mark, and is read the same but for it', () => {
    fc.assert(
      fc.property(list, fc.nat(), status, (text, which, to) => {
        const before = parseList(bytesOf(text));
        const { tasks } = before.document;
        const chosen = tasks[which % tasks.length];
        if (chosen === undefined) throw new Error('a list without a task');
        const { taskId } = chosen;
        const wanted = STATUSES[to] as TaskStatus;
        const marked = markList(bytesOf(text), new Map([[taskId, wanted]]));
        const place = before.places.get(taskId);
        if (place === undefined) throw new Error('a task without a place');
        const [from, until] =
          place.kind === 'box' ? [place.start, place.end] : [place.cellStart, place.cellEnd];
        const source = before.source.text;
        const after = decodeText(marked.bytes).text;
        expect(after.slice(0, from)).toBe(source.slice(0, from));
        expect(after.slice(after.length - (source.length - until))).toBe(source.slice(until));
        const same = tasks.map((one) =>
          one.taskId === taskId ? { ...one, mark: markOf(wanted) } : one,
        );
        expect(parseList(marked.bytes).document.tasks).toEqual(same);
      }),
    );
  });

  test('is the same again when the mark is put back, but for the padding of a word', () => {
    fc.assert(
      fc.property(list, fc.nat(), status, (text, which, to) => {
        const { tasks } = parseList(bytesOf(text)).document;
        const { taskId, mark } = tasks[which % tasks.length] as (typeof tasks)[number];
        const there = markList(bytesOf(text), new Map([[taskId, STATUSES[to] as TaskStatus]]));
        const back = markList(there.bytes, new Map([[taskId, mark as TaskStatus]]));
        if (/(?:^- |\| )\[.\] [*|]/m.test(text)) expect(back.bytes).toEqual(bytesOf(text));
        expect(withoutPadding(back.bytes)).toBe(withoutPadding(bytesOf(text)));
      }),
    );
  });
});
