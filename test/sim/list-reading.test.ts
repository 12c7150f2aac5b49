import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPawlError } from '../../src/domain/errors.ts';
import { markOf } from '../../src/domain/tasklist/mark.ts';
import { type ParsedList, parseList } from '../../src/listfile/grammar/parse-list.ts';
import { decodeText, encodeText } from '../../src/listfile/grammar/source-text.ts';
import { markList } from '../../src/listfile/marks/mark-list.ts';
import { testDepth } from '../support/test-depth.ts';
import { anyList } from './support/any-list.ts';
import { linesOfWork } from './support/lines-of-work.ts';
import { listFixtures, spoiltListAt } from './support/list-mutations.ts';

const numRuns = testDepth.pick({ reduced: 150, full: 10_000 });
const FIXTURES = listFixtures();

/** Lists in all shapes as people write them, and spoilt ones. */
const lists = fc.oneof(
  anyList.map((text) => new TextEncoder().encode(text)),
  fc.nat().map((at) => spoiltListAt(testDepth.seed, at, FIXTURES)),
);

/** Null for what is refused as a whole, with a code. */
function parsed(bytes: Uint8Array): ParsedList | null {
  try {
    return parseList(bytes);
  } catch (error) {
    if (!isPawlError(error)) throw error;
    return null;
  }
}

describe('any list', { timeout: testDepth.pick({ reduced: 60_000, full: 1_200_000 }) }, () => {
  test('is read the same every time, and every byte comes back', () => {
    fc.assert(
      fc.property(lists, (bytes) => {
        const one = parsed(bytes);
        if (one === null) return;
        expect(encodeText(decodeText(bytes))).toEqual(new Uint8Array(bytes));
        expect(parseList(bytes)).toEqual(one);
      }),
      { numRuns },
    );
  });

  test('has its findings inside the document', () => {
    fc.assert(
      fc.property(lists, (bytes) => {
        const one = parsed(bytes);
        if (one === null) return;
        const lines = one.source.text.split(/\r\n|\r|\n/);
        for (const { code, line, column, length } of one.document.findings) {
          if (line === 0) continue;
          const where = `${code} ${line}:${column}+${length} in ${JSON.stringify(lines[line - 1])}`;
          expect(line <= lines.length && column >= 1 && length >= 1, where).toBe(true);
          // What is missing is missing behind the last character.
          const end = Math.max(1, lines[line - 1]?.length ?? 0) + 1;
          expect(column + length <= end || (length === 1 && column === end), where).toBe(true);
        }
      }),
      { numRuns },
    );
  });

  test('is the same but for one mark when one task is marked', () => {
    const statuses = fc.constantFrom('completed', 'queued', 'failed', 'running', 'skipped');
    fc.assert(
      fc.property(lists, fc.nat(), statuses, (bytes, which, status) => {
        const before = parsed(bytes);
        if (before === null || before.places.size === 0) return;
        const ids = [...before.places.keys()];
        const taskId = ids[which % ids.length] as string;
        const marked = markList(bytes, new Map([[taskId, status]]));
        // As the store has them: whether pictures are boxes shows by what the list had before.
        const knownBoxes = before.document.tasks.map(({ explicitId, ...task }) => ({
          ...task,
          named: explicitId,
        }));
        const after = parseList(marked.bytes, { knownBoxes }).document.tasks;
        const known = before.document.tasks.find((task) => task.taskId === taskId);
        const mark = marked.changed.length === 0 ? known?.mark : markOf(status);
        expect(after).toEqual(
          before.document.tasks.map((task) => (task.taskId === taskId ? { ...task, mark } : task)),
        );
      }),
      { numRuns },
    );
  });

  test('keeps every id when a line that is like no other is put into it', () => {
    fc.assert(
      fc.property(fc.oneof(anyList, fc.constantFrom(...FIXTURES)), fc.nat(), (text, which) => {
        const before = parseList(new TextEncoder().encode(text)).document.tasks;
        const lines = text.split('\n');
        const boxes = [...lines.keys()].filter((at) => /^- \[.\] /.test(lines[at] as string));
        if (boxes.length === 0) return;
        const at = boxes[which % boxes.length] as number;
        const cr = (lines[at] as string).endsWith('\r') ? '\r' : '';
        const more = lines.toSpliced(at, 0, `- [ ] zebras quickly jump over vexing wizards${cr}`);
        const after = parseList(new TextEncoder().encode(more.join('\n')), { knownBoxes: before });
        const ids = new Set(after.document.tasks.map((task) => task.taskId));
        expect(before.map((task) => task.taskId).filter((id) => !ids.has(id))).toEqual([]);
      }),
      { numRuns },
    );
  });
});

/** Lines that hold a box or an id and of which the list says nothing. */
function unaccounted(text: string): readonly string[] {
  const { tasks, findings } = parseList(new TextEncoder().encode(text)).document;
  const taken = new Set(tasks.map((task) => task.line));
  const noted = new Set<number>();
  for (const { line, message } of findings) {
    noted.add(line);
    const several = /lines? ([\d, -]+)\)$/.exec(message)?.[1] ?? '';
    for (const range of several.split(',')) {
      const [from = 0, to = from] = range.split('-').map(Number);
      for (let at = from; at <= to; at += 1) noted.add(at);
    }
  }
  const said = tasks
    .flatMap(({ steps, criteria, fields }) => [...steps, ...criteria, ...Object.values(fields)])
    .join('\n');
  // What is said of a box is said of those below it, too.
  const work = linesOfWork(text);
  for (const { line, within } of work) if (within !== null && noted.has(within)) noted.add(line);
  return work
    .filter(({ line, words }) => !taken.has(line) && !noted.has(line) && !said.includes(words))
    .map(({ line, words }) => `${line}: ${words}`);
}

describe('every line with a box or an id is a task, a step, a criterion or has a finding', () => {
  test('in generated lists', () => {
    fc.assert(
      fc.property(anyList, (text) => {
        expect(unaccounted(text)).toEqual([]);
      }),
      { numRuns },
    );
  });

  test.each(FIXTURES)('in a realistic one', (text) => {
    expect(unaccounted(text)).toEqual([]);
  });

  test('(negative control) a line that is passed over is found', () => {
    const swallowed = '- [ ] A-1: x\n\n<div>\n- [ ] here\n</div>\n';
    expect(linesOfWork(swallowed).map(({ words }) => words)).toEqual(['A-1: x', 'here']);
    const legend = '- [ ] pending\n- [x] done\n';
    expect(unaccounted(legend)).toEqual(['1: pending', '2: done']);
  });
});
